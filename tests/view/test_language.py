"""Which language is chosen, and that the catalogue has every text."""

import ast
import string
from collections.abc import Iterable
from pathlib import Path

import pytest

from chatcore.view.language import ENGLISH, LANGUAGES, choose, gettext_noop, load, pgettext_noop

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("lang", "environ", "code"),
    [
        (None, {}, "en"),
        (None, {"LANG": "pl_PL.UTF-8"}, "pl"),
        (None, {"LANG": "pl"}, "pl"),
        (None, {"LANG": "PL_pl@euro"}, "pl"),
        (None, {"LANG": "de_DE.UTF-8"}, "en"),
        (None, {"LANG": "C.UTF-8"}, "en"),
        (None, {"LANG": "pl_PL", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        (None, {"LANG": "en_US", "LC_MESSAGES": "pl_PL"}, "pl"),
        (None, {"LC_MESSAGES": "en_US", "LC_ALL": "pl_PL"}, "pl"),
        (None, {"LC_ALL": "", "LANG": "pl_PL"}, "pl"),
        (None, {"LC_ALL": "C", "LANG": "pl_PL"}, "en"),
        (None, {"LC_TIME": "pl_PL"}, "en"),
        ("pl", {"LC_ALL": "en_US"}, "pl"),
        ("en", {"LC_ALL": "pl_PL"}, "en"),
        ("", {"LANG": "pl_PL"}, "pl"),
        ("tlh", {"LANG": "pl_PL"}, "en"),
        ("../../pl", {}, "en"),
    ],
)
def test_the_option_decides_and_then_the_environment(lang: str | None, environ: dict[str, str], code: str) -> None:
    assert choose(lang, environ).code == code


def test_every_language_has_its_compiled_catalogue() -> None:
    assert [load(code).code for code in LANGUAGES] == ["en", "pl"]


def test_a_language_without_a_compiled_catalogue_is_english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatcore.view.language._CATALOGUES", tmp_path)

    assert load("pl") == ENGLISH


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (1, "przeczytana przez {count} osobę"),
        (2, "przeczytana przez {count} osoby"),
        (4, "przeczytana przez {count} osoby"),
        (5, "przeczytana przez {count} osób"),
        (12, "przeczytana przez {count} osób"),
        (22, "przeczytana przez {count} osoby"),
        (112, "przeczytana przez {count} osób"),
        (0, "przeczytana przez {count} osób"),
    ],
)
def test_polish_has_three_plurals(count: int, text: str) -> None:
    assert load("pl").ngettext("read by {count}", "read by {count}", count) == text


def test_english_texts_are_themselves() -> None:
    assert ENGLISH.gettext("sent") == "sent"
    assert ENGLISH.ngettext("{count} hand", "{count} hands", 1) == "{count} hand"
    assert ENGLISH.ngettext("{count} hand", "{count} hands", 2) == "{count} hands"
    assert ENGLISH.pgettext("month, short", "May") == "May"


def test_nothing_stays_nothing_in_every_language() -> None:
    assert [load(code).gettext("") for code in LANGUAGES] == ["", ""]


def test_a_context_tells_texts_apart_that_are_one_in_english() -> None:
    assert load("pl").pgettext("month, short", "May") == "maj"
    assert load("pl").pgettext("month, in a date", "May") == "maja"


def test_marks_give_back_what_they_mark() -> None:
    assert gettext_noop("a") == "a"
    assert pgettext_noop("c", "a") == ("c", "a")


Key = tuple[str | None, str]
Texts = dict[Key, tuple[tuple[str, ...], tuple[str, ...]]]


def _catalogue() -> Texts:
    """Read the Polish catalogue: for each text its English forms and its translations."""
    from babel.messages.pofile import read_po

    with (ROOT / "chatcore/locale/pl/LC_MESSAGES/chatcore.po").open("rb") as po:
        entries = [entry for entry in read_po(po, locale="pl") if entry.id and not entry.fuzzy]
    return {(entry.context, _forms(entry.id)[0]): (_forms(entry.id), _forms(entry.string)) for entry in entries}


