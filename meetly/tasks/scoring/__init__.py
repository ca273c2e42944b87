"""Scoring: records for emulation (thi đua) of a month, quarter or year, with the tasks behind."""
