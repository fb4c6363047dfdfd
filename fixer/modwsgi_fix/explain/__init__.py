"""From lines of an error log to the cause: which line of the configuration, which rule, which fix.

``messages`` is the table of what httpd, mod_wsgi and Python write, ``gathering`` groups the lines of a log by it, and
``answers`` asks the server that ``workspace`` has read: its rules, its traces, its model. Nothing here knows httpd better.
"""
