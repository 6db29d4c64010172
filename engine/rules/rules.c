/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/rules.h"
#include "rules/detail.h"
#include "rules/outside.h"
#include "rules/registry.h"
#include "rules/suggest.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define RULE(symbol) \
	extern const struct rule rule_##symbol##_scalar, rule_##symbol##_avx2, \
	        rule_##symbol##_avx512;
#define HISTORY(id, name, tier, scope, hit_unit)
#include "rules/rules.def"
#undef RULE
#undef HISTORY

enum { FAMILY_SIZE = 4 };

/* The rules as each level compiled them; a rule's words are the same in all. */
#define RULE(symbol) {&rule_##symbol##_scalar, &rule_##symbol##_avx2, &rule_##symbol##_avx512},
#define HISTORY(id, name, tier, scope, hit_unit) {NULL, NULL, NULL},
static const struct rule *const variants[][LEVEL_COUNT] = {
#include "rules/rules.def"
};
#undef RULE
#undef HISTORY

#define RULE(symbol) {.rule = NULL},
#define HISTORY(id_, name_, tier_, scope_, hit_unit_) \
	{.id = (id_), .name = (name_), .tier = (tier_), .scope = (scope_), .hit_unit = (hit_unit_)},
static struct rule_entry entries[] = {
#include "rules/rules.def"
};
#undef RULE
#undef HISTORY

static const struct judge_hot *const judges[LEVEL_COUNT] = {
        &judge_hot_scalar, &judge_hot_avx2, &judge_hot_avx512};
static const struct judge_hot *judges_used;

static char families[RULES_ALL][FAMILY_SIZE];
static uint8_t check_rules[CHECKS_MAX]; /* number + 1; 0: no such check */
static uint8_t check_numbers[CHECKS_MAX];
static unsigned checks_end;

/* The contract's order of reasons on one line; all others follow by id. */
static const char *const precedence[] = {"DUP-01", "PRV-01", "TIM-04", "NCC-01", "NCC-02", "NCC-04",
        "NCC-05", "NCC-07", "NCC-08", "GLO-01", "MOD-02"};
enum { PRECEDENCE_COUNT = sizeof(precedence) / sizeof(precedence[0]) };

static void number_checks(size_t number, unsigned *next_line, unsigned *next_other)
{
	struct rule_entry *entry = &entries[number];

	assert(entry->rule->check_count <= CHECKS_OF_RULE_MAX);
	for (unsigned k = 0; k < entry->rule->check_count; k++) {
		bool line = entry->rule->checks[k].scope == CHECK_LINE;
		unsigned bit = line ? (*next_line)++ : (*next_other)++;

		assert(!line || bit < LINE_CHECKS_MAX);
		assert(bit < CHECKS_MAX);
		entry->bits[k] = (uint8_t)bit;
		check_rules[bit] = (uint8_t)(number + 1);
		check_numbers[bit] = (uint8_t)k;
		checks_end = bit + 1 > checks_end ? bit + 1 : checks_end;
	}
}

static void number_precedence(void)
{
	uint8_t next = PRECEDENCE_COUNT;

	for (size_t r = 0; r < RULES_ALL; r++)
		entries[r].precedence = UINT8_MAX;
	for (unsigned p = 0; p < PRECEDENCE_COUNT; p++)
		entries[rule_find(precedence[p])].precedence = (uint8_t)p;
	for (size_t r = 0; r < RULES_ALL; r++)
		if (entries[r].precedence == UINT8_MAX)
			entries[r].precedence = next++;
}

void rules_set_level(enum level level)
{
	for (size_t r = 0; r < RULES_ALL; r++)
		if (variants[r][level])
			entries[r].rule = variants[r][level];
	judges_used = judges[level];
}

void rules_init(void)
{
	unsigned next_line = 0, next_other = LINE_CHECKS_MAX;

	rules_set_level(level_best());
	_Static_assert(sizeof(entries) / sizeof(entries[0]) == RULES_ALL, "rules.def");
	for (size_t r = 0; r < RULES_ALL; r++) {
		struct rule_entry *entry = &entries[r];

		if (entry->rule) {
			entry->id = entry->rule->id;
			entry->name = entry->rule->name;
			entry->tier = entry->rule->tier;
			entry->scope = entry->rule->scope;
			entry->hit_unit = entry->rule->hit_unit;
		}
		assert(r == 0 || strcmp(entries[r - 1].id, entry->id) < 0);
		snprintf(families[r], FAMILY_SIZE, "%.*s", (int)strcspn(entry->id, "-"), entry->id);
		entry->family = families[r];
	}
	for (size_t r = 0; r < RULES_ALL; r++)
		if (variants[r][LEVEL_SCALAR])
			number_checks(r, &next_line, &next_other);
	number_precedence();
}

