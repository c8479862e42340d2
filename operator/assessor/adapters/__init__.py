"""The only I/O: API server, informers, status writer, event recorder."""
