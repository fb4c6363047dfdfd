"""From lines of an error log to their causes: the line of the configuration, the rule, the fix.

``messages`` is the table of what httpd, mod_wsgi and Python write, ``gathering`` groups the lines of a log by it, and
``answers`` asks the server that ``workspace`` has read: its rules, its traces, its model. Nothing here models httpd itself.
"""
