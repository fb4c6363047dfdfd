"""WSGI scripts: what mod_wsgi loads and calls."""
