"""The base of the command line, the language server and a fleet: settings, the servers at some paths, and a session on them.

Nothing here prints or ends a run: where something cannot be done, ``errors.Stop`` is raised with words for the user.
"""
