/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/detail.h"
#include "rules/judge.h"

enum { ROLES = 4 };

static const char *const role_names[ROLES] = {"rendering", "billing", "ordering", "facility"};

struct role_columns {
	const uint64_t *ids[ROLES];
};

static struct role_columns find_columns(const struct batch *batch)
{
	return (struct role_columns){
	        {batch->rendering, batch->billing, batch->ordering, batch->facility}};
}

static const char *const kinds[] = {"excluded", "deactivated"};
enum { KIND_EXCLUDED = 1, KIND_DEACTIVATED = 2 };

/* A stay that began before the exclusion is paid for so many days (42 CFR 1001.1901(c)(3)). */
enum { GRACE_DAYS = 30 };

/* What an id says of its line. */
enum { SCOPE = 1, LISTED = 2, EXCLUDED = 4, KNOWN = 8, DEACTIVATED = 16 };

static uint8_t look_up(const struct codes *codes, uint64_t id, int32_t day)
{
	int excluded, deactivated;
	int32_t since;

	if (id_kind(id) != ID_NPI)
		return 0;
	if (day == DATE_ABSENT)
		return SCOPE;
	excluded = codes_excluded(codes, id & ID_VALUE_MASK, day);
	deactivated = codes_deactivated(codes, id & ID_VALUE_MASK, day, &since);
	return (uint8_t)(SCOPE | (excluded >= 0 ? LISTED : 0) | (excluded == 1 ? EXCLUDED : 0) |
	                 (deactivated >= 0 ? KNOWN : 0) | (deactivated == 1 ? DEACTIVATED : 0));
}

static bool in_grace(const struct batch *batch, uint32_t line, int32_t excluded_from)
{
	int32_t admitted = batch->admission[line] != DATE_ABSENT ? batch->admission[line]
	                                                         : batch->claim_start[line];

	return batch->inpatient[line] && admitted != DATE_ABSENT && admitted < excluded_from &&
	       batch->service_from[line] - excluded_from <= GRACE_DAYS;
}

/* A waiver lets a provider work in one state. */
static bool is_waived(
        const struct batch *batch, uint32_t line, const struct code_exclusion *exclusion)
{
	return exclusion->waiver_state && exclusion->waiver_state == batch->state[line] &&
	       (exclusion->waiver_day == DATE_ABSENT ||
	               exclusion->waiver_day <= batch->service_from[line]);
}

/* Since when a role's provider is excluded on the line's day; DATE_ABSENT: not, or excused. */
static int32_t excluded_since(
        const struct codes *codes, const struct batch *batch, uint32_t line, uint64_t id)
{
	struct code_exclusion exclusion;

	if (id_kind(id) != ID_NPI || codes_exclusion(codes, id & ID_VALUE_MASK,
	                                     batch->service_from[line], &exclusion) != 1)
		return DATE_ABSENT;
	return in_grace(batch, line, exclusion.from) || is_waived(batch, line, &exclusion)
	               ? DATE_ABSENT
	               : exclusion.from;
}

static int32_t deactivated_since(
        const struct codes *codes, const struct batch *batch, uint32_t line, uint64_t id)
{
	int32_t since;

	if (id_kind(id) != ID_NPI || codes_deactivated(codes, id & ID_VALUE_MASK,
	                                     batch->service_from[line], &since) != 1)
		return DATE_ABSENT;
	return since;
}

/* listed: the list of exclusions covers the line's day. */
static unsigned judge_line(
        const struct codes *codes, const struct batch *batch, uint32_t line, bool listed)
{
	const struct role_columns columns = find_columns(batch);
	unsigned mask = 0;

	for (unsigned role = 0; role < ROLES; role++) {
		uint64_t id = columns.ids[role][line];

		if (listed && excluded_since(codes, batch, line, id) != DATE_ABSENT)
			mask |= KIND_EXCLUDED;
		if (deactivated_since(codes, batch, line, id) != DATE_ABSENT)
			mask |= KIND_DEACTIVATED;
	}
	return mask;
}

