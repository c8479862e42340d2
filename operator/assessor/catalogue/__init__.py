"""The checklist as data, and what a check is: the words that checks and engine share."""
