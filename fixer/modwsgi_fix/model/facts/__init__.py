"""Facts that rules ask for, from merge and request: for any visitor, from the disk, at the start of httpd."""
