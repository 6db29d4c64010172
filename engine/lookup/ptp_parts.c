/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Four parts make a release of a setting.  What may be wrong, and how it shows:
 *
 *     a part is missing      the numbers in the names, 1 to 4, are not all there
 *     releases are mixed     names of two releases and neither is complete; edits that
 *                            begin after the quarter that the name says
 *     parts overlap          one begins before the part in front of it ends: the parts
 *                            follow one another in the order of their pairs
 *     a part was cut short   its last row is no row (the importer refuses that), or its
 *                            last rationale is the beginning of another; or codes that
 *                            column 2 knows are missing in column 1 between it and the
 *                            next part, more of them than anywhere inside a part
 */
#include "lookup/ptp_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	HOLE_CODES_MIN = 12,  /* a gap that is one: 10 is the largest in the releases of 2024 */
	HOLE_TABLE_MIN = 1000 /* codes of column 1, for gaps to mean anything */
};

static void state_destroy(void *state)
{
	if (state)
		pairs_build_destroy(((struct ptp_state *)state)->pairs);
	free(state);
}

int ptp_state_of(struct set_build *build, struct ptp_state **state, struct diag *diag)
{
	int err;

	*state = set_build_state(build);
	if (*state)
		return 0;
	*state = calloc(1, sizeof(**state));
	if (!*state)
		return diag_set(diag, FAIL_MEMORY, "no memory to read PTP edits");
	err = pairs_build_create(&(*state)->pairs, diag);
	if (err) {
		free(*state);
		return err;
	}
	set_build_state_set(build, *state, state_destroy);
	return 0;
}

void ptp_release_days(struct ptp_release release, int32_t *from, int32_t *to)
{
	int32_t year = 1994 + release.version / 10, month = release.version % 10 % 4 * 3 + 1;

	*from = date_from_parts(year, month, 1);
	*to = month == 10 ? date_from_parts(year + 1, 1, 1) - 1
	                  : date_from_parts(year, month + 3, 1) - 1;
}

const char *ptp_label(struct ptp_release release, char text[PTP_LABEL_SIZE])
{
	if (release.version == 0)
		snprintf(text, PTP_LABEL_SIZE, "version not named");
	else if (release.revision == 0)
		snprintf(
		        text, PTP_LABEL_SIZE, "v%d.%d", release.version / 10, release.version % 10);
	else
		snprintf(text, PTP_LABEL_SIZE, "v%d.%d r%d", release.version / 10,
		        release.version % 10, release.revision);
	return text;
}

/* ---- Which parts belong together ---- */

struct group {
	struct ptp_release release;
	struct ptp_part *parts[PTP_FILES_MAX];
	size_t count;
};

static bool same_release(struct ptp_release a, struct ptp_release b)
{
	return a.version == b.version && a.revision == b.revision;
}

static bool older(struct ptp_release a, struct ptp_release b)
{
	return a.version != b.version ? a.version < b.version : a.revision < b.revision;
}

/* The newest release of the parts that are left; false: none. */
static bool next_release(const struct ptp_state *state, struct ptp_release *release, bool first)
{
	struct ptp_release bound = *release;
	bool found = false;

	for (size_t i = 0; i < state->count; i++) {
		struct ptp_release one = state->parts[i].release;

		if ((!first && !older(one, bound)) || (found && older(one, *release)))
			continue;
		*release = one;
		found = true;
	}
	return found;
}

static void take_parts(struct ptp_state *state, struct ptp_release release, struct group *group)
{
	group->release = release;
	group->count = 0;
	for (size_t i = 0; i < state->count; i++)
		if (same_release(state->parts[i].release, release))
			group->parts[group->count++] = &state->parts[i];
}

static int compare_pairs(const uint64_t a[2], const uint64_t b[2])
{
	if (a[0] != b[0])
		return a[0] < b[0] ? -1 : 1;
	return a[1] < b[1] ? -1 : a[1] > b[1];
}

