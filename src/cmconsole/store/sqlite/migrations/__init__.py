"""The schema as numbered SQL files: append-only, one file a version, `NNNN_what.sql`."""
