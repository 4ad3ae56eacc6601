"""Canned responses at work: which fit a conversation, filled with its data, and how often they were used."""
