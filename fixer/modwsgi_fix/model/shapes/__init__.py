"""Hosts and files that are alike: equal but for words that stand nowhere else in a server.

``words`` are the words of a text, and those that have a meaning; ``hosts`` says where the virtual hosts of a file are;
``alike`` tells which texts are alike. Who shares what among them is the business of ``engine.shapes`` and
``effect.touched``.
"""

#: Fewer hosts than these are all read: to compare them would take as long.
FEW = 50