/* By number, then by the pairs, then by path. */
static int compare_parts(const void *left, const void *right)
{
	const struct ptp_part *a = *(const struct ptp_part *const *)left;
	const struct ptp_part *b = *(const struct ptp_part *const *)right;
	int order = compare_pairs(a->first, b->first);

	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return order ? order : strcmp(a->path, b->path);
}

/* The text beside the archive it came in, say. */
static void drop_copies(struct ptp_state *state, struct group *group, struct diag *diag)
{
	size_t kept = 0;

	for (size_t i = 0; i < group->count; i++) {
		struct ptp_part *part = group->parts[i];
		const struct ptp_part *last = kept > 0 ? group->parts[kept - 1] : NULL;

		if (last && last->digest == part->digest && last->rows == part->rows &&
		        last->number == part->number) {
			diag_warn(diag, "%s: the same edits as %s, not read twice", part->path,
			        last->path);
			pairs_build_drop(state->pairs, part->source);
			part->dropped = true;
			continue;
		}
		group->parts[kept++] = part;
	}
	group->count = kept;
}

/* ---- Are they all there, and of one release? ---- */

/* Where another release lies beside an incomplete one, they are mixed up. */
static int refuse_mixed(const struct ptp_state *state, const struct group *group,
        struct ptp_release other, struct diag *diag)
{
	char one[PTP_LABEL_SIZE], two[PTP_LABEL_SIZE];
	const struct ptp_part *part = NULL;

	for (size_t i = 0; i < state->count && !part; i++)
		if (same_release(state->parts[i].release, other))
			part = &state->parts[i];
	return diag_set(diag, FAIL_TABLE,
	        "%s is of PTP release %s and %s of %s: releases are mixed up; put all %d parts of "
	        "one release into the folder",
	        group->parts[0]->path, ptp_label(group->release, one), part->path,
	        ptp_label(other, two), PTP_PARTS);
}

/* Is there another release, of which this one's missing parts may be? */
static bool other_release(
        const struct ptp_state *state, const struct group *group, struct ptp_release *other)
{
	for (size_t i = 0; i < state->count; i++) {
		*other = state->parts[i].release;
		if (!same_release(*other, group->release))
			return true;
	}
	return false;
}

static int refuse_missing(const struct group *group, int32_t number, struct diag *diag)
{
	const struct ptp_part *part = group->parts[0];

	if (part->stem[0] == '\0')
		return diag_set(diag, FAIL_TABLE,
		        "%s: %zu of %d parts of the PTP edits are here: all are needed, and "
		        "nothing else of them",
		        part->path, group->count, PTP_PARTS);
	return diag_set(diag, FAIL_TABLE,
	        "%sf%d is missing: the PTP edits of a setting come in %d parts, and all are needed "
	        "(beside %s)",
	        part->stem, number, PTP_PARTS, part->path);
}

/* Parts without a number are counted in the order of their pairs. */
static void number_parts(struct group *group)
{
	qsort(group->parts, group->count, sizeof(*group->parts), compare_parts);
	if (group->parts[group->count - 1]->number > 0)
		return;
	for (size_t i = 0; i < group->count; i++)
		group->parts[i]->number = (int32_t)i + 1;
}

static int refuse_twice(const struct ptp_part *one, const struct ptp_part *two, struct diag *diag)
{
	if (one->number == 0)
		return diag_set(diag, FAIL_TABLE,
		        "%s: which part is it? Keep the publisher's name, or end it in f1 to f%d",
		        one->path, PTP_PARTS);
	return diag_set(diag, FAIL_TABLE,
	        "%s and %s are both part %d of one PTP release, and differ", one->path, two->path,
	        two->number);
}

