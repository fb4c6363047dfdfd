"""What the command line, an editor's server and a fleet share: settings, the servers at some paths, and a session on them.

Nothing here prints or ends a run: what cannot be done raises ``errors.Stop``, in words for the user.
"""
