"""Lets `python -m cmconsole` stand for the `cmconsole` command."""

from cmconsole.cli import main

if __name__ == "__main__":
    main()
