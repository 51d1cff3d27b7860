#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Copies the modules that a list names, and all that they need, from one module folder to another.

    modules.py LIST FROM TO

FROM and TO are folders like /lib/modules/VERSION; FROM has been through depmod. LIST is config/modules.
"""

import fnmatch
import os
import shutil
import sys

SUFFIX = ".ko"


def normal(name):
    """Module names count - and _ as the same character."""
    return name.replace("-", "_")


def name_of(path):
    return normal(os.path.basename(path).split(SUFFIX)[0])


def read_words(path):
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            word = line.split("#")[0].strip()
            if word:
                yield number, word


class Modules:
    """What a kernel offers: path by name, paths needed by path, names that are built in."""

    def __init__(self, folder):
        self.needs = {}
        for _, line in read_words(os.path.join(folder, "modules.dep")):
            path, _, needs = line.partition(":")
            self.needs[path] = needs.split()
        self.path = {name_of(path): path for path in self.needs}
        self.built_in = {name_of(path) for _, path in read_words(os.path.join(folder, "modules.builtin"))}
        self.aliases = self._read_aliases(os.path.join(folder, "modules.alias"))
        self.wants = self._read_soft_needs(os.path.join(folder, "modules.softdep"))

    @staticmethod
    def _read_aliases(path):
        """`alias NAME MODULE`: the plain names only; patterns speak of devices."""
        aliases = {}
        for _, line in read_words(path):
            _, name, module = line.split()
            aliases.setdefault(normal(name), []).append(normal(module))
        return aliases

    @staticmethod
    def _read_soft_needs(path):
        """`softdep NAME pre: A B post: C`: helpers that a module asks for at run time."""
        wants = {}
        for _, line in read_words(path):
            words = line.split()
            if words[0] == "softdep":
                names = [word for word in words[2:] if not word.endswith(":")]
                wants.setdefault(normal(words[1]), []).extend(names)
        return wants

    def named(self, word):
        """The paths that a line of the list stands for; None where it stands for nothing at all."""
        if "/" in word:
            return sorted(fnmatch.filter(self.needs, f"kernel/{word}*")) or None
        if normal(word) in self.built_in:
            return []
        path = self.path.get(normal(word))
        return [path] if path else None

    def wanted(self, path):
        """The paths of the soft needs of a module, which may be called by an alias."""
        for word in self.wants.get(name_of(path), []):
            for name in [normal(word), *self.aliases.get(normal(word), [])]:
                if name in self.path:
                    yield self.path[name]

    def closure(self, paths):
        found, pending = set(), list(paths)
        while pending:
            path = pending.pop()
            if path not in found:
                found.add(path)
                pending += [*self.needs[path], *self.wanted(path)]
        return sorted(found)


def main():
    list_path, source, target = sys.argv[1:]
    modules = Modules(source)
    paths, unknown = [], []
    for number, word in read_words(list_path):
        named = modules.named(word)
        if named is None:
            unknown.append(f"{list_path}:{number}: this kernel has no module {word}")
        paths += named or []
    if unknown:
        raise SystemExit("\n".join(unknown))
    for path in modules.closure(paths):
        os.makedirs(os.path.dirname(os.path.join(target, path)), exist_ok=True)
        shutil.copyfile(os.path.join(source, path), os.path.join(target, path))
    for name in ("modules.order", "modules.builtin", "modules.builtin.modinfo"):
        shutil.copyfile(os.path.join(source, name), os.path.join(target, name))


if __name__ == "__main__":
    main()
