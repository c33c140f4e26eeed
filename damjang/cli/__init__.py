"""The command line. Imports the other rooms lazily, per command."""
