"""Demo: the fictional province Lam Giang, its briefing and recording, and the micro speech model."""
