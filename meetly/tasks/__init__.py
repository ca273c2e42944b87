"""Tasks: confirmed directions being followed up by the units that lead them."""
