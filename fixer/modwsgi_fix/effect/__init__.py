"""What a change does to visitors, and what of it a fix may do."""
