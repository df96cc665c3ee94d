"""Compile the message catalogues (.po to .mo) whenever the package is built or installed from a clone."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueHook(BuildHookInterface[Any]):
    """Runs before hatchling looks at the files; no catalogue is fine too."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  # hatchling's signature
        """Write each .mo beside its .po, where the wheel and an editable install both find it."""
        for po in sorted(Path(self.root).glob("chatcore/locale/*/LC_MESSAGES/chatcore.po")):
            compile_catalogue(po)


def compile_catalogue(po: Path) -> Path:
    """Write the .mo of one .po and return its path."""
    with po.open("rb") as source:
        catalogue = read_po(source, locale=po.parts[-3], abort_invalid=True)
    mo = po.with_suffix(".mo")
    with mo.open("wb") as target:
        write_mo(target, catalogue)
    return mo
