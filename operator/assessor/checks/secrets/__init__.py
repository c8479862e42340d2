"""How credentials reach containers, and where they are kept."""
