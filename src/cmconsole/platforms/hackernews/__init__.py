"""Mentions from Hacker News, by Algolia's search: read-only, for nobody but its own pages can write there."""
