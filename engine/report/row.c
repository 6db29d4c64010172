/* SPDX-License-Identifier: Apache-2.0 */
#include "report/row.h"

#include "report/number.h"

#include <stdio.h>
#include <string.h>

enum { LINE_BYTES = 5 };

static const char columns[] = "rule,kind,severity,claim_id,line,data_source,npi,id_kind,person,"
                              "date,code,modifiers,units,amount,other_claim_id,other_line,detail,"
                              "dollars,authority\n";

/* Severities in the order of their names as bytes. */
static const enum severity severities[] = {
        SEVERITY_HIGH, SEVERITY_INFO, SEVERITY_LOW, SEVERITY_MEDIUM};

const char *severity_name(unsigned severity)
{
	static const char *const names[] = {
	        [SEVERITY_INFO] = "info",
	        [SEVERITY_LOW] = "low",
	        [SEVERITY_MEDIUM] = "medium",
	        [SEVERITY_HIGH] = "high",
	};

	return names[severity];
}

const char *id_kind_name(uint64_t id)
{
	switch (id_kind(id)) {
	case ID_NPI:
		return "npi";
	case ID_BAD_CHECK:
		return "npi_bad_check";
	case ID_CCN:
		return "ccn";
	case ID_TIN:
		return "tin";
	case ID_PLACEHOLDER:
	case ID_OTHER:
		return "other";
	case ID_BLANK:
	case ID_NONE:
		break;
	}
	return "none";
}

size_t word_text(uint64_t word, char text[WORD_TEXT_SIZE])
{
	size_t size = 0;

	if (word != CODE_UNREADABLE) {
		for (; size < WORD_TEXT_SIZE - 1 && (word & 0xff) != 0; word >>= 8)
			text[size++] = (char)(word & 0xff);
	}
	text[size] = '\0';
	return size;
}

/* ---- Packing. ---- */

static uint8_t *put_text(uint8_t *to, const char *text, size_t size)
{
	size = strnlen(text, size);
	memcpy(to, text, size);
	to[size] = 0;
	return to + size + 1;
}

static uint8_t *put_finding_text(uint8_t *to, struct text text)
{
	return text.size > 0 ? put_text(to, text.at, text.size) : put_text(to, "", 0);
}

static uint8_t *put_word(uint8_t *to, const char *text)
{
	return put_text(to, text, strlen(text));
}

static uint8_t *put_line(uint8_t *to, bool present, int32_t line)
{
	uint32_t number = present ? __builtin_bswap32((uint32_t)line ^ 0x80000000u) : 0;

	*to++ = present;
	memcpy(to, &number, sizeof(number));
	return to + sizeof(number);
}

static uint8_t severity_rank(uint8_t severity)
{
	uint8_t rank = 0;

	while (severities[rank] != severity)
		rank++;
	return rank + 1;
}

/* One blank between modifiers, which hold none themselves. */
static uint8_t *put_modifiers(uint8_t *to, const uint16_t modifiers[MODIFIERS_MAX])
{
	char text[3 * MODIFIERS_MAX];
	size_t size = 0;

	for (size_t i = 0; i < MODIFIERS_MAX; i++) {
		if (modifiers[i] == 0)
			continue;
		if (size > 0)
			text[size++] = ' ';
		text[size++] = (char)(modifiers[i] & 0xff);
		if (modifiers[i] >> 8 != 0)
			text[size++] = (char)(modifiers[i] >> 8);
	}
	return put_text(to, text, size);
}

static uint8_t *put_number(uint8_t *to, char *(*format)(char *, int64_t), int64_t value)
{
	char text[NUMBER_TEXT_MAX];
	char *end = value == AMOUNT_ABSENT ? text : format(text, value);

	return put_text(to, text, (size_t)(end - text));
}

/* The detail, and behind it what stands over a superseded finding. */
static uint8_t *put_detail(uint8_t *to, const struct finding *finding)
{
	char tail[64];
	struct text detail = finding->detail;

	if (!finding->superseded)
		return put_finding_text(to, detail);
	size_t size = (size_t)snprintf(
	        tail, sizeof(tail), "superseded_by=%s", rule_at(finding->superseding)->id);
	bool told = detail.size >= size && !memcmp(detail.at + detail.size - size, tail, size);

	to = put_finding_text(to, detail);
	if (told)
		return to;
	if (detail.size > 0)
		to = put_word(to - 1, "; ");
	return put_text(to - 1, tail, size);
}

