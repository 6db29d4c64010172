/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines and records out of a stream.
 *
 *     buffer   [ passed | start ... text that was read ... end | room ]
 *
 * A line or record lies in one piece from start on.  Where it does not end in
 * what was read, it is moved to the front and more is read behind it.
 */
#include "lookup/release_private.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { CAPACITY = RELEASE_LINE_MAX + RELEASE_READ };

struct release {
	struct release_stream *stream;
	char *path;
	char *buffer;
	size_t start, end;
	size_t raw; /* bytes of the beginning as it lies, a NUL and what follows included */
	bool ended; /* nothing more comes from the stream */
	bool nul;   /* ... because a NUL stands there */
	size_t line, next_line; /* where the last record began; where the next begins */
	size_t records, skipped;
	bool (*watch)(void *context, uint64_t taken);
	void *watch_context;
	uint64_t size;
	char last; /* byte that was read */
	struct hash128_stream hash;
};

static void stream_close(struct release_stream *stream)
{
	if (stream)
		stream->close(stream);
}

void release_close(struct release *release)
{
	if (!release)
		return;
	stream_close(release->stream);
	free(release->path);
	free(release->buffer);
	free(release);
}

/* 1: more was read; 0: there is no more. */
static int read_more(struct release *release, struct diag *diag)
{
	char *into = release->buffer + release->end;
	ssize_t got = release->stream->read(release->stream, into, RELEASE_READ, diag);
	const char *nul;

	if (got < 0)
		return (int)got;
	release->ended = got == 0;
	if (got > 0)
		release->last = into[got - 1];
	release->size += (uint64_t)got;
	if (release->watch && !release->watch(release->watch_context, release->stream->taken))
		return diag_set(diag, FAIL_STOPPED, "%s: stopped", release->path);
	hash128_feed(&release->hash, into, (size_t)got);
	release->raw = release->end + (size_t)got;
	nul = memchr(into, 0, (size_t)got);
	if (nul) {
		release->nul = release->ended = true;
		got = nul - into;
	}
	release->end += (size_t)got;
	return !release->ended || got > 0;
}

static int refuse_size(struct release *release, struct diag *diag)
{
	release->line = release->next_line;
	return release_refuse(release, diag,
	        "a line of more than %d bytes: no text of lines, or "
	        "a quote that is not closed",
	        RELEASE_LINE_MAX);
}

/* Bring start to the front and read behind what is there.  1, 0: there is no more. */
static int refill(struct release *release, struct diag *diag)
{
	size_t left = release->end - release->start;

	if (release->ended)
		return 0;
	if (left > RELEASE_LINE_MAX)
		return refuse_size(release, diag);
	memmove(release->buffer, release->buffer + release->start, left);
	release->start = 0;
	release->end = left;
	return read_more(release, diag);
}

/* At the end of all text: 0, unless it ends at a NUL. */
static int at_end(struct release *release, struct diag *diag)
{
	if (!release->nul)
		return 0;
	release->line = release->next_line;
	return release_refuse(release, diag, "a NUL byte: this is no text");
}

static int fill_head(struct release *release, struct diag *diag)
{
	int err = 1;

	while (err > 0 && !release->ended && release->end < RELEASE_HEAD)
		err = read_more(release, diag);
	if (release->end >= 3 && memcmp(release->buffer, "\xef\xbb\xbf", 3) == 0)
		release->start = 3;
	return err < 0 ? err : 0;
}

int release_open(struct release **release, struct release_stream *stream, const char *path,
        struct diag *diag)
{
	struct release *opened = aligned_alloc(64, (sizeof(*opened) + 63) & ~(size_t)63);
	int err;

	*release = NULL;
	if (!opened) {
		stream_close(stream);
		return diag_set(diag, FAIL_MEMORY, "no memory to read %s", path);
	}
	memset(opened, 0, sizeof(*opened));
	opened->stream = stream;
	opened->next_line = 1;
	hash128_begin(&opened->hash);
	opened->path = strdup(path);
	opened->buffer = malloc(CAPACITY);
	err = opened->path && opened->buffer
	              ? fill_head(opened, diag)
	              : diag_set(diag, FAIL_MEMORY, "no memory to read %s", path);
	if (err) {
		release_close(opened);
		return err;
	}
	*release = opened;
	return 0;
}

