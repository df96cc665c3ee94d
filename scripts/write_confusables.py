"""Write chatcore/domain/confusables.txt from Unicode's file of that name (unicode.org/Public/security), given by path.

The terms of the data are in LICENSES/Unicode-3.0.txt.
"""

import re
import sys
from pathlib import Path

from page_parts import ROOT

TARGET = ROOT / "chatcore" / "domain" / "confusables.txt"

INTRODUCTION = """\
# What is drawn alike: each line has a text, and the characters that look like it, all as code points in hex.
# Made by scripts/write_confusables.py from the data of Unicode Technical Standard 39, confusables.txt {version}.
# Copyright Unicode, Inc.; its terms are in LICENSES/Unicode-3.0.txt.
"""


def made_from(source: str) -> str:
    """Return the table, by what is looked like."""
    by_look: dict[str, list[str]] = {}
    for character, look in re.findall(r"^([0-9A-F]+) ;\t([0-9A-F ]+) ;\tMA\t", source, re.MULTILINE):
        by_look.setdefault(look, []).append(character)
    version = re.findall(r"^# Version: (\S+)", source, re.MULTILINE)[0]
    lines = [f"{look} = {' '.join(sorted(alike, key=_number))}\n" for look, alike in sorted(by_look.items())]
    return INTRODUCTION.format(version=version) + "".join(lines)


def _number(character: str) -> int:
    return int(character, 16)


if __name__ == "__main__":
    TARGET.write_text(made_from(Path(sys.argv[1]).read_text("utf-8-sig")), "utf-8")
