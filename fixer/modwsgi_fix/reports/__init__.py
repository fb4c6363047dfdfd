"""Findings and fixes as text, diff, JSON, SARIF and the formats of code hosts: one function each."""