void release_watch(
        struct release *release, bool (*watch)(void *context, uint64_t taken), void *context)
{
	release->watch = watch;
	release->watch_context = context;
}

void release_head(const struct release *release, struct release_head *head)
{
	size_t size = release->end - release->start;

	*head = (struct release_head){
	        .path = release->path,
	        .name = release_name(release),
	        .text = release->buffer + release->start,
	        .size = size < RELEASE_HEAD ? size : RELEASE_HEAD,
	        .whole = release->ended && !release->nul && size <= RELEASE_HEAD,
	};
}

/* Without its end, and the CR before it. */
static size_t line_size(const char *text, size_t size)
{
	return size > 0 && text[size - 1] == '\r' ? size - 1 : size;
}

static void pass(struct release *release, size_t size, size_t lines)
{
	release->line = release->next_line;
	release->next_line += lines;
	release->records++;
	release->start += size;
}

static int take_line(
        struct release *release, size_t size, size_t end_size, struct cell *line, struct diag *diag)
{
	const char *text = release->buffer + release->start;

	if (size > RELEASE_LINE_MAX)
		return refuse_size(release, diag);
	*line = (struct cell){text, line_size(text, size)};
	pass(release, size + end_size, 1);
	return 1;
}

int release_line(struct release *release, struct cell *line, struct diag *diag)
{
	size_t seen = 0; /* bytes of the line that were looked through */

	for (;;) {
		const char *text = release->buffer + release->start;
		size_t size = release->end - release->start;
		const char *end = memchr(text + seen, '\n', size - seen);
		int err;

		if (end)
			return take_line(release, (size_t)(end - text), 1, line, diag);
		seen = size;
		err = refill(release, diag);
		if (err > 0)
			continue;
		if (err == 0)
			err = at_end(release, diag);
		if (err < 0 || size == 0)
			return err;
		return take_line(release, size, 0, line, diag);
	}
}

/* ---- Records ---- */

/* A record without quotes. */
static size_t split_plain(struct cell line, char delimiter, struct cell cells[])
{
	const char *at = line.text, *end = line.text + line.size;
	size_t count = 0;

	while (count < RELEASE_CELLS_MAX) {
		const char *begin = at;

		while (at < end && *at != delimiter)
			at++;
		cells[count++] = cell_trim((struct cell){begin, (size_t)(at - begin)});
		if (at == end)
			break;
		at++;
	}
	return count;
}

enum cell_end { CELL_MORE, CELL_DELIMITER, CELL_LINE_END, CELL_BAD };

struct splitter {
	const char *text, *end;
	char delimiter;
	bool ended; /* nothing stands behind end */
	size_t at, lines;
	size_t count;
	struct {
		uint32_t at, size;
		bool doubled; /* has "" for a quote */
	} cells[RELEASE_CELLS_MAX];
};

static void add_cell(struct splitter *splitter, const char *begin, const char *end, bool doubled)
{
	size_t i = splitter->count;

	if (i == RELEASE_CELLS_MAX)
		return;
	splitter->cells[i].at = (uint32_t)(begin - splitter->text);
	splitter->cells[i].size = (uint32_t)(end - begin);
	splitter->cells[i].doubled = doubled;
	splitter->count++;
}

/* What ends a cell at this byte; CELL_BAD: it is the cell's own. */
static enum cell_end end_at(struct splitter *splitter, const char *at)
{
	if (at == splitter->end && !splitter->ended)
		return CELL_MORE;
	if (at < splitter->end && *at == splitter->delimiter) {
		splitter->at = (size_t)(at - splitter->text) + 1;
		return CELL_DELIMITER;
	}
	if (at < splitter->end && *at == '\r' && (at + 1 < splitter->end || splitter->ended))
		at++;
	else if (at < splitter->end && *at == '\r')
		return CELL_MORE;
	if (at < splitter->end && *at != '\n')
		return CELL_BAD;
	splitter->at = (size_t)(at - splitter->text) + (at < splitter->end);
	return CELL_LINE_END;
}

/* Its text begins behind the opening quote. */
static enum cell_end split_quoted(struct splitter *splitter, const char *begin)
{
	const char *at = begin, *close;
	bool doubled = false;
	size_t lines = 0;
	enum cell_end end;

