"""Who may fetch what."""
