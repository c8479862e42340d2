"""The command line: run, assess, generate."""
