"""Wiring of a scan: files to objects to findings, over several processes."""
