/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run.db: the tables of a run as a SQLite database, with keys, indexes and the
 * views that one would write anyway (sqlite_views.def).
 *
 * A table's columns are those of its CSV header; their names say their types.
 * Money and units are REAL: dollars, as printed; a sum that must be right to the
 * cent goes over whole cents, as the views do.  A blank cell is NULL, save in
 * the text columns by which one joins, where it is the empty text.
 *
 * The file is written once and by nobody else, so there is no journal, and
 * nothing is synced on the way: who gives the file its name does that.  The same
 * statements give the same bytes.
 */
#include "report/column_types.h"
#include "report/kinds.h"
#include "report/run_rows.h"
#include "report/table_read.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

enum {
	CACHE_BYTES = 64 << 20, /* pages, and as much again in which an index is sorted */
	CACHE_BYTES_MIN = 2 << 20,
	STOP_STEPS = 100000, /* of SQLite's machine, between two looks at stopped() */
	STOP_ROWS = 4096,    /* between two looks when rows are put in */
};

/* A key is unique; a table without one may hold equal rows. */
static const struct source {
	const char *name, *key;
	bool is_optional; /* runs of earlier versions lack it */
} sources[] = {
        {"providers", "npi, id_kind", false},
        {"provider_rules", "npi, id_kind, rule, measure", false},
        {"provider_codes", "npi, id_kind, code", false},
        {"provider_counts", "npi, id_kind, kind, key", false},
        {"findings", NULL, false},
        {"rules", "rule", false},
        {"worklist", NULL, true},
        {"compare", "npi, id_kind, rule, measure", true},
};

/* Made when the tables are full: an index is sorted once, not grown row by row. */
static const char *const indexes[] = {
        "CREATE INDEX findings_npi ON findings (npi)",
        "CREATE INDEX findings_rule ON findings (rule)",
        "CREATE INDEX findings_claim_id ON findings (claim_id)",
        "CREATE INDEX provider_rules_rule ON provider_rules (rule, measure)",
        "CREATE INDEX provider_codes_code ON provider_codes (code)",
        "CREATE INDEX provider_counts_kind ON provider_counts (kind, key)",
        "CREATE INDEX providers_rank ON providers (rank)",
        "CREATE INDEX providers_peer_group ON providers (peer_group)",
        NULL,
};

#define DOLLARS(column) "sum(CAST(round(" #column " * 100) AS INTEGER)) / 100.0"
#define VIEW(name, select) "CREATE VIEW " #name " AS " select,
static const char *const views[] = {
#include "report/sqlite_views.def"
        NULL,
};
#undef VIEW

struct database {
	const struct report_context *context;
	struct json_tree *manifest;
	sqlite3 *sqlite;
	struct diag *diag;
};

/* ---- SQLite's failures as ours. ---- */

static int failure_of(int code)
{
	switch (code & 0xff) {
	case SQLITE_NOMEM:
		return FAIL_MEMORY;
	case SQLITE_INTERRUPT:
		return FAIL_STOPPED;
	case SQLITE_FULL:
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
		return FAIL_IO;
	default:
		return FAIL_INTERNAL;
	}
}

static int fail(const struct database *database)
{
	return diag_set(database->diag, failure_of(sqlite3_extended_errcode(database->sqlite)),
	        "%s/run.db: %s", database->context->folder->path, sqlite3_errmsg(database->sqlite));
}

static int run_statement(struct database *database, const char *statement)
{
	int code = sqlite3_exec(database->sqlite, statement, NULL, NULL, NULL);

	return code == SQLITE_OK ? 0 : fail(database);
}

static int run_all(struct database *database, const char *const statements[])
{
	int err = 0;

	for (size_t i = 0; statements[i] && err == 0; i++)
		err = run_statement(database, statements[i]);
	return err;
}

static int check_stopped(void *context)
{
	const struct database *database = context;

	return database->context->stopped && database->context->stopped();
}

/* ---- A table. ---- */

/* One being filled. */
struct filling {
	struct database *database;
	struct table_read *table;
	sqlite3_stmt *insert;
	struct column_types types;
};

