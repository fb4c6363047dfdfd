"""The language server. It converts: what an editor asks into questions to ``workspace``, answers into the protocol's words.

``server`` speaks the protocol (pygls); ``buffers`` holds the open texts, ``asking`` asks for what is wrong with a server
under them, and ``answers`` keeps what came of it until something changes. The other modules answer one kind of request each.
"""