size_t rules_count(void)
{
	return RULES_ALL;
}

void rules_describe(const struct rule *rule)
{
	int number = rule_find(rule->id);

	assert(number >= 0 && !variants[number][LEVEL_SCALAR] && !rule->judge);
	entries[number].rule = rule;
	entries[number].name = rule->name;
	entries[number].tier = rule->tier;
	entries[number].scope = rule->scope;
	entries[number].hit_unit = rule->hit_unit;
}

const struct rule_entry *rule_at(size_t number)
{
	assert(number < RULES_ALL);
	return &entries[number];
}

int rule_find(const char *id)
{
	for (size_t r = 0; r < RULES_ALL; r++)
		if (strcasecmp(entries[r].id, id) == 0)
			return (int)r;
	return -1;
}

int check_rule(unsigned check)
{
	return check < CHECKS_MAX ? check_rules[check] - 1 : -1;
}

const struct rule_check *check_at(unsigned check)
{
	int rule = check_rule(check);

	assert(rule >= 0);
	return &entries[rule].rule->checks[check_numbers[check]];
}

unsigned checks_used(void)
{
	return checks_end;
}

/* ---- --rules LIST ---- */

enum { WORD_SIZE = 32 };

/* Switch the rules that a word names; false if it names none. */
static bool switch_rules(struct rule_selection *selection, const char *word, bool on)
{
	bool all = strcasecmp(word, "all") == 0, found = all;

	if (strcasecmp(word, "none") == 0) {
		memset(selection->active, 0, sizeof(selection->active));
		return true;
	}
	for (size_t r = 0; r < RULES_ALL; r++) {
		bool named = all || strcasecmp(word, entries[r].id) == 0 ||
		             strcasecmp(word, entries[r].family) == 0;

		if (named)
			selection->active[r] = on;
		found |= named;
	}
	return found;
}

static int refuse_word(const char *word, struct diag *diag)
{
	struct suggestion suggestion;

	suggest_begin(&suggestion, word);
	suggest_try(&suggestion, "all");
	suggest_try(&suggestion, "none");
	for (size_t r = 0; r < RULES_ALL; r++) {
		suggest_try(&suggestion, entries[r].id);
		suggest_try(&suggestion, entries[r].family);
	}
	if (suggestion.best)
		return diag_set(diag, FAIL_USAGE, "--rules: no rule or family %s; did you mean %s?",
		        word, suggestion.best);
	return diag_set(diag, FAIL_USAGE,
	        "--rules: no rule or family %s; claimscan rules list shows them", word);
}

/* The next word of the list, trimmed; NULL at its end. */
static const char *next_word(const char *list, char word[WORD_SIZE])
{
	size_t size = strcspn(list, ","), first = 0, last = size;

	while (first < last && isspace((unsigned char)list[first]))
		first++;
	while (last > first && isspace((unsigned char)list[last - 1]))
		last--;
	snprintf(word, WORD_SIZE, "%.*s", (int)(last - first), list + first);
	return list[size] ? list + size + 1 : NULL;
}

int rules_select(struct rule_selection *selection, const char *list, struct diag *diag)
{
	char word[WORD_SIZE];
	bool first = true;

	memset(selection, 0, sizeof(*selection));
	while (list) {
		bool leave_out;

		list = next_word(list, word);
		leave_out = word[0] == '-';
		if (first && leave_out)
			switch_rules(selection, "all", true);
		first = false;
		if (!word[leave_out] || (leave_out && strcasecmp(word + 1, "none") == 0))
			return diag_set(diag, FAIL_USAGE,
			        "--rules: an empty word in the list; ids, families, all or none");
		if (!switch_rules(selection, word + leave_out, !leave_out))
			return refuse_word(word + leave_out, diag);
	}
	for (unsigned check = 0; check < checks_end; check++)
		if (check_rules[check] && selection->active[check_rules[check] - 1])
			selection->checks |= (uint64_t)1 << check;
	return 0;
}

unsigned rules_parts(const struct rule_selection *selection)
{
	unsigned parts = 0;

	for (unsigned check = 0; check < checks_end; check++)
		if (selection->checks >> check & 1)
			parts |= check_at(check)->parts;
	return parts;
}

/* ---- Judging ---- */

bool field_set_any(const struct field_set *bound, enum field first, enum field last)
{
	for (unsigned f = first; f <= last; f++)
		if (field_set_has(bound, (enum field)f))
			return true;
	return false;
}

