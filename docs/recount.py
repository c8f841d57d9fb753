#!/usr/bin/env python3
"""Count a ballot again from its public bundle: python3 recount.py BUNDLE.json [DIGEST ON THE NOTICE]

Needs Python 3.9 or later and nothing else. The form of the bundle: recount.md. Exit code 0: all agrees.
"""

import hashlib
import json
import re
import sys
from pathlib import Path

BASES = {"heads": "人", "area": "平方米", "households": "户"}


def digest_of(bundle):
    """Return the SHA-256 of the bundle without its own digest."""
    plain = {key: value for key, value in bundle.items() if key != "digest"}
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def enough(share, part, whole):
    """Whether part of whole reaches a share such as ">1/2" or ">=2/3"; whole numbers only."""
    sign, num, den = re.fullmatch(r"(>=|>)(\d+)/(\d+)", share).groups()
    left, right = part * int(den), whole * int(num)
    return whole > 0 and (left > right if sign == ">" else left >= right)


def count(bundle, question):
    """Return what the papers and sheets say of one question: took part, by choice, invalid; (heads, area)."""
    key, seats, by_area = question["key"], question["seats"], bool(bundle["rest"])
    names = [choice["key"] for choice in question["choices"]]
    names += [] if "abstain" in names else ["abstain"]
    known, got = set(names), {name: [0, 0] for name in names}
    took, invalid, hidden = [0, 0], [0, 0], 0
    for paper in bundle["papers"]:
        heads, area = paper["heads"], paper["area"] or 0
        hidden += paper["area"] is None
        marks = paper["choices"].get(key) or ["abstain"]
        alone = len(marks) == 1 and marks[0] in known
        many = "abstain" not in marks and set(marks) <= known and len(set(marks)) == len(marks) <= seats
        for weights in [took] + ([got[mark] for mark in marks] if alone or many else [invalid]):
            weights[0] += heads
            weights[1] += area
    if hidden and not by_area:
        raise ValueError("缺少未逐张公布的面积")
    if by_area:
        took[1] += bundle["rest"]["area"]
        for name, area in bundle["rest"][key].items():
            (invalid if name == "invalid" else got[name])[1] += area
    for pile in bundle["sheets"]:
        took[0] += pile["ballots"]
        for name, marks in pile["counts"].get(key, {}).items():
            got.get(name, invalid)[0] += marks
    return took, got, invalid


def verdict(bundle, question, took, got):
    """Return what the rule makes of the figures, as the bundle states it, and the comparisons in words."""
    rule, roll, said = bundle["rule"], bundle["roll"], []

    def turnout(need):
        at = need["basis"] == "area" and need["of"] != "members"
        part, whole = took[at], roll["area" if at else "heads"]
        if need["basis"] == "households":
            part, whole = roll["households_present"], roll["households"]
        return step(need, "参加", part, whole)

    def passing(need, name):
        at = need["basis"] == "area"
        wholes = {"participants": took[at], "attendees": took[0], "members": roll["heads"]}
        return step(need, labels.get(name, name), got[name][at], wholes.get(need["of"], roll[need["basis"]]))

    def step(need, words, part, whole):
        holds = enough(need["share"], part, whole)
        said.append(f"{words} {part} / {whole}（{BASES[need['basis']]}，要求 {need['share']}，"
                    f"{need['article']}）：{'达到' if holds else '没有达到'}")  # fmt: skip
        return holds

    labels = {choice["key"]: choice["label"] for choice in question["choices"]}
    reached = [turnout(need) for need in rule["turnout"]]
    valid = any(took) and (any(reached) if rule["turnout_any"] else all(reached))
    if rule["kind"] != "election":
        passed = [passing(need, question["passes"]) for need in rule["passing"]]
        return {"is_valid": valid, "is_passed": valid and all(passed)}, said
    found = {"is_valid": valid, "elected": [], "tied": [], "second_round": None}
    if valid:
        found.update(elected(rule, question["seats"], got, bool(bundle["rest"]), passing))
    return found, said


def elected(rule, seats, got, by_area, passing):
    """Return who is elected, who is level at the last seat, and who stands for the seats left."""
    votes = {name: tuple(got[name][: 1 + by_area]) for name in got if name != "abstain"}
    ranked = sorted(sorted(votes), key=votes.get, reverse=True)
    over = [name for name in ranked if all([passing(need, name) for need in rule["passing"]])]
    tied = []
    if len(over) > seats and votes[over[seats - 1]] == votes[over[seats]]:
        tied = [name for name in over if votes[name] == votes[over[seats]]]
    seated = [name for name in over[:seats] if name not in tied]
    left, again = seats - len(seated), rule["second_round"]
    stand = tied
    if not tied and again and left:
        losers = [name for name in ranked if name not in seated and any(got[name])]
        cut = left + again["more"]
        stand = losers[:cut] + [n for n in losers[cut:] if votes[n] == votes[losers[cut - 1]]]
    plan = {"seats": left, "candidates": sorted(stand)} if again and left and stand else None
    return {"elected": sorted(seated), "tied": sorted(tied), "second_round": plan}


def proxies_wrong(bundle):
    """Return what is wrong with votes cast for others: the rule knows none, or one person held too many."""
    held, terms = bundle.get("proxies", []), bundle["rule"]["proxies"]
    beyond = held and (not terms or max(held) > (terms["limit"] or max(held)))
    return ["委托投票超出了规则"] if beyond or sum(held) > bundle["roll"]["heads"] else []


def recount(bundle, notice=""):
    """Return what does not agree (nothing, if all does) and the count in words."""
    if bundle.get("format") != "linli-ballot/1":
        return ["不认识这种数据包"], []
    wrong, said = proxies_wrong(bundle), []
    if digest_of(bundle) != bundle["digest"]:
        wrong.append("数据包的摘要与内容不符：数据包被改动过")
    if notice and notice.strip().lower() != bundle["digest"]:
        wrong.append("数据包的摘要与公告上的不同")
    roll, receipts = bundle["roll"], [paper["receipt"] for paper in bundle["papers"]] + bundle["receipts"]
    if len(set(receipts)) != len(receipts):
        wrong.append("有重复的回执：同一张票算了两次")
    for question in bundle["questions"]:
        took, got, invalid = count(bundle, question)
        plain = {"participants": took, "invalid": invalid}
        mine = {name: {"heads": w[0], "area": w[1]} for name, w in plain.items()}
        mine["choices"] = {name: {"heads": w[0], "area": w[1]} for name, w in got.items()}
        decided, steps = verdict(bundle, question, took, got)
        mine.update(decided)
        said += [question["text"], *("  " + words for words in steps)]
        homes = roll["households_present"] > min(roll["households"], took[0])
        if took[0] > roll["heads"] or took[1] > roll["area"] or homes:
            wrong.append(f"{question['text']}：票比名册上的人、户或面积还多")
        if mine != bundle["result"][question["key"]]:
            wrong.append(f"{question['text']}：重新计票的结果与公布的不同")
    return wrong, said


if __name__ == "__main__":
    faults, lines = recount(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), *sys.argv[2:3])
    print("\n".join(lines + (faults or ["一致：重新计票的结果与公布的相同。"])))
    sys.exit(1 if faults else 0)
