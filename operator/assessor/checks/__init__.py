"""The automated checks: one folder per checklist section, one subject per file."""
