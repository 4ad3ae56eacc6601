"""The twin: one loopback server that plays X, Reddit, Mastodon and Bluesky, with their faults."""