def _forms(text: str | Iterable[str] | None) -> tuple[str, ...]:
    return (text or "",) if text is None or isinstance(text, str) else tuple(text)


MARKERS = {
    "gettext": (None, 0), "gettext_noop": (None, 0), "_": (None, 0), "say": (None, 0), "ngettext": (None, 0),
    "Phrase": (None, 0), "pgettext": (0, 1), "pgettext_noop": (0, 1),
}  # fmt: skip
"""What marks a text, and at which place its context and the text stand."""


def _texts_in(*folders: str) -> set[Key]:
    """Find the texts that the code says, wherever they stand in it.

    Babel's own search looks at tokens, and before Python 3.12 an f-string is one.
    """
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    nodes = [node for path in files for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    return {key for node in nodes if isinstance(node, ast.Call) for key in _text_of(node)}


def _text_of(call: ast.Call) -> list[Key]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", None)
    if name not in MARKERS:
        return []
    context, text = (call.args[at] if at is not None and at < len(call.args) else None for at in MARKERS[name])
    said = text.value if isinstance(text, ast.Constant) else None
    return [(str(context.value) if isinstance(context, ast.Constant) else None, str(said))] if said else []


def _aliases(code: str) -> set[str]:
    """Find what the methods of a language are called where they are not called on the spot."""
    nodes = list(ast.walk(ast.parse(code)))
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    named = {
        id(node.value): target.id
        for node in nodes
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    methods = [
        node for node in nodes if isinstance(node, ast.Attribute) and node.attr in {"gettext", "ngettext", "pgettext"}
    ]
    return {named.get(id(method), ast.unparse(method)) for method in methods if id(method) not in called}


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.checkout
def test_every_text_of_the_code_has_a_polish_translation() -> None:
    catalogue = _catalogue()
    translated = {key for key, (_, polish) in catalogue.items() if all(polish)}

    said = _texts_in("chatcore", "frontends")

    assert sorted(said - translated, key=str) == []


@pytest.mark.checkout
def test_the_polish_catalogue_has_nothing_that_is_not_said() -> None:
    said = _texts_in("chatcore", "frontends")

    assert sorted(_catalogue().keys() - said, key=str) == []


@pytest.mark.checkout
def test_translations_fill_in_the_same_names_and_have_all_plurals() -> None:
    for english, polish in _catalogue().values():
        assert [_fields(text) for text in polish if text] == [_fields(english[-1]) for text in polish if text]
        assert len(polish) == (3 if len(english) > 1 else 1)


@pytest.mark.checkout
def test_no_text_hides_behind_another_name_of_gettext() -> None:
    code = [path.read_text() for folder in ("chatcore", "frontends") for path in (ROOT / folder).rglob("*.py")]

    assert set().union(*map(_aliases, code)) <= {"say"}
    assert _aliases("tell = language.gettext; list(map(language.pgettext, a)); language.gettext('b')") == {
        "tell", "language.pgettext",
    }  # fmt: skip


@pytest.mark.checkout
def test_a_new_text_is_found_however_it_is_marked(tmp_path: Path) -> None:
    said = 'language.gettext("a"); language.ngettext("b", "bs", 2); language.pgettext("c", "d")'
    marked = 'gettext_noop("e" "f"); pgettext_noop("g", "h"); say("i")'
    within = "f\"{language.gettext('j')} {one or say('k')}\""
    (tmp_path / "new.py").write_text(f"{said}\n{marked}\n{within}\n")

    assert _texts_in(str(tmp_path)) == {
        (None, "a"), (None, "b"), ("c", "d"), (None, "ef"), ("g", "h"), (None, "i"), (None, "j"), (None, "k"),
    }  # fmt: skip