/* Runs of lines whose ids are the same in all roles. */
struct id_runs {
	uint8_t starts[BATCH_LINES]; /* the first line of each */
	uint8_t runs[BATCH_LINES];   /* which one a line is of */
	uint32_t count;
};
_Static_assert(BATCH_LINES <= 256, "a line's number is a byte");

static void find_runs(
        const struct role_columns *columns, uint32_t count, struct id_runs *restrict runs)
{
	const uint64_t *restrict rendering = columns->ids[0], *restrict billing = columns->ids[1];
	const uint64_t *restrict ordering = columns->ids[2], *restrict facility = columns->ids[3];
	uint8_t differs[BATCH_LINES] COLUMN;
	uint32_t found = 0;

	differs[0] = 1;
	for (uint32_t i = 1; i < BATCH_LINES; i++)
		differs[i] = ((rendering[i] ^ rendering[i - 1]) | (billing[i] ^ billing[i - 1]) |
		                     (ordering[i] ^ ordering[i - 1]) |
		                     (facility[i] ^ facility[i - 1])) != 0;
	for (uint32_t i = 0; i < count; i++) {
		runs->starts[found] = (uint8_t)i;
		found += differs[i];
		runs->runs[i] = (uint8_t)(found - 1);
	}
	runs->count = found;
}

/*
 * Neighbouring lines share ids, and most ids are on no list: both are settled for
 * many at once.  BY_DAY: an id must be asked about with the line's day.
 */
enum { BY_DAY = 32 };

static void judge_role(const struct codes *codes, const uint64_t *restrict ids,
        const struct id_runs *restrict runs, uint8_t *restrict says)
{
	uint64_t npis[BATCH_LINES];
	uint8_t of[BATCH_LINES], listed[BATCH_LINES];
	uint32_t count = 0;

	for (uint32_t r = 0; r < runs->count; r++) {
		uint64_t id = ids[runs->starts[r]];

		npis[count] = id & ID_VALUE_MASK;
		of[count] = (uint8_t)r;
		count += id_kind(id) == ID_NPI;
	}
	codes_npis(codes, npis, count, listed);
	for (uint32_t n = 0; n < count; n++)
		says[of[n]] |= SCOPE | (listed[n] & NPI_NOT_EXCLUDED ? LISTED : 0) |
		               (listed[n] & NPI_BY_DAY ? BY_DAY : 0);
}

/* What all ids of the lines say that must be asked about by day; neighbours are often alike. */
static void judge_by_day(const struct codes *codes, const struct batch *batch,
        const uint64_t *restrict ids, uint8_t *restrict said)
{
	uint64_t last_id = 0;
	int32_t last_day = DATE_ABSENT;
	uint8_t last = 0;

	for (uint32_t i = 0; i < batch->count; i++) {
		if (!(said[i] & BY_DAY))
			continue;
		if ((ids[i] != last_id) | (batch->service_from[i] != last_day)) {
			last_id = ids[i];
			last_day = batch->service_from[i];
			last = look_up(codes, last_id, last_day);
		}
		said[i] |= last;
	}
}

static void judge_ids(const struct codes *codes, const struct batch *batch, uint8_t *restrict said)
{
	const struct role_columns columns = find_columns(batch);
	uint8_t says[BATCH_LINES] = {0}, any = 0;
	struct id_runs runs;

	find_runs(&columns, batch->count, &runs);
	for (unsigned role = 0; role < ROLES; role++)
		judge_role(codes, columns.ids[role], &runs, says);
	for (uint32_t i = 0; i < batch->count; i++) {
		uint8_t dated = batch->service_from[i] == DATE_ABSENT ? SCOPE : UINT8_MAX;

		said[i] = says[runs.runs[i]] & dated;
		any |= said[i];
	}
	for (unsigned role = 0; any & BY_DAY && role < ROLES; role++)
		judge_by_day(codes, batch, columns.ids[role], said);
}

