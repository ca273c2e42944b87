"""Minutes under many hands: saved while they are typed, merged, parted, joined, and taken back."""
