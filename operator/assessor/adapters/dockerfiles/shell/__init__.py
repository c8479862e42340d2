"""Shell scripts of a Dockerfile, taken apart to commands by a grammar of the shell."""
