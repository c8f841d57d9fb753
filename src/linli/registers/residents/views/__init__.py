"""The pages of the registry at the desk."""
