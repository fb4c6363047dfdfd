"""Hosts and files that are alike: equal except for words that stand nowhere else in the server.

``words`` finds the words of a text, and those with a meaning; ``hosts`` finds the virtual hosts of a file; ``alike`` tells
which texts are alike. ``engine.shapes`` and ``effect.touched`` decide what is shared among them.
"""

#: With fewer hosts than this, all are read: comparing them would take as long.
FEW = 50
