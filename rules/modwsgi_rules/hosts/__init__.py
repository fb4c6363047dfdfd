"""Where httpd listens, and which host answers."""
