"""Directives that stand where httpd does not take them."""
