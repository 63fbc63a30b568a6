"""The segments that are trained again, and the resulting chance (docs/proof.md, "Which segments, and the chance"). Chances are exact
fractions. How strange segments are is the business of rank.py.

usage: python3 segments.py < PLANS; a JSON list of {kept, asked, challenge, seal}, asked as in `choose`. Prints for each {why, drawn, unseen}: the
choice, and the chance that 1, 2, .. forged segments are not drawn.
"""

import json
import sys
from fractions import Fraction
from math import comb

from digests import sha


def segments_of(kept):
    """(from, to) by number, from 0."""
    return list(zip([0, *kept[:-1]], kept))


def last_count(segments):
    """The number of final segments that are always trained again."""
    longest, steps = max(end - start for start, end in segments), segments[-1][1]
    for count in range(1, len(segments) + 1):
        held = steps - segments[-count][0]
        if held >= longest and 50 * held >= steps:
            return count
    return len(segments)


def candidates_of(segments):
    """Numbers of the segments that can be drawn: neither first nor last."""
    return list(range(1, len(segments) - last_count(segments))) if segments else []


def draw(candidates, count, challenge, seal):
    """Challenge and the seal's digest in hex."""
    left, drawn = list(candidates), []
    for i in range(min(count, len(left))):
        digest = sha(bytes.fromhex(challenge) + bytes.fromhex(seal) + i.to_bytes(4))
        drawn.append(left.pop(int.from_bytes(digest[:8]) % len(left)))
    return drawn


TWO_FROM = 100


def choose(segments, asked, challenge, seal, rankings=()):
    """Number -> why, ascending, and the numbers that were drawn. asked: a count of random ones (None: the default of the page), "all", or
    a list of numbers, and only these are trained again; seal None: there is no seal, and nothing can be drawn. rankings: in turn a name and,
    by segment, how strange it is, or None."""
    if isinstance(asked, list):
        return {i: "asked" for i in sorted(asked) if i < len(segments)}, []
    if not segments:
        return {}, []
    others = candidates_of(segments)
    count = asked if isinstance(asked, int) else max(2, -(-len(segments) // 20))
    drawn = draw(others, count, challenge, seal) if seal else []
    why = {i: "last" for i in range(len(segments) - last_count(segments), len(segments))} | {0: "first"} | {i: "random" for i in drawn}
    for name, values in rankings:
        rest = [i for i in others if i not in why and values[i] is not None]
        why |= dict.fromkeys(sorted(rest, key=lambda i: -values[i])[: 2 if len(segments) >= TWO_FROM else 1], name)
    if asked == "all":
        why = {i: "asked" for i in range(len(segments))} | why
    return dict(sorted(why.items())), sorted(drawn)


def unseen(draws, forged):
    """Chance that none of `forged` segments is in any of the independent draws, each (candidates, drawn)."""
    chance = Fraction(1)
    for n, k in draws:
        chance *= Fraction(comb(max(0, n - forged), k), comb(n, k))
    return chance


def plan(kept, asked, challenge, seal):
    segments = segments_of(kept)
    why, drawn = choose(segments, asked, challenge, seal)
    n = len(candidates_of(segments))
    return {"why": list(why.items()), "drawn": drawn, "unseen": [float(unseen([(n, len(drawn))], m)) for m in range(1, n + 1)]}


if __name__ == "__main__":
    print(json.dumps([plan(**one) for one in json.load(sys.stdin)]))
