"""The snapshots of the registry: which one serves, and the making of one."""
