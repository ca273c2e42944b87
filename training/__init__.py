"""How the micro speech model and the spoken sample briefing are made; no room imports this."""
