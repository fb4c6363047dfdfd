"""The meaning of a configuration: includes, conditions, servers, process groups, URLs, access."""
