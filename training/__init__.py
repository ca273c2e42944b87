"""How the micro speech model and the spoken sample briefing are made; nothing in the product imports it."""
