"""Demo: the fictional province Lam Giang, its spoken briefing and the micro speech model."""
