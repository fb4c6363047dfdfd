"""The lossless tree of one configuration file: every character belongs to a node; parsing never raises.

httpd's reading rules, as ``server/util.c:ap_cfg_getline_core`` and ``server/config.c:ap_build_config_sub`` have them: a
backslash before LF or CRLF joins lines anywhere, in comments and names too; ``#`` opens a comment only as the first
character of a logical line; a trailing ``>`` on a section name is dropped; what follows ``</X>`` is ignored; a NUL ends
its line. A line that httpd would refuse becomes a node all the same, and a ``Problem`` in httpd's words.
"""

from modwsgi_fix.syntax.nodes import (
    DEEPEST_SECTION,
    Blank,
    Bogus,
    Close,
    Comment,
    Directive,
    Node,
    Problem,
    Section,
    Tree,
    Unread,
    is_opaque_section,
)
from modwsgi_fix.syntax.parser import parse
from modwsgi_fix.syntax.words import Logical, Word, split_words

__all__ = [
    "DEEPEST_SECTION",
    "Blank",
    "Bogus",
    "Close",
    "Comment",
    "Directive",
    "Logical",
    "Node",
    "Problem",
    "Section",
    "Tree",
    "Unread",
    "Word",
    "is_opaque_section",
    "parse",
    "split_words",
]