static void judge(struct judging *judging)
{
	const struct batch *batch = judging_batch(judging);
	const struct codes *codes = judging_context(judging)->codes;
	const uint8_t *base = judging_base(judging, 0), *outside = judging_outside(judging, 0);
	uint8_t said[BATCH_LINES] COLUMN;
	struct marks marks;

	judge_ids(codes, batch, said);
	for (uint32_t i = 0; i < BATCH_LINES; i++) {
		marks.scope[i] = base[i] & said[i] & SCOPE;
		marks.evaluated[i] = (((said[i] & LISTED) != 0) & !outside[i]) |
		                     ((said[i] & KNOWN) != 0);
		marks.hits[i] = (said[i] & (EXCLUDED | DEACTIVATED)) != 0;
	}
	for (uint32_t i = 0; i < batch->count; i++)
		if (marks.hits[i])
			marks.hits[i] = judge_line(codes, batch, i, !outside[i]) != 0;
	judging_mark(judging, 0, &marks);
}

/* The roles of a kind, and the earliest day since when. */
static int32_t tell_roles(const struct codes *codes, const struct batch *batch, uint32_t line,
        unsigned kind, struct hit *hit)
{
	const struct role_columns columns = find_columns(batch);
	int32_t first = DATE_ABSENT;
	char roles[48] = "";
	size_t size = 0;

	for (unsigned role = 0; role < ROLES; role++) {
		uint64_t id = columns.ids[role][line];
		int32_t since = kind == KIND_EXCLUDED ? excluded_since(codes, batch, line, id)
		                                      : deactivated_since(codes, batch, line, id);

		if (since == DATE_ABSENT)
			continue;
		first = first == DATE_ABSENT || since < first ? since : first;
		size += (size_t)snprintf(roles + size, sizeof(roles) - size, "%s%s",
		        size ? "," : "", role_names[role]);
	}
	detail_add(hit, "role=%s", roles);
	return first;
}

static void tell(const struct rule_context *context, const struct batch *batch, uint32_t line,
        unsigned k, struct hit *hit)
{
	bool listed = !line_not_covered(context, batch, line, PART_BIT(PART_LEIE));
	unsigned mask = judge_line(context->codes, batch, line, listed);
	unsigned kind = 1u << hit_name_kinds(hit, kinds, mask);
	int32_t day = batch->service_from[line], since;

	(void)k;
	hit->severity = kind == KIND_EXCLUDED ? SEVERITY_HIGH : SEVERITY_LOW;
	hit_whole_line(hit);
	since = tell_roles(context->codes, batch, line, kind, hit);
	if (kind == KIND_EXCLUDED) {
		detail_add_days(hit, "excluded_on", day, day);
	} else {
		detail_add_days(hit, "date", day, day);
		detail_add_days(hit, "deactivated", since, since);
	}
	detail_add(hit, "match=npi");
	hit_tell_also(hit, kinds, mask);
}

static const enum field needs[] = {FIELD_CLAIM_START, FIELD_COUNT};
static const struct rule_check checks[] = {
        {"", CHECK_LINE, .needs = needs, .parts = PART_BIT(PART_LEIE), .own_days = true}};

const struct rule HOT(rule_prv_01) = {
        .id = "PRV-01",
        .name = "Excluded, deactivated or opted-out provider",
        .tier = "P1",
        .scope = "line",
        .hit_unit = "line and kind",
        .definition = "The rendering, billing, ordering or facility NPI stands on the exclusion "
                      "list on the day of service (excluded), or was deactivated and not yet "
                      "active again (deactivated, where NPPES is loaded). Opted_out waits for "
                      "its list.",
        .traps = "Only valid NPIs are matched, and exactly: placeholders and ids that fail the "
                 "check digit never are. Reinstated providers vanish from the monthly file, so "
                 "past days need an archived list. A stay admitted before the exclusion has 30 "
                 "days' grace; emergencies are excepted. A name alone is a lead, not a finding.",
        .tables = "LEIE, full and reinstatements (OIG); NPPES; opt-out affidavits",
        .parameters = "match: NPI exactly",
        .dollars = "the line's amount",
        .evaluated = "lines with a valid NPI in any role that the list covers on that day",
        .authority = "42 CFR 1001.1901",
        .idle = "the exclusion list covers none of the NPIs",
        .checks = checks,
        .check_count = 1,
        .judge = judge,
        .tell = tell,
};
