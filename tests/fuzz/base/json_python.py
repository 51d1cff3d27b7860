#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Our reader of JSON takes what Python's takes, and makes the same of it: `json_python.py JSON_COPY`."""

import json
import math
import random
import re
import subprocess
import sys

CASES = 20000
SEEDS = ('{"type":"state","n":-12,"ok":true,"no":null,"r":1.5e-3,"t":"a\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\udc27 \u20ac"}',
         '[[],{},[1,[2,{"a":{"b":[false,0,-0,10]}}]],"",1E+2,0.25]', ' { "k" : [ 1 , "\u00e4" ] , "k" : 2 } ', '"\\u0041"', "9223372036854775807")
PIECES = [*'{}[]:,"\\ 0123456789-+.eE\tu', "true", "false", "null", '"a"', "\\u", "\\ud83d", "\\udc27", "\\u0000", "\u00e9", "\U0001f427", "NaN",
          "Infinity", "9223372036854775808", "1e999", "\x01", "//", "'"]
LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def refuse(word):
    raise ValueError(word)


def check(value):
    """What Python takes and we do not."""
    if isinstance(value, dict):
        for key, part in value.items():
            check(key)
            check(part)
    elif isinstance(value, list):
        for part in value:
            check(part)
    elif isinstance(value, str) and (LONE_SURROGATE.search(value) or "\0" in value):
        refuse(value)
    elif isinstance(value, float) and not math.isfinite(value):
        refuse(value)
    elif isinstance(value, int) and not -2**63 <= value < 2**63:
        refuse(value)


def pairs(items):
    for item in items:
        check(list(item))
    return dict(items)


def read(text):
    value = json.loads(text, parse_constant=refuse, object_pairs_hook=pairs)
    check(value)
    return value


def plain(text):
    """Without the marks of bytes, see base/bytes.h."""
    return b"".join(bytes([ord(c) - 0x10fe00]) if 0x10fe7f <= ord(c) <= 0x10feff else c.encode() for c in text)


def mutated(rng):
    text = rng.choice(SEEDS)
    for _ in range(rng.randrange(4)):
        at = rng.randrange(len(text) + 1)
        text = text[:at] + rng.choice(("", rng.choice(PIECES), rng.choice(PIECES) * 2)) + text[at + rng.randrange(3):]
    return text


def main():
    rng = random.Random(7)
    texts = [mutated(rng) for _ in range(CASES)]
    done = subprocess.run([sys.argv[1]], input="".join(f"{text}\n" for text in texts).encode(), stdout=subprocess.PIPE, check=True)
    answers = done.stdout.decode().split("\n")[:-1]
    if len(answers) != CASES:
        sys.exit(f"{len(answers)} answers to {CASES} texts")
    taken = 0
    for text, answer in zip(texts, answers):
        try:
            expected = plain(json.dumps(read(text), ensure_ascii=False))
        except ValueError:
            expected = None
        taken += expected is not None
        found = None if answer == "refused" else plain(json.dumps(read(answer), ensure_ascii=False))
        if found != expected:
            sys.exit(f"{text!r}: {found}, not {expected}")
    print(f"{taken} of {CASES} are JSON")
    return taken < CASES // 10


sys.exit(main())
