"""Overview: pages that read every room and write none: today, the dossier, the board, search."""
