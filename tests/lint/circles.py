#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""No circle inside a module: neither of files nor of rooms (its folders); functions and files grow no longer.

Files stand in a circle of includes where a header and what is behind it (NAME.h and NAME.c are one) include each other, and
in a circle of calls where each calls a kb_ function of the next. Rooms count both.
"""

import json
import re
import subprocess
import sys

from files import ROOT, tracked
from floors import floors

# Lines of the longest. They only get smaller.
LONGEST_FUNCTION = 47
LONGEST_FILE = 485

INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)
NOT_CODE = re.compile(r"""/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.DOTALL)


def functions(sources):
    """Every function as ctags sees it: name, path, line, end."""
    listed = subprocess.run(
        ["ctags", "-L", "-", "-o", "-", "--languages=C", "--kinds-C=f", "--output-format=json", "--fields=+ne"], cwd=ROOT,
        input="\n".join(map(str, sources)), check=True, stdout=subprocess.PIPE, text=True).stdout
    return [json.loads(line) for line in listed.splitlines()]


def include_edges(paths):
    """{file: the files of this module that it includes}, without suffixes."""
    known = set(paths)
    edges = {}
    rooms = sorted({path.parent for path in paths})
    for path in paths:
        for name in INCLUDE.findall((ROOT / path).read_text(encoding="utf-8")):
            folders = [path.parent, type(path)(path.parts[0]), type(path)(path.parts[0], "include"), *rooms]
            found = next((folder / name for folder in folders if folder / name in known), None)
            if found:
                edges.setdefault(path.with_suffix(""), set()).add(found.with_suffix(""))
    return edges


def call_edges(paths, homes):
    """{file: the files whose kb_ functions it names}, without suffixes."""
    edges = {}
    for path in paths:
        text = NOT_CODE.sub("", (ROOT / path).read_text(encoding="utf-8"))
        called = {homes[word] for word in re.findall(r"\bkb_\w+", text) if word in homes}
        edges[path.with_suffix("")] = {home.with_suffix("") for home in called}
    return edges


def room(path):
    """The folder below the module that a file is in; "." for the module's own."""
    inside = path.parts[1:-1]
    return inside[0] if inside and inside[0] != "include" else "."


def room_edges(*graphs):
    edges = {}
    for graph in graphs:
        for start, ends in graph.items():
            edges.setdefault(room(start), set()).update(room(end) for end in ends)
    return edges


def circles(edges):
    """The strongly connected sets of more than one node (Tarjan), each sorted."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for end in sorted(edges.get(node, ())):
            if end not in index:
                visit(end)
            if end in stack:
                low[node] = min(low[node], low[end])
        if low[node] == index[node]:
            at = stack.index(node)
            if len(stack) - at > 1:
                found.append(sorted(stack[at:]))
            del stack[at:]

    for node in sorted(edges):
        if node not in index:
            visit(node)
    return found


def names(graph):
    return sorted(" ".join(sorted(path.name for path in circle)) for circle in circles(graph))


def judge(module, kind, graph, render):
    """Prints the graph's facts; what is wrong with it."""
    found = render(graph)
    arrows = sum(len(ends - {start}) for start, ends in graph.items())
    print(f"{module}: {kind}: {len(graph)} with {arrows} arrows, {len(found)} circles")
    return [f"{module}: {kind}: a circle: {circle}" for circle in found]


def judge_module(module, paths, tags):
    sources = [path for path in paths if path.suffix == ".c"]
    homes = {tag["name"]: type(paths[0])(tag["path"]) for tag in tags
             if tag["path"].startswith(f"{module}/") and tag["name"].startswith("kb_")}
    includes, calls = include_edges(paths), call_edges(sources, homes)
    return (judge(module, "includes", includes, names) + judge(module, "calls", calls, names) +
            judge(module, "rooms", room_edges(includes, calls),
                  lambda graph: sorted(" ".join(circle) for circle in circles(graph))))


def judge_length(what, longest, most):
    lines, where = longest
    print(f"longest {what}: {lines} lines, {where}")
    return [f"{where}: a {what} of {lines} lines; the longest may have {most}"] if lines > most else []


def main():
    modules = floors()
    paths = [path for path in tracked("*.c", "*.h") if path.parts[0] in modules]
    tags = functions([path for path in paths if path.suffix == ".c"])
    problems = [] if tags else ["no functions found: the rule checks nothing"]
    for module in modules:
        problems += judge_module(module, [path for path in paths if path.parts[0] == module], tags)
    problems += judge_length("function", max((tag["end"] - tag["line"] + 1, f"{tag['path']}:{tag['line']}: {tag['name']}")
                                             for tag in tags), LONGEST_FUNCTION)
    problems += judge_length("file", max((len((ROOT / path).read_bytes().splitlines()), str(path)) for path in paths),
                             LONGEST_FILE)
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
