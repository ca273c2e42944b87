"""Printing: what a .docx looks like as PDF and as pictures of its pages, made by the worker."""
