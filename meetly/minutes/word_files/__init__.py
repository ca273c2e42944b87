"""Word files: minutes changed in Word and brought back, paragraph by paragraph."""
