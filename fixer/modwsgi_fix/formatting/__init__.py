"""How a configuration is laid out: blanks at the beginning and end of lines, and nothing else."""