	for (;;) {
		while (at < splitter->end && *at != '"')
			lines += *at++ == '\n';
		if (at == splitter->end || (at + 1 == splitter->end && !splitter->ended))
			return splitter->ended ? CELL_BAD : CELL_MORE;
		if (at + 1 == splitter->end || at[1] != '"')
			break;
		doubled = true;
		at += 2;
	}
	close = at++;
	while (at < splitter->end && *at == ' ' && splitter->delimiter != ' ')
		at++;
	end = end_at(splitter, at);
	if (end == CELL_DELIMITER || end == CELL_LINE_END) {
		add_cell(splitter, begin, close, doubled);
		splitter->lines += lines;
	}
	return end;
}

static enum cell_end split_cell(struct splitter *splitter)
{
	const char *begin = splitter->text + splitter->at, *at = begin;
	enum cell_end end;

	/* Most cells of the largest releases are empty ones in quotes. */
	if (splitter->end - at > 2 && at[0] == '"' && at[1] == '"' &&
	        at[2] == splitter->delimiter) {
		add_cell(splitter, at + 1, at + 1, false);
		splitter->at += 3;
		return CELL_DELIMITER;
	}
	while (at < splitter->end && *at == ' ' && splitter->delimiter != ' ')
		at++;
	if (at < splitter->end && *at == '"')
		return split_quoted(splitter, at + 1);
	while (at < splitter->end && *at != splitter->delimiter && *at != '\n')
		at++;
	end = end_at(splitter, at);
	if (end == CELL_DELIMITER || end == CELL_LINE_END)
		add_cell(splitter, begin, at, false);
	return end;
}

/* "" to ", where it lies. */
static size_t undouble(char *text, size_t size)
{
	size_t kept = 0;

	for (size_t i = 0; i < size; i++) {
		text[kept++] = text[i];
		if (text[i] == '"')
			i++;
	}
	return kept;
}

static void take_cells(const struct splitter *splitter, char *text, struct cell cells[])
{
	for (size_t i = 0; i < splitter->count; i++) {
		char *begin = text + splitter->cells[i].at;
		size_t size = splitter->cells[i].size;

		if (splitter->cells[i].doubled)
			size = undouble(begin, size);
		cells[i] = cell_trim((struct cell){begin, line_size(begin, size)});
	}
}

static int refuse_quote(struct release *release, const struct splitter *splitter, struct diag *diag)
{
	release->line = release->next_line + splitter->lines;
	return release_refuse(
	        release, diag, "a quote that closes inside a cell, or does not close at all");
}

/* A record with quotes, wherever it ends. */
static int quoted_record(struct release *release, char delimiter, struct cell cells[],
        size_t *count, struct diag *diag)
{
	struct splitter splitter = {.delimiter = delimiter};
	enum cell_end end = CELL_DELIMITER;

	while (end != CELL_LINE_END) {
		int err = 1;

		splitter.text = release->buffer + release->start;
		splitter.end = release->buffer + release->end;
		splitter.ended = release->ended;
		end = split_cell(&splitter);
		if (end == CELL_BAD && release->nul)
			return at_end(release, diag);
		if (end == CELL_BAD)
			return refuse_quote(release, &splitter, diag);
		if (end == CELL_MORE)
			err = refill(release, diag);
		if (err < 0)
			return err;
	}
	if (splitter.at > RELEASE_LINE_MAX)
		return refuse_size(release, diag);
	if (release->nul && splitter.text + splitter.at == splitter.end)
		return at_end(release, diag);
	take_cells(&splitter, release->buffer + release->start, cells);
	*count = splitter.count;
	pass(release, splitter.at, splitter.lines + 1);
	return 1;
}

int release_record(struct release *release, char delimiter, struct cell cells[RELEASE_CELLS_MAX],
        size_t *count, struct diag *diag)
{
	size_t start, line = release->line, next_line = release->next_line;
	struct cell whole;
	int got = release_line(release, &whole, diag);

	*count = 0;
	if (got <= 0)
		return got;
	if (!memchr(whole.text, '"', whole.size)) {
		*count = split_plain(whole, delimiter, cells);
		return 1;
	}
	/* Back to the beginning of the line, which still lies there. */
	start = (size_t)(whole.text - release->buffer);
	release->start = start;
	release->line = line;
	release->next_line = next_line;
	release->records--;
	return quoted_record(release, delimiter, cells, count, diag);
}

/* ---- What is asked of a release ---- */

size_t release_line_number(const struct release *release)
{
	return release->line;
}

const char *release_path(const struct release *release)
{
	return release->path;
}