size_t row_size_max(const struct finding *finding, const struct row_names *names)
{
	return ROW_FIXED_MAX + (size_t)finding->kind.size + finding->claim_id.size +
	       finding->data_source.size + finding->other_claim_id.size + finding->detail.size +
	       strlen(names->npi) + strlen(names->person);
}

size_t row_pack(uint8_t *to, const struct finding *finding, const struct row_names *names)
{
	const uint8_t *from = to;
	char code[WORD_TEXT_SIZE], date[NUMBER_TEXT_MAX];

	*to++ = finding->rule;
	to = put_finding_text(to, finding->kind);
	to = put_finding_text(to, finding->claim_id);
	to = put_line(to, !finding->claim_level && finding->line != LINE_ABSENT, finding->line);
	to = put_finding_text(to, finding->other_claim_id);
	to = put_line(to, finding->other_line != LINE_ABSENT, finding->other_line);
	*to++ = severity_rank(finding->severity);
	to = put_finding_text(to, finding->data_source);
	to = put_word(to, names->npi);
	to = put_word(to, names->id_kind);
	to = put_word(to, names->person);
	to = put_text(to, date, (size_t)(number_date(date, finding->date) - date));
	to = put_text(to, code, word_text(finding->code, code));
	to = put_modifiers(to, finding->modifiers);
	to = put_number(to, number_units, finding->units);
	to = put_number(to, number_money, finding->amount);
	to = put_detail(to, finding);
	to = put_number(to, number_money, finding->dollars);
	return (size_t)(to - from);
}

/* ---- Unpacking. ---- */

static const uint8_t *skip_text(const uint8_t *at)
{
	return at + strlen((const char *)at) + 1;
}

struct text row_claim(const uint8_t *row)
{
	const char *claim = (const char *)skip_text(row + 1);

	return (struct text){claim, (uint32_t)strlen(claim)};
}

static const uint8_t *row_line(const uint8_t *row)
{
	return skip_text(skip_text(row + 1));
}

int row_compare_lines(const uint8_t *a, const uint8_t *b)
{
	return memcmp(row_line(a), row_line(b), LINE_BYTES);
}

int row_compare_line(bool has_line, int32_t line, const uint8_t *row)
{
	uint8_t packed[LINE_BYTES];

	put_line(packed, has_line, line);
	return memcmp(packed, row_line(row), LINE_BYTES);
}

static const uint8_t *write_text(struct out *out, const uint8_t *at)
{
	size_t size = strlen((const char *)at);

	out_text(out, (const char *)at, size);
	return at + size + 1;
}

/* Of a column whose cells are digits and letters. */
static const uint8_t *write_plain(struct out *out, const uint8_t *at)
{
	size_t size = strlen((const char *)at);

	out_plain(out, (const char *)at, size);
	return at + size + 1;
}

static void write_line(struct out *out, const uint8_t *at)
{
	uint32_t number;

	memcpy(&number, at + 1, sizeof(number));
	if (at[0])
		out_signed(out, (int32_t)(__builtin_bswap32(number) ^ 0x80000000u));
	else
		out_blank(out);
}

void row_write_header(struct out *out)
{
	out_raw(out, columns, sizeof(columns) - 1);
}

void row_write(struct out *out, const uint8_t *row)
{
	const struct rule_entry *entry = rule_at(row[0]);
	const uint8_t *kind = row + 1;
	const uint8_t *claim = skip_text(kind);
	const uint8_t *line = skip_text(claim);
	const uint8_t *other_claim = line + LINE_BYTES;
	const uint8_t *other_line = skip_text(other_claim);
	const uint8_t *severity = other_line + LINE_BYTES;
	const uint8_t *at = severity + 1;

	out_word(out, entry->id);
	write_text(out, kind);
	out_word(out, severity_name(severities[*severity - 1]));
	write_text(out, claim);
	write_line(out, line);
	at = write_text(out, at);  /* data_source */
	at = write_text(out, at);  /* npi */
	at = write_plain(out, at); /* id_kind */
	at = write_plain(out, at); /* person */
	at = write_plain(out, at); /* date */
	at = write_text(out, at);  /* code */
	at = write_text(out, at);  /* modifiers */
	at = write_plain(out, at); /* units */
	at = write_plain(out, at); /* amount */
	write_text(out, other_claim);
	write_line(out, other_line);
	at = write_text(out, at); /* detail */
	write_plain(out, at);     /* dollars */
	out_word(out, entry->rule && entry->rule->authority ? entry->rule->authority : "");
	out_end_row(out);
}
