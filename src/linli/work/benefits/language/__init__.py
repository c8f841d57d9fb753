"""The rule language: what a policy says, read from YAML, checked, written back. Pure."""
