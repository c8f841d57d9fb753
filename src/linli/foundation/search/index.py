"""The index behind ``SearchDocument`` as each database makes it.

SQLite: an FTS5 table over the document's own column (tokens are split at blanks alone: ``ascii`` takes
every character above 127 as part of a token), kept in step by triggers. PostgreSQL: GIN over the array
of tokens. A migration that rebuilds the table on SQLite must call ``index_make`` again.
"""

from typing import Any

SQLITE = (
    """CREATE VIRTUAL TABLE search_fts USING fts5(
        grams, content='search_searchdocument', content_rowid='id', detail='none', tokenize='ascii')""",
    """CREATE TRIGGER search_fts_insert AFTER INSERT ON search_searchdocument BEGIN
        INSERT INTO search_fts(rowid, grams) VALUES (new.id, new.grams); END""",
    """CREATE TRIGGER search_fts_delete AFTER DELETE ON search_searchdocument BEGIN
        INSERT INTO search_fts(search_fts, rowid, grams) VALUES ('delete', old.id, old.grams); END""",
    """CREATE TRIGGER search_fts_update AFTER UPDATE ON search_searchdocument BEGIN
        INSERT INTO search_fts(search_fts, rowid, grams) VALUES ('delete', old.id, old.grams);
        INSERT INTO search_fts(rowid, grams) VALUES (new.id, new.grams); END""",
)
# The planner takes string_to_array for nearly free and would then read the whole table; not so a function
# that says what it costs (plpgsql, because a function in SQL is replaced by its body).
POSTGRESQL = (
    """CREATE FUNCTION search_tokens(text) RETURNS text[] IMMUTABLE STRICT PARALLEL SAFE COST 1000
        LANGUAGE plpgsql AS $$ BEGIN RETURN string_to_array($1, ' '); END $$""",
    "CREATE INDEX search_grams ON search_searchdocument USING gin (search_tokens(grams))",
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
    else:
        schema_editor.execute("DROP INDEX IF EXISTS search_grams")
        schema_editor.execute("DROP FUNCTION IF EXISTS search_tokens(text)")
