"""Read an Apache + mod_wsgi configuration as httpd does, find what is wrong with it, and rewrite it losslessly."""

__version__ = "0.1.0"