static int check_numbers(
        const struct ptp_state *state, const struct group *group, struct diag *diag)
{
	size_t last = group->count > PTP_PARTS ? group->count : PTP_PARTS;
	struct ptp_release other;

	for (size_t i = 0; i < last; i++) {
		int32_t number = (int32_t)i + 1;
		bool missing = i >= group->count || group->parts[i]->number > number;

		if (missing && other_release(state, group, &other))
			return refuse_mixed(state, group, other, diag);
		if (missing || (number > PTP_PARTS && group->parts[i]->number == number))
			return refuse_missing(group, number, diag);
		if (group->parts[i]->number < number)
			return refuse_twice(group->parts[i ? i - 1 : 0], group->parts[i], diag);
	}
	return 0;
}

static const char *pair_text(const uint64_t pair[2], char text[16])
{
	uint64_t one = __builtin_bswap64(pair[0]), two = __builtin_bswap64(pair[1]);

	snprintf(text, 16, "%.5s %.5s", (const char *)&one, (const char *)&two);
	return text;
}

/* An edit of a later quarter shows that the part is of a later release. */
static int check_dates(const struct group *group, struct diag *diag)
{
	int32_t from, to;
	char label[PTP_LABEL_SIZE], day[DATE_TEXT_SIZE];

	if (group->release.version == 0)
		return 0;
	ptp_release_days(group->release, &from, &to);
	for (size_t i = 0; i < group->count; i++) {
		if (group->parts[i]->latest <= to)
			continue;
		date_format(group->parts[i]->latest, day);
		return diag_set(diag, FAIL_TABLE,
		        "%s: an edit begins on %s, after the quarter of release %s that %s and the "
		        "name say: releases are mixed up",
		        group->parts[i]->path, day, ptp_label(group->release, label),
		        group->parts[i ? 0 : 1]->path);
	}
	return 0;
}

static int check_order(const struct group *group, struct diag *diag)
{
	char last[16], first[16];

	for (size_t i = 1; i < group->count; i++) {
		const struct ptp_part *a = group->parts[i - 1], *b = group->parts[i];

		if (compare_pairs(a->last, b->first) > 0)
			return diag_set(diag, FAIL_TABLE,
			        "%s ends with %s and %s begins with %s: the parts are not of one "
			        "release and setting",
			        a->path, pair_text(a->last, last), b->path,
			        pair_text(b->first, first));
	}
	return 0;
}

/* ---- Was one cut short? ---- */

static int refuse_cut(const struct ptp_part *part, const char *why, struct diag *diag)
{
	return diag_set(diag, FAIL_TABLE, "%s:%u: the part was cut short (%s): download it again",
	        part->path, part->last_line, why);
}

/* A rationale that stands in the last row only and is how another begins. */
static int check_rationales(
        const struct ptp_state *state, const struct group *group, struct diag *diag)
{
	size_t row_count;
	const struct pair_row *rows = pairs_build_rows(state->pairs, &row_count);

	for (size_t i = 0; i < group->count; i++) {
		const struct ptp_part *part = group->parts[i];
		const char *last = pairs_build_text(state->pairs, part->last_rationale);
		bool begins = false;
		size_t uses = 0;

		for (size_t r = 0; r < pairs_build_rationale_count(state->pairs); r++)
			begins |= r != part->last_rationale &&
			          strncmp(pairs_build_text(state->pairs, (uint16_t)r), last,
			                  strlen(last)) == 0;
		for (size_t r = 0; r < row_count && begins; r++)
			uses += rows[r].rationale == part->last_rationale;
		if (begins && uses == 1)
			return refuse_cut(part, "its last row is not whole", diag);
	}
	return 0;
}

/* A code of the release, in the order of texts. */
struct listed {
	uint64_t text; /* first byte highest */
	bool column1;
};

static int compare_listed(const void *left, const void *right)
{
	const struct listed *a = left, *b = right;

	return a->text < b->text ? -1 : a->text > b->text;
}

