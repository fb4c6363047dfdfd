"""Many servers from one workstation: their reports merged, a server brought here, and what was changed taken back to it.

``hosts_report`` reads one server's report, ``wording`` says which findings are the same, and ``merging`` counts them; what it
keeps grows with the number of different findings, not of servers. ``overview`` and ``overview_html`` show the outcome.
"""
