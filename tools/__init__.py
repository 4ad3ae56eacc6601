"""Tools for people who change cmconsole; none of them is shipped."""
