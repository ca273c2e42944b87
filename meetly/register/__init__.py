"""Register: the gapless numbers of outgoing documents, one book a unit, document type and year."""
