"""Importing: what was ordered before Meetly came, from an issued notice or a spreadsheet."""
