"""Office templates: an office's own .docx forms for its minutes and notices."""