const char *release_name(const struct release *release)
{
	const char *name = release->path;

	for (const char *at = release->path; *at; at++)
		if (*at == '/' || *at == ':' || *at == '\\')
			name = at + 1;
	return name;
}

void release_skip(struct release *release)
{
	release->skipped++;
}

int release_refuse(struct release *release, struct diag *diag, const char *format, ...)
{
	char text[DIAG_TEXT_MAX / 2];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (release->line == 0)
		return diag_set(diag, FAIL_TABLE, "%s: %s", release->path, text);
	return diag_set(diag, FAIL_TABLE, "%s:%zu: %s", release->path, release->line, text);
}

int release_finish(struct release *release, struct release_totals *totals, struct diag *diag)
{
	int err = 1;

	while (err > 0) {
		release->start = release->end;
		err = refill(release, diag);
	}
	if (err == 0)
		err = at_end(release, diag);
	totals->size = release->size;
	totals->records = release->records;
	totals->skipped = release->skipped;
	totals->line_open = release->size > 0 && release->last != '\n';
	totals->hash = hash128_end(&release->hash);
	return err;
}

/* ---- What cannot be a text ---- */

enum release_kind release_kind_of(const void *bytes, size_t size)
{
	if (size >= 2 && memcmp(bytes, "\x1f\x8b", 2) == 0)
		return RELEASE_GZ;
	if (size >= 4 && (memcmp(bytes, "PK\3\4", 4) == 0 || memcmp(bytes, "PK\5\6", 4) == 0))
		return RELEASE_ZIP;
	return RELEASE_TEXT;
}

static bool ends_in(const char *name, const char *ending)
{
	size_t size = strlen(name), tail = strlen(ending);

	return size >= tail && strcasecmp(name + size - tail, ending) == 0;
}

static bool pass_piece(struct cell *text, const char *begin, const char *end)
{
	const char *found;

	if (!cell_begins(*text, begin))
		return false;
	found = memmem(text->text, text->size, end, strlen(end));
	if (!found)
		return false;
	found += strlen(end);
	text->size -= (size_t)(found - text->text);
	text->text = found;
	return true;
}

/* Behind blanks, and what may stand before a page: <?xml ...?>, comments of who saved it. */
static struct cell page_begin(struct cell text)
{
	do {
		while (text.size > 0 && isspace((unsigned char)*text.text)) {
			text.text++;
			text.size--;
		}
	} while (pass_piece(&text, "<?", "?>") || pass_piece(&text, "<!--", "-->"));
	return text;
}

static bool is_web_page(const struct release_head *head)
{
	static const char *const begins[] = {
	        "<!doctype html", "<html", "<head", "<body", "<title", "<meta", "<script"};
	struct cell text = page_begin((struct cell){head->text, head->size});

	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		if (cell_begins(text, begins[i]))
			return true;
	return false;
}

/* Letters and NULs in turn, the first 16 bytes long. */
static bool is_utf16(const unsigned char *text, size_t size)
{
	if (size >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0))
		return true;
	if (size < 16)
		return false;
	for (int nul = 0; nul < 2; nul++) {
		int letters = 0;

		for (int i = 0; i < 16; i += 2)
			letters += text[i + nul] == 0 && text[i + 1 - nul] != 0;
		if (letters == 8)
			return true;
	}
	return false;
}

/* All of it would be one line, mostly its header's. */
static bool lines_end_in_cr(const struct release_head *head)
{
	const char *cr = memchr(head->text, '\r', head->size);
	const char *end = head->text + head->size;

	return cr && cr + 1 < end && !memchr(head->text, '\n', head->size);
}

const char *release_no_text(const struct release *release, bool *wrong)
{
	struct release_head head;

	release_head(release, &head);
	*wrong = true;
	if (is_utf16((const unsigned char *)release->buffer, release->raw))
		return "is UTF-16: save it as UTF-8, or take the publisher's own file";
	*wrong = !release->nul;
	if (*wrong && lines_end_in_cr(&head))
		return "has CR alone for line ends: save it with LF or CRLF";
	*wrong = !ends_in(head.name, ".htm") && !ends_in(head.name, ".html");
	if (is_web_page(&head))
		return "is a web page: take the file that the page leads to";
	*wrong = false;
	if (head.size == 0 && head.whole)
		return "is empty";
	return release->nul ? "is no text" : NULL;
}
