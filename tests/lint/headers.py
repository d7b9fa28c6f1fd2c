#!/usr/bin/env python3
"""Public headers are the manual: every function has a docstring, and tags are spelled as docs say.
Usage: headers.py SOURCE_ROOT"""
import pathlib
import re
import sys

TAGS = {"Shape", "Unit", "Own", "Thread", "Error", "Source", "Format"}
TAG_LINE = re.compile(r"^\s*\*\s+([A-Z][a-z]+):\s", re.M)
FUNCTION = re.compile(r"^(?!typedef|#|static|enum|struct|extern| |\*|/|\})[\w \*]+\b(ig_\w+)\(", re.M)
# A pair's second half needs no words of its own when its name says it all.
SELF_EVIDENT = re.compile(r"_(destroy|free|release|get_info|get_stats|get_timing|get_totals)$")


def main():
    root = pathlib.Path(sys.argv[1])
    findings, functions = [], 0
    for header in sorted((root / "include/ingot").glob("*.h")):
        text = header.read_text()
        for tag in TAG_LINE.findall(text):
            if tag not in TAGS:
                findings.append(f"{header.name}: unknown tag '{tag}:'")
        for match in FUNCTION.finditer(text):
            functions += 1
            before = text[:match.start()].rstrip()
            rest = text[match.end():].split("\n")[0]
            documented = before.endswith("*/") or "/**<" in rest
            if not documented and not SELF_EVIDENT.search(match.group(1)):
                findings.append(f"{header.name}: {match.group(1)}() has no docstring")
    print("\n".join(findings) if findings else f"{functions} public functions are documented")
    return 1 if findings or functions < 30 else 0


sys.exit(main())
