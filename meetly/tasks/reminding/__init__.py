"""Reminding: units hear of their deadlines, and of missed ones those who can help hear too."""
