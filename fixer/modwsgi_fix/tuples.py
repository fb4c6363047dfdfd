"""``NamedTuple`` as ``typing`` has it, whose classes cost next to nothing to make.

A run on a file of one line makes more than a hundred classes of named tuples, and hardly an instance of most. ``typing``
compiles each annotation, and the constructor of each class, when the class is made; here annotations stay the text that they
are, and a constructor is compiled for the first instance. All else is equal: type checkers are told that it is ``typing``'s,
and ``tests/test_tuples.py`` holds the two against each other. The text of annotations is what the import of ``annotations``
from ``__future__`` leaves, without which a class has no fields.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:
    from _collections import _tuplegetter

    class _Meta(type):
        """Makes a class of named tuples from the annotations of its body."""

        def __new__(mcs, name, bases, body):
            if _NamedTuple not in bases:
                # The base itself, or a class below one with fields, which has the same fields.
                return super().__new__(mcs, name, bases, body)
            fields = tuple(body.get("__annotations__", ()))
            defaults = {field: body[field] for field in fields if field in body}
            for at, field in enumerate(fields):
                body[field] = _tuplegetter(at, f"Alias for field number {at}")
            body.update(__slots__=(), __match_args__=fields, _fields=fields, _field_defaults=defaults)
            made = super().__new__(mcs, name, bases, body)
            made.__new__ = _compiled_late(made)
            return made

    def _compiled_late(made):
        """Return a constructor that puts the real one in its place."""

        def __new__(cls, /, *args, **named):
            fields, defaults = made._fields, made._field_defaults
            taken = ", ".join(f"{field}=_defaults[{field!r}]" if field in defaults else field for field in fields)
            given = "".join(f"{field}, " for field in fields)
            code = f"lambda _class, {taken}: _new(_class, ({given}))"
            real = eval(code, {"_new": tuple.__new__, "_defaults": defaults, "__name__": made.__module__})
            real.__name__, real.__qualname__ = "__new__", f"{made.__qualname__}.__new__"
            made.__new__ = real
            return real(cls, *args, **named)

        return __new__

    _new = tuple.__new__
    _NamedTuple = None

    class _NamedTuple(tuple, metaclass=_Meta):
        """What all named tuples can do."""

        __slots__ = ()

        @classmethod
        def _make(cls, values):
            return cls(*values)

        def _replace(self, /, **changed):
            made = _new(type(self), map(changed.pop, self._fields, self))
            if changed:
                raise ValueError(f"Got unexpected field names: {list(changed)!r}")
            return made

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self):
            values = ", ".join(f"{field}={value!r}" for field, value in zip(self._fields, self, strict=True))
            return f"{type(self).__name__}({values})"

        def __getnewargs__(self):
            return tuple(self)

    def NamedTuple():
        """The base that a class of named tuples names."""
        raise TypeError("NamedTuple is a base class")

    NamedTuple.__mro_entries__ = lambda bases: (_NamedTuple,)
