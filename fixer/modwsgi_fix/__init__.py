"""Reads an Apache + mod_wsgi configuration as httpd does, finds what is wrong with it, and rewrites it losslessly."""

__version__ = "0.1.0"
