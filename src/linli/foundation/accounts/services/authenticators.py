"""Authenticators' secrets under the key ring: which keys they name, and renewing them under the current."""

from allauth.mfa.models import Authenticator

from linli.core.crypto import key_ring
from linli.core.crypto.usage import key_of
from linli.core.service import require_service

from .staff import SECRET_CONTEXT


@require_service
def secrets_renew() -> int:
    """Encrypt the secrets of authenticators anew; one that is used meanwhile is left to the next time."""
    ring, done = key_ring(), 0
    for row in Authenticator.objects.filter(type=Authenticator.Type.TOTP):
        if key_of(row.data["secret"]) != ring.current:
            fresh = {**row.data, "secret": ring.rewrapped(row.data["secret"], SECRET_CONTEXT)}
            done += Authenticator.objects.filter(pk=row.pk, data=row.data).update(data=fresh)
    return done
