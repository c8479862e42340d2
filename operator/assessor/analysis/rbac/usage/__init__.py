"""Least privilege from use: what was granted, less what an audit log shows to be used."""
