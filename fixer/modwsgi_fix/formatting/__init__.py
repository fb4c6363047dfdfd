"""How a configuration is laid out: each line indented as deep as it is nested, no blanks at the ends of lines.

Only blanks and tabs at the beginning and the end of a line change. Lines stay lines, and what stands in columns within them
stays so; httpd reads the same.
"""

from modwsgi_fix.formatting.indentation import indented, obstacle

__all__ = ["indented", "obstacle"]
