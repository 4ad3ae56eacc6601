"""Mentions from Reddit, and replies, reports and moderation there."""
