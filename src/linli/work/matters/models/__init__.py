"""The tables of the matters room."""

from .answering import RatingLink, RevisitCall, Way
from .assist import AssistCall, AssistChoice, AssistModel, AssistThreshold, SuggestionTarget
from .category import AffairClass, Category, CategoryEdition, Mark
from .closing import ClosingBatch, ClosingItem, ClosingRule
from .counter import CounterVisit, VisitPurpose, VisitState
from .handling import Assignment, HandlingRequest, Question, Rating
from .matter import Channel, ClosedAs, EntrustedDocument, Matter, MatterEvent, client_key
from .phrase import Phrase, PhraseUse
from .public import Affected, Poster, PublicVersion, ReportDraft

__all__ = [
    "AffairClass",
    "Affected",
    "Assignment",
    "AssistCall",
    "AssistChoice",
    "AssistModel",
    "AssistThreshold",
    "Category",
    "CategoryEdition",
    "Channel",
    "ClosedAs",
    "ClosingBatch",
    "ClosingItem",
    "ClosingRule",
    "CounterVisit",
    "EntrustedDocument",
    "HandlingRequest",
    "Mark",
    "Matter",
    "MatterEvent",
    "Phrase",
    "PhraseUse",
    "Poster",
    "PublicVersion",
    "Question",
    "Rating",
    "RatingLink",
    "ReportDraft",
    "RevisitCall",
    "SuggestionTarget",
    "VisitPurpose",
    "VisitState",
    "Way",
    "client_key",
]
