/* SPDX-License-Identifier: Apache-2.0 */
#include "format/split.h"

#include "format/csv.h"

#include <string.h>

void splitter_begin(
        struct splitter *splitter, uint8_t *out, size_t out_size, size_t used, uint32_t *separators)
{
	*splitter = (struct splitter){
	        .out = out, .out_size = out_size, .used = used, .separators = separators};
}

static void put(struct splitter *splitter, const uint8_t *from, size_t size)
{
	if (size > splitter->out_size - splitter->used)
		size = splitter->out_size - splitter->used;
	memcpy(splitter->out + splitter->used, from, size);
	splitter->used += size;
}

static void end_field(struct splitter *splitter)
{
	if (splitter->used == splitter->out_size)
		return; /* too long anyway */
	splitter->separators[splitter->count++] = (uint32_t)splitter->used;
	splitter->out[splitter->used++] = ',';
}

enum closing { CLOSED, VIEW_ENDS, NOT_QUOTED };

/* Does a quote at at end the field?  Then *after is where the field has ended. */
static enum closing closes(const struct view *view, uint8_t delimiter, size_t at, size_t *after)
{
	const uint8_t *data = view->data;

	*after = at + 1;
	if (at + 1 == view->size)
		return view->last ? CLOSED : VIEW_ENDS;
	if (data[at + 1] == delimiter || data[at + 1] == '\n')
		return CLOSED;
	if (data[at + 1] != '\r')
		return NOT_QUOTED;
	*after = at + 2;
	if (at + 2 == view->size)
		return view->last ? CLOSED : VIEW_ENDS;
	return data[at + 2] == '\n' ? CLOSED : NOT_QUOTED;
}

/* A quoted field that opens at at.  CLOSED: written, *after behind it. */
static enum closing quoted_field(struct splitter *splitter, const struct view *view,
        uint8_t delimiter, size_t at, size_t *after)
{
	size_t from = at + 1;
	size_t look = at + 1;

	for (;;) {
		const uint8_t *found = memchr(view->data + look, '"', view->size - look);
		size_t quote = found ? (size_t)(found - view->data) : view->size;
		enum closing closing;

		if (quote - at > RECORD_TEXT_MAX)
			return NOT_QUOTED;
		if (!found)
			return view->last ? NOT_QUOTED : VIEW_ENDS;
		closing = closes(view, delimiter, quote, after);
		if (closing == VIEW_ENDS)
			return VIEW_ENDS;
		if (closing == CLOSED) {
			put(splitter, view->data + from, quote - from);
			return CLOSED;
		}
		if (view->data[quote + 1] == '"') {
			put(splitter, view->data + from, quote + 1 - from);
			from = look = quote + 2;
			continue;
		}
		splitter->bad = true;
		look = quote + 1;
	}
}

/* An unquoted field: up to the next delimiter or line feed, or the view's end. */
static size_t plain_field(
        struct splitter *splitter, const struct view *view, uint8_t delimiter, size_t at)
{
	size_t from = at;

	for (; at < view->size && view->data[at] != delimiter && view->data[at] != '\n'; at++)
		splitter->bad |= view->data[at] == '"';
	put(splitter, view->data + from, at - from);
	return at;
}

/* The record has no more fields: its end is the next line feed. */
static bool to_line_end(struct splitter *splitter, const struct view *view, size_t at, size_t *end)
{
	const uint8_t *found = memchr(view->data + at, '\n', view->size - at);

	splitter->to_line_end = true;
	*end = found ? (size_t)(found + 1 - view->data) : view->size;
	return found || view->last;
}

bool splitter_step(struct splitter *splitter, const struct view *view, uint8_t delimiter, size_t at,
        size_t *end)
{
	if (splitter->to_line_end)
		return to_line_end(splitter, view, at, end);
	for (;;) {
		enum closing closing = CLOSED;

		*end = at;
		if (at < view->size && view->data[at] == '"' && !splitter->inside)
			closing = quoted_field(splitter, view, delimiter, at, &at);
		else
			at = plain_field(splitter, view, delimiter, at);
		if (closing == VIEW_ENDS)
			return false;
		if (closing == NOT_QUOTED) {
			splitter->bad = true;
			return to_line_end(splitter, view, *end, end);
		}
		splitter->inside = at == view->size && !view->last;
		if (splitter->inside) {
			*end = at;
			return false;
		}
		end_field(splitter);
		if (at == view->size || view->data[at] == '\n') {
			*end = at < view->size ? at + 1 : at;
			return true;
		}
		at++;
	}
}
