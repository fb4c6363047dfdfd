"""What holds for a path, URL or file: the sections, in the order in which httpd merges them, and their combined effect."""
