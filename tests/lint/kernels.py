#!/usr/bin/env python3
"""Device code that reaches a barrier through a function must force that function inline: PoCL splits kernels at barriers
and gives wrong results, now and then, when one sits in a function that was not inlined.
Usage: kernels.py SOURCE_ROOT"""
import pathlib
import re
import sys

# A definition: everything from the return type to the opening brace, and its name.
DEFINITION = re.compile(r"^(?P<head>(?:static|__kernel|inline)\b[^;{}#]*?\b(?P<name>\w+)\s*\([^;{}]*?\))\s*\{", re.M)
MACRO = re.compile(r"^#define\s+(\w+)\([^)]*\)((?:.*\\\n)*.*)$", re.M)


ATTRIBUTE = re.compile(r"__attribute__\s*\(\((?:[^()]|\([^()]*\))*\)\)")


def bodies(text):
    """name -> (head, body) of every function; macros count with an empty head."""
    found = {}
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
    text = ATTRIBUTE.sub(lambda match: "always_inline" if "always_inline" in match[0] else "", text)
    for match in DEFINITION.finditer(text):
        depth, at = 1, match.end()
        while depth and at < len(text):
            depth += {"{": 1, "}": -1}.get(text[at], 0)
            at += 1
        found[match["name"]] = (match["head"], text[match.end():at])
    for match in MACRO.finditer(text):
        found[match[1]] = (None, match[2])
    return found


def reaching(functions):
    """Names from which a barrier can be reached."""
    reach = {"barrier"}
    grown = True
    while grown:
        grown = False
        for name, (_, body) in functions.items():
            if name not in reach and any(re.search(rf"\b{other}\s*\(", body) for other in reach):
                reach.add(name)
                grown = True
    return reach


def main():
    folder = pathlib.Path(sys.argv[1]) / "cl/kernels"
    prelude = bodies((folder / "prelude.clh").read_text())
    findings, checked = set(), set()
    for file in sorted(folder.glob("*.cl")):
        functions = prelude | bodies(file.read_text())
        for name in reaching(functions) & functions.keys():
            head = functions[name][0]
            if head is None or "__kernel" in head:
                continue
            place = "prelude.clh" if name in prelude else file.name
            checked.add((place, name))
            if "always_inline" not in head:
                findings.add(f"{place}: {name}() reaches a barrier but is not forced inline")
    print("\n".join(sorted(findings)) if findings else f"{len(checked)} functions that reach a barrier are forced inline")
    return 1 if findings or not checked else 0


sys.exit(main())
