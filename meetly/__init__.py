"""Meetly, the meeting office of a province: from briefing to minutes, directions and finished work."""
