"""URLs, and what they lead to."""