static size_t list_codes(const struct ptp_state *state, struct listed listed[])
{
	size_t row_count, codes = pairs_build_code_count(state->pairs), column1 = 0;
	const struct pair_row *rows = pairs_build_rows(state->pairs, &row_count);

	for (size_t i = 0; i < codes; i++)
		listed[i] = (struct listed){
		        .text = __builtin_bswap64(pairs_build_word(state->pairs, (uint16_t)i))};
	for (size_t i = 0; i < row_count; i++)
		listed[rows[i].column1].column1 = true;
	for (size_t i = 0; i < codes; i++)
		column1 += listed[i].column1;
	qsort(listed, codes, sizeof(*listed), compare_listed);
	return column1;
}

/* The part behind which the codes from a text on would stand. */
static const struct ptp_part *part_before(const struct group *group, uint64_t text)
{
	const struct ptp_part *before = NULL;

	for (size_t i = 0; i < group->count; i++)
		if (group->parts[i]->last[0] < text)
			before = group->parts[i];
	return before;
}

/* Does a part have this code and ones before it in column 1?  Then a gap there is its own. */
static bool inside_part(const struct group *group, uint64_t text)
{
	for (size_t i = 0; i < group->count; i++)
		if (group->parts[i]->first[0] < text && text < group->parts[i]->last[0])
			return true;
	return false;
}

/* Runs of codes that column 2 alone knows: the longest inside a part, and behind one. */
static const struct ptp_part *longest_hole(
        const struct group *group, const struct listed listed[], size_t count, size_t longest[2])
{
	const struct ptp_part *behind = NULL;
	size_t run = 0;

	longest[0] = longest[1] = 0;
	for (size_t i = 0; i < count; i++) {
		bool inside = inside_part(group, listed[i].text);

		run = listed[i].column1 ? 0 : run + 1;
		if (run <= longest[!inside])
			continue;
		longest[!inside] = run;
		if (!inside)
			behind = part_before(group, listed[i].text);
	}
	return behind;
}

static int check_holes(const struct ptp_state *state, const struct group *group, struct diag *diag)
{
	size_t codes = pairs_build_code_count(state->pairs), longest[2];
	struct listed *listed = malloc((codes + 1) * sizeof(*listed));
	const struct ptp_part *behind;
	int err = 0;

	if (!listed)
		return diag_set(diag, FAIL_MEMORY, "no memory to check PTP edits");
	if (list_codes(state, listed) >= HOLE_TABLE_MIN) {
		behind = longest_hole(group, listed, codes, longest);
		if (behind && longest[1] >= HOLE_CODES_MIN && longest[1] > longest[0])
			err = refuse_cut(behind, "codes are missing behind its last row", diag);
	}
	free(listed);
	return err;
}

/* ---- The whole ---- */

static int check_group(struct ptp_state *state, struct group *group, struct diag *diag)
{
	int err;

	qsort(group->parts, group->count, sizeof(*group->parts), compare_parts);
	drop_copies(state, group, diag);
	number_parts(group);
	err = check_numbers(state, group, diag);
	if (!err)
		err = check_dates(group, diag);
	if (!err)
		err = check_order(group, diag);
	if (!err)
		err = check_rationales(state, group, diag);
	return err ? err : check_holes(state, group, diag);
}

static void set_age(struct ptp_state *state, const struct group *group, uint16_t age)
{
	int32_t from = INT32_MIN, to;

	if (group->release.version)
		ptp_release_days(group->release, &from, &to);
	for (size_t i = 0; i < group->count; i++)
		pairs_build_source_age(state->pairs, group->parts[i]->source, age, from);
}

int ptp_finish(struct set_build *build, struct diag *diag)
{
	struct ptp_state *state = set_build_state(build);
	struct ptp_release release = {0};
	struct group *group;
	int err = 0;

	if (!state)
		return 0;
	group = malloc(sizeof(*group));
	if (!group)
		return diag_set(diag, FAIL_MEMORY, "no memory to check PTP edits");
	for (uint16_t age = 0; !err && next_release(state, &release, age == 0); age++) {
		take_parts(state, release, group);
		err = check_group(state, group, diag);
		if (!err)
			set_age(state, group, age);
	}
	free(group);
	return err ? err : pairs_build_finish(state->pairs, build, diag);
}