/* A table with a key lies in the order of its rows: no index beside it. */
static char *create_text(const struct filling *filling, const struct source *source)
{
	static const char *const words[] = {[COLUMN_TEXT] = "TEXT",
	        [COLUMN_JOIN] = "TEXT NOT NULL",
	        [COLUMN_INTEGER] = "INTEGER",
	        [COLUMN_REAL] = "REAL"};
	sqlite3_str *text = sqlite3_str_new(filling->database->sqlite);

	sqlite3_str_appendf(text, "CREATE TABLE %s (", source->name);
	for (unsigned i = 0; i < table_read_width(filling->table); i++) {
		struct text name = table_read_name(filling->table, i);

		sqlite3_str_appendf(text, "%s\"%.*w\" %s", i > 0 ? ", " : "", (int)name.size,
		        name.at, words[filling->types.of[i]]);
	}
	if (source->key)
		sqlite3_str_appendf(text, ", PRIMARY KEY (%s)) WITHOUT ROWID", source->key);
	else
		sqlite3_str_appendall(text, ")");
	return sqlite3_str_finish(text);
}

static char *insert_text(const struct filling *filling, const struct source *source)
{
	sqlite3_str *text = sqlite3_str_new(filling->database->sqlite);

	sqlite3_str_appendf(text, "INSERT INTO %s VALUES (", source->name);
	for (unsigned i = 0; i < table_read_width(filling->table); i++)
		sqlite3_str_appendall(text, i > 0 ? ", ?" : "?");
	sqlite3_str_appendall(text, ")");
	return sqlite3_str_finish(text);
}

static int make_table(struct filling *filling, const struct source *source)
{
	struct database *database = filling->database;

	column_types_of(&filling->types, filling->table);
	char *create = create_text(filling, source);
	char *insert = insert_text(filling, source);
	int code = create && insert ? sqlite3_exec(database->sqlite, create, NULL, NULL, NULL)
	                            : SQLITE_NOMEM;

	if (code == SQLITE_OK)
		code = sqlite3_prepare_v3(database->sqlite, insert, -1, SQLITE_PREPARE_PERSISTENT,
		        &filling->insert, NULL);
	sqlite3_free(create);
	sqlite3_free(insert);
	if (code == SQLITE_OK)
		return 0;
	/* The header is foreign: a column twice, or one of the key missing. */
	if ((code & 0xff) == SQLITE_ERROR)
		return table_read_fail(filling->table, TABLE_ROW, sqlite3_errmsg(database->sqlite),
		        database->diag);
	return fail(database);
}

static int bind_integer(struct filling *filling, unsigned column)
{
	int64_t value;
	int err = table_read_integer(filling->table, column, &value, filling->database->diag);

	if (err == 0 && value != TABLE_BLANK)
		sqlite3_bind_int64(filling->insert, (int)column + 1, value);
	return err;
}

static int bind_real(struct filling *filling, unsigned column)
{
	double value;
	int err = table_read_double(filling->table, column, &value, filling->database->diag);

	/* A blank is no number, which SQLite binds as NULL. */
	if (err == 0)
		sqlite3_bind_double(filling->insert, (int)column + 1, value);
	return err;
}

static int bind_cell(struct filling *filling, unsigned column)
{
	enum column_type type = filling->types.of[column];

	if (table_read_cell(filling->table, column).size == 0 && type != COLUMN_JOIN) {
		sqlite3_bind_null(filling->insert, (int)column + 1);
		return 0;
	}
	if (type == COLUMN_INTEGER)
		return bind_integer(filling, column);
	if (type == COLUMN_REAL)
		return bind_real(filling, column);
	struct text text = table_read_text(filling->table, column);

	/* The bytes lie in the table's buffer until the next row is read. */
	sqlite3_bind_text(filling->insert, (int)column + 1, text.at, (int)text.size, SQLITE_STATIC);
	return 0;
}

static int put_row(struct filling *filling)
{
	struct database *database = filling->database;
	int err = 0;

	for (unsigned i = 0; i < table_read_width(filling->table) && err == 0; i++)
		err = bind_cell(filling, i);
	if (err < 0)
		return err;
	int code = sqlite3_step(filling->insert);

	sqlite3_reset(filling->insert);
	if (code == SQLITE_DONE)
		return 0;
	if ((code & 0xff) == SQLITE_CONSTRAINT)
		return table_read_fail(filling->table, TABLE_ROW,
		        "its key stands in an earlier row too", database->diag);
	return fail(database);
}

static int put_rows(struct filling *filling, const struct source *source)
{
	struct database *database = filling->database;
	int got;

	while ((got = table_read_next(filling->table, database->diag)) == 1) {
		int err = put_row(filling);

		if (err < 0)
			return err;
		if (table_read_rows(filling->table) % STOP_ROWS == 0 && check_stopped(database))
			return FAIL_STOPPED;
	}
	if (got < 0)
		return got;
	return run_rows_check(database->context->folder, database->manifest, source->name,
	        table_read_rows(filling->table), database->diag);
}

