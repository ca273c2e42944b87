"""Signing: who signs a document, with which key, and what became of it (NĐ 30/2020 Phụ lục I)."""
