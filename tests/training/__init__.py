"""The bundled recording, the bundled model and what made them."""
