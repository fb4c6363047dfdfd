"""What a configuration means: includes, conditions, servers, process groups, URLs, access."""
