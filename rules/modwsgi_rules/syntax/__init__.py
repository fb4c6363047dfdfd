"""How a configuration is written: structure, names, characters."""
