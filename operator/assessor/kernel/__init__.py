"""Words that every other room uses: references, severities, the clock, the error tree."""
