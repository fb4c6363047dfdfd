"""Daemon process groups."""
