"""Which modules httpd has loaded, and what they know."""
