"""[trace] One household judged by all policies that ship, each with its trace: < 20 ms (95th percentile)."""

import sys

from frame import line, milliseconds, p95

TIMES, LIMIT = 300, 20.0


def main() -> int:
    """Judge households of one to six members, some of whose facts are missing."""
    from linli.cli.ground import django_ready

    django_ready()
    from match_city import DAY

    from linli.work.benefits.engine.answers import HouseholdFacts, PersonFacts
    from linli.work.benefits.engine.plain import judged
    from linli.work.benefits.engine.tests.city import shipped_rules

    rules, standards = shipped_rules(DAY)
    known = {"hukou": 1, "income": 120_000, "disability_grade": 2, "disability_kind": 4, "employment": 6}

    def home(at: int) -> HouseholdFacts:
        people = tuple(
            PersonFacts(who, {**known, "birth": 19_400_101 + 150_000 * ((at + who) % 6), "care_level": None})
            for who in range(1 + at % 6)
        )
        return HouseholdFacts({"assistance": 0, "homes": 1}, people)

    found = [judged(rules, home(at), DAY, standards) for at in range(6)]
    lines = sum(len(one.trace) for answers in found for ones in answers.values() for one in ones)
    taken = milliseconds(lambda at: judged(rules, home(at), DAY, standards), TIMES)
    return line(
        "trace",
        size=f"{len(rules)} policies, households of 1 to 6, {lines} lines in six of them",
        ours=p95(taken),
        peer=None,
        unit="ms",
        goal=f"< {LIMIT:.0f} ms",
        holds=p95(taken) < LIMIT and lines > 0,
    )


if __name__ == "__main__":
    sys.exit(main())
