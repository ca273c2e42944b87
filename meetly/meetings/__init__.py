"""Meetings: one sitting of a briefing with its agenda, invited units and attendance."""
