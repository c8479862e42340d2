"""Policies that mend a namespace: a default-deny, DNS, and the edges that are explained."""