static int fill_table(struct database *database, const struct source *source)
{
	struct filling filling = {.database = database};
	char name[64];

	if (check_stopped(database))
		return FAIL_STOPPED;
	snprintf(name, sizeof(name), "%s.csv", source->name);
	if (source->is_optional && !run_folder_has(database->context->folder, name))
		return 0;
	int err = table_read_create(
	        &filling.table, database->context->folder, name, database->diag);

	if (err == 0)
		err = make_table(&filling, source);
	if (err == 0)
		err = put_rows(&filling, source);
	sqlite3_finalize(filling.insert);
	table_read_destroy(filling.table);
	return err;
}

/* ---- The documents: the run's JSON as it is, for json_extract(body, ...) and the views. ---- */

static int put_document(struct database *database, sqlite3_stmt *insert, const char *name)
{
	struct json_tree *tree = NULL;
	int err = json_read_create(&tree, database->context->folder, name, database->diag);

	if (err < 0)
		return err;
	sqlite3_bind_text(insert, 1, name, -1, SQLITE_STATIC);
	sqlite3_bind_text(insert, 2, json_read_text(json_read_root(tree)), -1, SQLITE_STATIC);
	int code = sqlite3_step(insert);

	sqlite3_reset(insert);
	json_read_destroy(tree);
	return code == SQLITE_DONE ? 0 : fail(database);
}

static int put_documents(struct database *database)
{
	sqlite3_stmt *insert = NULL;
	int err = run_statement(database,
	        "CREATE TABLE documents (name TEXT NOT NULL PRIMARY KEY, body TEXT NOT NULL) "
	        "WITHOUT ROWID");

	if (err == 0 && sqlite3_prepare_v2(database->sqlite, "INSERT INTO documents VALUES (?, ?)",
	                        -1, &insert, NULL) != SQLITE_OK)
		err = fail(database);
	if (err == 0)
		err = put_document(database, insert, "manifest.json");
	if (err == 0)
		err = put_document(database, insert, "quality.json");
	sqlite3_finalize(insert);
	return err;
}

/* ---- The file. ---- */

/*
 * Indexes larger than their memory are sorted in files without a name.  Where
 * tmp cannot be written to SQLite finds a directory by itself.
 */
static void set_tmp(struct database *database)
{
	const char *tmp = database->context->tmp;
	char *statement = sqlite3_mprintf("PRAGMA temp_store_directory = %Q", tmp ? tmp : "");

	if (statement)
		sqlite3_exec(database->sqlite, statement, NULL, NULL, NULL);
	sqlite3_free(statement);
}

/* Pages of 8 KiB: the longest reasons of a provider fit beside their key. */
static int set_up(struct database *database)
{
	size_t share = database->context->memory_bytes;
	size_t cache = share == 0 || share > CACHE_BYTES ? CACHE_BYTES : share;
	char statement[512];

	if (cache < CACHE_BYTES_MIN)
		cache = CACHE_BYTES_MIN;
	snprintf(statement, sizeof(statement),
	        "PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
	        "PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -%zu;"
	        "PRAGMA user_version = 1",
	        cache >> 10);
	sqlite3_progress_handler(database->sqlite, STOP_STEPS, check_stopped, database);
	return run_statement(database, statement);
}

static int fill(struct database *database)
{
	int err = set_up(database);

	set_tmp(database);
	if (err == 0)
		err = run_statement(database, "BEGIN");
	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]) && err == 0; i++)
		err = fill_table(database, &sources[i]);
	if (err == 0)
		err = put_documents(database);
	if (err == 0)
		err = run_all(database, indexes);
	if (err == 0)
		err = run_all(database, views);
	return err == 0 ? run_statement(database, "COMMIT") : err;
}

/* The file has a descriptor and perhaps no name that lasts; SQLite wants a name. */
static int open_database(struct database *database, int fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (sqlite3_open_v2(path, &database->sqlite, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
	            NULL) == SQLITE_OK)
		return 0;
	return database->sqlite ? fail(database)
	                        : diag_set(database->diag, FAIL_MEMORY, "no memory for run.db");
}

static int write_database(const struct report_context *context, int fd, struct diag *diag)
{
	struct database database = {.context = context, .diag = diag};
	int err = json_read_create(&database.manifest, context->folder, "manifest.json", diag);

	if (err == 0)
		err = open_database(&database, fd);
	if (err == 0)
		err = fill(&database);
	if (sqlite3_close(database.sqlite) != SQLITE_OK && err == 0)
		err = diag_set(diag, FAIL_INTERNAL, "run.db: could not be closed");
	json_read_destroy(database.manifest);
	return err;
}

const struct report_kind report_kind_sqlite = {
        .name = "sqlite",
        .file = "run.db",
        .write = write_database,
};
