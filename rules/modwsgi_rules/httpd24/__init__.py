"""The way from httpd 2.2 to 2.4, and back; and what mod_wsgi itself dropped or brought."""
