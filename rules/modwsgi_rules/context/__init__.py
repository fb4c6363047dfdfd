"""Rules for directives that stand where httpd does not take them."""
