"""The demo: the real program on a scripted NDJSON input, in a temporary store, without any network."""
