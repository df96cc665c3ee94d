"""Write chatcore/domain/common_passwords.txt from the list that comes with Django, given by the path of its file.

The file is `django/contrib/auth/common-passwords.txt.gz`: 20,000 passwords from what was found of broken sites, most
common first, made by Royce Williams. The terms are in LICENSES/BSD-3-Clause-Django.txt.
"""

import gzip
import sys
from pathlib import Path

from page_parts import ROOT

from chatcore.domain.passwords import MIN_PASSWORD

TARGET = ROOT / "chatcore" / "domain" / "common_passwords.txt"
MOST = 5_000
"""Those behind them are hardly more common than others: OWASP ASVS asks for 3,000."""

INTRODUCTION = """\
# Passwords that nobody may have, since many people have them, most common first; in lower case.
# Made by scripts/write_common_passwords.py of those long enough in the list by Royce Williams that comes with Django.
# Copyright (c) Django Software Foundation and contributors; its terms are in LICENSES/BSD-3-Clause-Django.txt.
"""


def made_from(source: str) -> str:
    """Return the list, of a file that has one in each line."""
    long_enough = [line.lower() for line in source.splitlines() if len(line) >= MIN_PASSWORD]
    return INTRODUCTION + "".join(f"{line}\n" for line in dict.fromkeys(long_enough[:MOST]))


if __name__ == "__main__":
    TARGET.write_text(made_from(gzip.decompress(Path(sys.argv[1]).read_bytes()).decode()), "utf-8")
