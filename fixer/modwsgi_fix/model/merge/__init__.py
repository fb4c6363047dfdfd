"""What holds for a path, URL or file: the sections that do, in the order in which httpd merges them, and what they add up to."""
