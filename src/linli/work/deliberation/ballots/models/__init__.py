"""The tables of ballots; the parts above import them from here."""

from .ballot import Ballot, Channel, Kind, Question, Way
from .objections import Objection
from .proxies import Proxy
from .roll import Elector, ElectorPart
from .sheets import Box, BoxCount, Keying, Sheet
from .votes import Vote, VoteBefore

__all__ = [
    "Ballot",
    "Box",
    "BoxCount",
    "Channel",
    "Elector",
    "ElectorPart",
    "Keying",
    "Kind",
    "Objection",
    "Proxy",
    "Question",
    "Sheet",
    "Vote",
    "VoteBefore",
    "Way",
]
