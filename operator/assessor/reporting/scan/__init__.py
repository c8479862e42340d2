"""What a scan found, for people, for programs and for what shows it: as pure values."""
