"""The language server, which only converts: an editor's requests into questions to ``workspace``, and answers back.

``server`` speaks the protocol (pygls); ``buffers`` holds the open texts, ``asking`` has a server checked with these texts,
and ``answers`` keeps the results until something changes. Each of the other modules answers one kind of request.
"""
