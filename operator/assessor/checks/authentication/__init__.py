"""Who programs and people are, and how they prove it."""
