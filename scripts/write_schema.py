"""Write chatcore/adapters/sqlite/schema.sql: today's schema whole, made from the steps that lead to it.

`--check` writes nothing and exits 1 where it is stale. What a table is for, and a column that does not say it itself,
is written here: a table without a sentence is an error.
"""

import sqlite3
import sys
from collections.abc import Iterator

import page_parts
from page_parts import ROOT

from chatcore.adapters.sqlite.migrations import steps

SCHEMA = ROOT / "chatcore" / "adapters" / "sqlite" / "schema.sql"

INTRODUCTION = """\
-- Today's schema, to be read: nothing loads it. `make docs` writes it from the steps, which say why it came to be so.
"""

TABLES = {
    "asked": "What was asked for, where another text is stored.",
    "former_name": "Names that were given up not long ago.",
    "generation": "The starts of servers, each with how far log and directory had come.",
    "invitation": "Where registration is by invitation: with what people make an account.",
    "job": "How far work in the background has come, by its parts.",
    "line": "The lines of each user's list: the direct conversations that have messages.",
    "message": "The log, over all conversations.",
    "meta": "The epoch, which changes when a backup is restored, and the secrets of digests in other tables.",
    "reading": "What each user has read of a conversation, but for the runs above the cursor.",
    "refusal": "The posts that were refused, for a day.",
    "run": "The runs of read messages above the cursor.",
    "session": "Who is logged in.",
    "token": "What else leads to a session but its first token.",
    "user": "The accounts, and with `fact` the directory.",
}

COLUMNS = {
    ("former_name", "digest"): "keyed, of a name or of its look",
    ("generation", "facts"): "the number of the newest fact at that moment",
    ("generation", "number"): "of the newest message at that moment",
    ("generation", "place"): "1, 2, 3, … in the order of the starts",
    ("invitation", "digest"): "of the code",
    ("invitation", "ends_at_ms"): "null where it has no end",
    ("invitation", "label"): "what it is for, for people",
    ("invitation", "used"): "how many have",
    ("invitation", "uses"): "how many may register with it",
    ("job", "part"): "empty for the job as a whole",
    ("line", "risen"): "the number of the message by which the conversation came to the top of the list",
    ("message", "live"): "how many messages of the conversation count, up to and with this one",
    ("message", "number"): "in the order of commits, over all conversations",
    ("message", "own"): "how many of those are its sender's",
    ("message", "readers"): "general chat only; a direct message is read by the other one or not",
    ("message", "seq"): "1, 2, 3, … in its conversation, without holes",
    ("reading", "base"): "up to here everything is history for the user",
    ("reading", "cursor"): "up to here everything is read or the user's own",
    ("reading", "read"): "how many messages of others",
    ("reading", "version"): "raised by each mark that changes something",
    ("session", "digest"): "of its first token",
    ("session", "rank"): "of the newest token that was used; the first one has 0",
    ("session", "renewed_at_ms"): "when its newest token was made, but for the first",
    ("session", "label"): "what it is for, for people",
    ("user", "born"): "the number of the newest message when they registered",
    ("user", "changed"): "the number of the newest message when the newest fact came",
    ("user", "disabled"): "why they are kept out; null where they are not",
    ("user", "display_name"): "what others see, and others may have",
    ("user", "key"): "by which an application knows them",
    ("user", "look"): "of the display name: the same for all that look alike; null before the program has written it",
    ("user", "name_look"): "of the name; null where an older account had it before",
    ("user", "fact"): "the number of the newest fact about the user",
    ("user", "folded"): "the name, as names are compared",
    ("user", "number"): "1, 2, 3, … in the order in which they registered",
}


def schema(scripts: tuple[str, ...]) -> str:
    """Return the SQL that makes the tables and indexes of an empty database after these scripts, all at once.

    It is read from SQLite's own tables, not from the text of the statements, which `alter table` leaves in disorder.
    """
    database = sqlite3.connect(":memory:")
    for script in scripts:
        database.executescript(script)
    names = database.execute("select name from pragma_table_list where schema = 'main' and name not like 'sqlite_%'")
    tables = [table(database, name) for (name,) in sorted(names)]
    database.close()
    return "\n".join([INTRODUCTION, *tables])


def table(database: sqlite3.Connection, name: str) -> str:
    """Return the statements for one table and its indexes."""
    ((is_rowless, is_strict),) = database.execute("select wr, strict from pragma_table_list where name = ?", (name,))
    kinds = ", ".join(["strict"] * is_strict + ["without rowid"] * is_rowless)
    parts = [*columns(database, name), *constraints(database, name)]
    lines = [f"    {part}{',' if at < len(parts) else ''}{said}" for at, (part, said) in enumerate(parts, 1)]
    text = "\n".join([f"-- {TABLES[name]}", f"create table {name} (", *lines, f") {kinds}".rstrip() + ";", ""])
    more = """
        select sql from sqlite_schema where type in ('index', 'trigger') and tbl_name = ? and sql is not null
        order by type, name
    """
    made = [f"{lowered(sql)};\n" for (sql,) in database.execute(more, (name,))]
    return text + ("\n" + "".join(made) if made else "")


def columns(database: sqlite3.Connection, name: str) -> Iterator[tuple[str, str]]:
    """Return each column as it is declared, with what there is to say about it."""
    keys, unique = key(database, name), list(uniques(database, name))
    rows = database.execute('select name, type, "notnull", dflt_value from pragma_table_xinfo(?)', (name,))
    for column, kind, is_never_null, default in rows.fetchall():
        words = [column, kind.lower()] + ["not null"] * is_never_null
        words += ["default", default] * (default is not None)
        words += ["primary key"] * (keys == [column]) + ["unique"] * ([column] in unique)
        said = COLUMNS.get((name, column))
        yield " ".join(words), f" -- {said}" if said else ""


def constraints(database: sqlite3.Connection, name: str) -> Iterator[tuple[str, str]]:
    """Return the keys of more than one column."""
    for words, key_columns in [("primary key", key(database, name)), *(("unique", u) for u in uniques(database, name))]:
        if len(key_columns) > 1:
            yield f"{words} ({', '.join(key_columns)})", ""


def key(database: sqlite3.Connection, name: str) -> list[str]:
    """Return the columns of the primary key."""
    rows = database.execute("select name from pragma_table_xinfo(?) where pk > 0 order by pk", (name,))
    return [column for (column,) in rows.fetchall()]


def uniques(database: sqlite3.Connection, name: str) -> Iterator[list[str]]:
    """Return the columns of each unique constraint that stands in the table itself."""
    for (index,) in database.execute("select name from pragma_index_list(?) where origin = 'u'", (name,)).fetchall():
        yield [column for (column,) in database.execute("select name from pragma_index_info(?)", (index,)).fetchall()]


def lowered(sql: str) -> str:
    """Return a statement with its first words as we write them: SQLite keeps them in capitals."""
    return (
        sql.replace("CREATE UNIQUE INDEX", "create unique index")
        .replace("CREATE INDEX", "create index")
        .replace("CREATE TRIGGER", "create trigger")
    )


if __name__ == "__main__":
    sys.exit(page_parts.whole(SCHEMA, schema(steps()), sys.argv[1:]))
