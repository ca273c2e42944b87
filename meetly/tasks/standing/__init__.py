"""Standing tasks: a direction that recurs opens one task a period, until it is ended."""
