"""Extraction: directions found in a text, from the text, a day and the names of units alone."""

from meetly.directions.extraction.finding import Found, as_json, extract

__all__ = ["Found", "as_json", "extract"]
