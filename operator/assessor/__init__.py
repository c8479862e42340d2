"""kube-assessor: every namespace honestly assessed against a 64-item security checklist."""

__version__ = "0.1.0"
