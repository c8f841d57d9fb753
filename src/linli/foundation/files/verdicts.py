"""Why an upload is not accepted."""


class NotAccepted(Exception):
    """The content cannot be used; the message says why and what to do, in the reader's language."""
