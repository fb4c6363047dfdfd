"""The command, ended or refused at any call of the system, by a signal at any moment, by a full disk, by another run.

``calls`` runs it under strace, ``scenes`` has what it is asked to write and what may be there afterwards.
"""
