"""The command line: one module a command, and nothing heavy loaded before the command is known."""

from cmconsole.cli.entry import main

__all__ = ["main"]
