"""The index behind ``SearchDocument`` as each database makes it: over the grams and the codes of the place.

A place is found by each code of its path with the sign of a facet behind it (310110∈), so that a document
that follows a change of divisions is found in its new place without being written anew.

SQLite: an FTS5 table over a view of the documents (tokens are split at blanks alone: ``ascii`` takes every
character above 127 as part of a token), kept in step by triggers. PostgreSQL: GIN over the array of tokens.
A migration that rebuilds the table on SQLite must call ``index_drop`` and ``index_make`` again.
"""

from typing import Any

_TOKENS = "{row}grams || ' ' || replace({row}area_path, '/', '∈ ')"
_OLD, _NEW = _TOKENS.format(row="old."), _TOKENS.format(row="new.")
# ruff: noqa: S608 - these are the words of this file alone
_TAKE_OUT = f"INSERT INTO search_fts(search_fts, rowid, tokens) VALUES ('delete', old.id, {_OLD});"
_PUT_IN = f"INSERT INTO search_fts(rowid, tokens) VALUES (new.id, {_NEW});"
TRIGGERS = (
    f"CREATE TRIGGER search_fts_insert AFTER INSERT ON search_searchdocument BEGIN {_PUT_IN} END",
    f"CREATE TRIGGER search_fts_delete AFTER DELETE ON search_searchdocument BEGIN {_TAKE_OUT} END",
    f"CREATE TRIGGER search_fts_update AFTER UPDATE ON search_searchdocument BEGIN {_TAKE_OUT} {_PUT_IN} END",
)
REBUILD = "INSERT INTO search_fts(search_fts) VALUES ('rebuild')"
SQLITE = (
    f"CREATE VIEW search_content AS SELECT id, {_TOKENS.format(row='')} AS tokens FROM search_searchdocument",
    """CREATE VIRTUAL TABLE search_fts USING fts5(
        tokens, content='search_content', content_rowid='id', detail='none', tokenize='ascii')""",
    REBUILD,
    *TRIGGERS,
)
# The planner takes string_to_array for nearly free and would then read the whole table; not so a function
# that says what it costs (plpgsql, because a function in SQL is replaced by its body).
GIN = "CREATE INDEX search_grams ON search_searchdocument USING gin (search_tokens(grams, area_path))"
POSTGRESQL = (
    """CREATE OR REPLACE FUNCTION search_tokens(grams text, area_path text) RETURNS text[]
        IMMUTABLE STRICT PARALLEL SAFE COST 1000 LANGUAGE plpgsql
        AS $$ BEGIN RETURN string_to_array(grams || ' ' || replace(area_path, '/', '∈ '), ' '); END $$""",
    GIN,
)


def index_make(apps: Any, schema_editor: Any) -> None:
    """Make the index of the database at hand."""
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def index_drop(apps: Any, schema_editor: Any) -> None:
    """Drop it again."""
    if schema_editor.connection.vendor == "sqlite":
        for name in ("insert", "delete", "update"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS search_fts_{name}")
        schema_editor.execute("DROP TABLE IF EXISTS search_fts")
        schema_editor.execute("DROP VIEW IF EXISTS search_content")
    else:
        schema_editor.execute("DROP INDEX IF EXISTS search_grams")
        schema_editor.execute("DROP FUNCTION IF EXISTS search_tokens(text)")
        schema_editor.execute("DROP FUNCTION IF EXISTS search_tokens(text, text)")
