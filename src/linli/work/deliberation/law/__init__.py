"""The law of deciding together: dated rules as data, and what follows from them. No database, no clock."""

from .counting import Cast, Choosing, Counted, votes_count
from .dates import periods
from .deciding import BadTally, Step, Verdict, decide
from .electing import ElectionVerdict, SecondRoundPlan, elect, second_round_rule
from .measures import Basis, Requirement, Share, Tally, Weights, Whole
from .proxies import ProxyFacts, proxy_refusal
from .rule import Caller, DecisionRule, Interval, Proxies, SecondRound, rule_from_json, rule_to_json
from .rules import NoSuchRule, rule_of, rules_in_force

__all__ = [
    "BadTally",
    "Basis",
    "Caller",
    "Cast",
    "Choosing",
    "Counted",
    "DecisionRule",
    "ElectionVerdict",
    "Interval",
    "NoSuchRule",
    "Proxies",
    "ProxyFacts",
    "Requirement",
    "SecondRound",
    "SecondRoundPlan",
    "Share",
    "Step",
    "Tally",
    "Verdict",
    "Weights",
    "Whole",
    "decide",
    "elect",
    "periods",
    "proxy_refusal",
    "rule_from_json",
    "rule_of",
    "rule_to_json",
    "rules_in_force",
    "second_round_rule",
    "votes_count",
]
