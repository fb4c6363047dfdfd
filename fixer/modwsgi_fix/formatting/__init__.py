"""The layout of a configuration: each line indented as deep as it is nested, no blanks at the ends of lines.

Only blanks and tabs at the beginning and the end of a line change. Lines stay lines, columns within a line stay aligned, and
httpd reads the same.
"""

from modwsgi_fix.formatting.indentation import indented, obstacle

__all__ = ["indented", "obstacle"]