bool need_bound(const struct field_set *bound, enum field need)
{
	switch (need) {
	case FIELD_DIAGNOSIS_1:
		return field_set_any(bound, FIELD_DIAGNOSIS_1, FIELD_DIAGNOSIS_25);
	case FIELD_PROCEDURE_1:
		return field_set_any(bound, FIELD_PROCEDURE_1, FIELD_PROCEDURE_25);
	case FIELD_MODIFIER_1:
		return field_set_any(bound, FIELD_MODIFIER_1, FIELD_MODIFIER_5);
	case FIELD_POINTER_1:
		return field_set_any(bound, FIELD_POINTER_1, FIELD_POINTER_4);
	case FIELD_CLAIM_START:
		return field_set_any(bound, FIELD_CLAIM_START, FIELD_ADMISSION);
	case FIELD_BILL_TYPE:
		return field_set_has(bound, FIELD_BILL_TYPE) ||
		       field_set_has(bound, FIELD_BILL_FACILITY);
	default:
		return field_set_has(bound, need);
	}
}

bool check_ready(const struct rule_check *check, const struct field_set *bound)
{
	for (const enum field *need = check->needs; need && *need != FIELD_COUNT; need++)
		if (!need_bound(bound, *need))
			return false;
	return true;
}

static uint16_t checks_ready(const struct rule *rule, const struct field_set *bound)
{
	uint16_t checks = 0;

	for (unsigned k = 0; k < rule->check_count; k++)
		if (check_ready(&rule->checks[k], bound))
			checks |= (uint16_t)(1u << k);
	return checks;
}

void rules_find_ready(struct rules_ready *ready, const struct field_set *bound)
{
	ready->count = 0;
	for (unsigned r = 0; r < RULES_ALL; r++) {
		if (!entries[r].rule || !entries[r].rule->judge)
			continue;
		ready->rules[ready->count] = (uint8_t)r;
		ready->checks[ready->count++] = checks_ready(entries[r].rule, bound);
	}
}

void rules_judge(const struct rule_selection *selection, const struct rule_context *context,
        const struct batch *batch, struct verdicts *verdicts, uint64_t ns[RULES_ALL])
{
	judges_used->judge(selection, context, batch, verdicts, ns);
}

/* ---- Hits ---- */

void rules_tell(const struct rule_context *context, const struct batch *batch, uint32_t line,
        unsigned check, struct hit *hit)
{
	const struct rule_check *described = check_at(check);
	bool nearest = described->parts && codes_nearest(context->codes) &&
	               line_outside(context->codes, batch, line, described->parts);

	memset(hit, 0, sizeof(*hit));
	hit->rule = (uint8_t)check_rule(check);
	hit->check = (uint8_t)check;
	hit->watch = described->watch;
	hit->whole = 1;
	snprintf(hit->kind, sizeof(hit->kind), "%s", described->kind);
	if (nearest)
		detail_add(hit, "release=nearest"); /* first, so that it always fits */
	entries[hit->rule].rule->tell(context, batch, line, check_numbers[check], hit);
	if (nearest && hit->severity > SEVERITY_LOW)
		hit->severity = SEVERITY_LOW;
}

/* ---- Why not ---- */

static const char *field_name(enum field field)
{
	static const char *const names[] = {
#define FIELD(symbol, name, type) name,
#include "format/fields.def"
#undef FIELD
	};

	return names[field];
}

/* The option that brings a field too, if there is one. */
static const char *field_option(enum field field)
{
	if (field == FIELD_BIRTH || field == FIELD_SEX || field == FIELD_DEATH)
		return " (or --members)";
	return "";
}

static void add_lacks(
        const struct rule_check *check, const struct field_set *bound, struct field_set *lacks)
{
	for (const enum field *need = check->needs; need && *need != FIELD_COUNT; need++)
		if (!need_bound(bound, *need))
			field_set_add(lacks, *need);
}

/* What keeps every check of a rule from being judged; 0 if nothing does. */
static size_t lacks_text(
        const struct rule *rule, const struct field_set *bound, char *text, size_t size)
{
	struct field_set lacks = {0};
	size_t at = 0;

	for (unsigned k = 0; k < rule->check_count; k++) {
		if (rule->checks[k].scope == CHECK_JOIN)
			continue;
		if (check_ready(&rule->checks[k], bound))
			return 0;
		add_lacks(&rule->checks[k], bound, &lacks);
	}
	for (unsigned f = 0; f < FIELD_COUNT && at < size; f++)
		if (field_set_has(&lacks, (enum field)f))
			at += (size_t)snprintf(text + at, size - at, "%sno column %s%s",
			        at ? ", " : "", field_name((enum field)f),
			        field_option((enum field)f));
	return at;
}

const char *rule_reason(size_t number, const struct field_set *bound, char *text, size_t size)
{
	const struct rule *rule = rule_at(number)->rule;

	if (!rule)
		return "not built";
	if (lacks_text(rule, bound, text, size))
		return text;
	return rule->idle;
}
