"""Writing policies: drafts, standards, two persons to publish, previews, and their pages at the desk."""
