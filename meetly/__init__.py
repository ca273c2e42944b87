"""Meetly, the meeting office of a province: from briefing to minutes to finished work."""
