"""An Assessment as status, Events, table, JSON and metrics: pure values."""
