"""Where Python and its packages come from."""
