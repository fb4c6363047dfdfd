"""Made inputs, by the ten thousand, and what holds of each of them, whatever it is.

``material`` has the texts that are begun with, ``mutators`` what is done to them, ``inputs`` draws an input by seed and
number, ``held`` says what of the product does not hold, ``shrinking`` makes an input small, and ``running`` goes through
many of them in processes that may be killed. ``make fuzz`` is the command.
"""
