/* SPDX-License-Identifier: Apache-2.0 */
#include "diff_tell.h"

#include "diff_sheet.h"
#include "report/json.h"
#include "report/number.h"

#include <stdlib.h>
#include <string.h>

enum { NOTE_MAX = 320 };

enum { SHEET_RUNS, SHEET_CHANGES, SHEET_STATES, SHEET_FOUND, SHEET_HITS, SHEET_PROVIDERS, SHEETS };

static const char sampled_note[] =
        "one of the runs did not keep all findings (--findings all): these are the differences in "
        "hits of each provider and rule";

/* By the runs that are public: A, B. */
static const char *const public_notes[2][2] = {
        {NULL, "B hides small counts (--public): what it hides is compared as 0"},
        {"A hides small counts (--public): what it hides is compared as 0",
                "A and B hide small counts (--public): what they hide is compared as 0"}};

struct telling {
	const struct diff *diff;
	struct diag *diag;
	int err;
	char note[NOTE_MAX];
	struct sheet sheets[SHEETS];
};

/* ---- Cells ---- */

static void add(struct telling *telling, int sheet, const char *text)
{
	if (telling->err == 0)
		telling->err = sheet_add(&telling->sheets[sheet], text, telling->diag);
}

static void add_signed(struct telling *telling, int sheet, int64_t value, bool is_money)
{
	char text[NUMBER_TEXT_MAX + 2] = "";
	char *at = text;

	if (value < 0)
		*at++ = '-';
	else
		*at++ = '+';
	uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value;

	at = is_money ? number_money_grouped(at, (int64_t)size) : number_unsigned_grouped(at, size);
	*at = '\0';
	add(telling, sheet, value == 0 ? "" : text);
}

static void add_number(struct telling *telling, int sheet, int64_t value)
{
	char text[NUMBER_TEXT_MAX] = "";

	if (value != TABLE_BLANK)
		*number_unsigned_grouped(text, (uint64_t)value) = '\0';
	add(telling, sheet, text);
}

static void add_money(struct telling *telling, int sheet, int64_t cents)
{
	char text[NUMBER_TEXT_MAX] = "";

	if (cents != TABLE_BLANK)
		*number_money_grouped(text, cents) = '\0';
	add(telling, sheet, text);
}

/* A count as the manifest has it, with commas; "" for none. */
static void add_count(struct telling *telling, int sheet, const char *text)
{
	add_number(telling, sheet, text[0] ? (int64_t)strtoull(text, NULL, 10) : TABLE_BLANK);
}

/* ---- Rows ---- */

static void add_runs(struct telling *telling)
{
	const struct diff *diff = telling->diff;
	const struct {
		const char *name;
		char *const *of;
	} rows[] = {{"claims", diff->claims}, {"lines", diff->lines},
	        {"findings kept", diff->findings}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		add(telling, SHEET_RUNS, rows[i].name);
		add_count(telling, SHEET_RUNS, rows[i].of[0]);
		add_count(telling, SHEET_RUNS, rows[i].of[1]);
	}
	add(telling, SHEET_RUNS, "inputs of both");
	add_number(telling, SHEET_RUNS, (int64_t)diff->inputs_same);
	add_number(telling, SHEET_RUNS, (int64_t)diff->inputs_same);
	add(telling, SHEET_RUNS, "inputs of one");
	add_number(telling, SHEET_RUNS, (int64_t)diff->inputs_only[0]);
	add_number(telling, SHEET_RUNS, (int64_t)diff->inputs_only[1]);
}

static void add_changes(struct telling *telling)
{
	for (size_t i = 0; i < telling->diff->change_count; i++) {
		const struct diff_change *change = &telling->diff->changes[i];

		add(telling, SHEET_CHANGES, change->what);
		add(telling, SHEET_CHANGES, change->name);
		add(telling, SHEET_CHANGES, change->of[0]);
		add(telling, SHEET_CHANGES, change->of[1]);
	}
}

static void add_state(struct telling *telling, const struct diff_rule *rule)
{
	if (strcmp(rule->state[0], rule->state[1]) == 0)
		return;
	add(telling, SHEET_STATES, rule->id);
	add(telling, SHEET_STATES, rule->state[0]);
	add(telling, SHEET_STATES, rule->state[1]);
}

static bool has_found(const struct diff_rule *rule)
{
	return rule->gained > 0 || rule->lost > 0 || rule->changed > 0;
}

static void add_found(struct telling *telling, const struct diff_rule *rule)
{
	if (!has_found(rule))
		return;
	add(telling, SHEET_FOUND, rule->id);
	add_number(telling, SHEET_FOUND, (int64_t)rule->gained);
	add_money(telling, SHEET_FOUND, rule->gained_cents);
	add_number(telling, SHEET_FOUND, (int64_t)rule->lost);
	add_money(telling, SHEET_FOUND, rule->lost_cents);
	add_number(telling, SHEET_FOUND, (int64_t)rule->changed);
	add_signed(telling, SHEET_FOUND, rule->changed_cents, true);
}

static bool has_hits(const struct diff_rule *rule)
{
	return diff_more(rule->hits) != 0 || diff_more(rule->cents) != 0;
}

static void add_hits(struct telling *telling, const struct diff_rule *rule)
{
	if (!has_hits(rule))
		return;
	add(telling, SHEET_HITS, rule->id);
	add_number(telling, SHEET_HITS, rule->hits[0]);
	add_number(telling, SHEET_HITS, rule->hits[1]);
	add_signed(telling, SHEET_HITS, diff_more(rule->hits), false);
	add_money(telling, SHEET_HITS, rule->cents[0]);
	add_money(telling, SHEET_HITS, rule->cents[1]);
	add_signed(telling, SHEET_HITS, diff_more(rule->cents), true);
}

static const char *lead_word(const struct diff_provider *provider)
{
	static const char *const words[2][2] = {{"", "gained"}, {"lost", "both"}};

	return words[provider->lead[0] == 1][provider->lead[1] == 1];
}

static void add_provider(struct telling *telling, const struct diff_provider *provider)
{
	add(telling, SHEET_PROVIDERS, provider->npi[0] ? provider->npi : provider->id_kind);
	add(telling, SHEET_PROVIDERS, lead_word(provider));
	add_number(telling, SHEET_PROVIDERS, provider->rank[0]);
	add_number(telling, SHEET_PROVIDERS, provider->rank[1]);
	add_number(telling, SHEET_PROVIDERS, provider->score[0]);
	add_number(telling, SHEET_PROVIDERS, provider->score[1]);
	add_money(telling, SHEET_PROVIDERS, provider->expected_cents[0]);
	add_money(telling, SHEET_PROVIDERS, provider->expected_cents[1]);
}

/* ---- Sheets ---- */

static void provider_note(struct telling *telling)
{
	const struct diff *diff = telling->diff;
	char counts[5][NUMBER_TEXT_MAX];
	const uint64_t values[] = {diff->moved, diff->leads_gained, diff->leads_lost,
	        diff->ranked_anew, diff->provider_count};

	for (size_t i = 0; i < 5; i++)
		*number_unsigned_grouped(counts[i], values[i]) = '\0';
	snprintf(telling->note, sizeof(telling->note),
	        "%s moved: %s leads gained, %s lost; of %s others only the rank changed; %s are "
	        "shown",
	        counts[0], counts[1], counts[2], counts[3], counts[4]);
	telling->sheets[SHEET_PROVIDERS].note = telling->note;
}

static void set_titles(struct telling *telling)
{
	static const char *const changes[] = {"what", "name", "A", "B", NULL};
	static const char *const states[] = {"rule", "A", "B", NULL};
	static const char *const found[] = {
	        "rule", "gained", "dollars", "lost", "dollars", "other $", "dollars", NULL};
	static const char *const hits[] = {
	        "rule", "A", "B", "more", "dollars A", "dollars B", "more", NULL};
	static const char *const providers[] = {"provider", "lead", "rank A", "rank B", "score A",
	        "score B", "expected A", "expected B", NULL};
	bool exact = telling->diff->is_exact;

	telling->sheets[SHEET_CHANGES] = (struct sheet){
	        .title = "Made from and with", .columns = changes, .texts = 4};
	telling->sheets[SHEET_STATES] = (struct sheet){
	        .title = "Rules of another state", .columns = states, .texts = 3};
	telling->sheets[SHEET_FOUND] = (struct sheet){
	        .title = exact ? "Findings gained and lost" : "Hits gained and lost",
	        .note = exact ? NULL : sampled_note,
	        .columns = found,
	        .texts = 1};
	telling->sheets[SHEET_HITS] = (struct sheet){
	        .title = "Hits and dollars of rules", .columns = hits, .texts = 1};
	telling->sheets[SHEET_PROVIDERS] = (struct sheet){
	        .title = "Providers", .columns = providers, .texts = 2};
	provider_note(telling);
}

/* Fill the sheets; columns: of the runs' own, which live as long as the telling. */
static int tell(struct telling *telling, const struct diff *diff,
        const char *const columns[DIFF_SIDES + 2], struct diag *diag)
{
	*telling = (struct telling){.diff = diff, .diag = diag};
	telling->sheets[SHEET_RUNS] = (struct sheet){.title = "Runs",
	        .note = public_notes[diff->is_public[0]][diff->is_public[1]],
	        .columns = columns,
	        .texts = 1};
	set_titles(telling);
	add_runs(telling);
	add_changes(telling);
	for (size_t i = 0; i < diff->rule_count; i++) {
		add_state(telling, &diff->rules[i]);
		add_found(telling, &diff->rules[i]);
		add_hits(telling, &diff->rules[i]);
	}
	if (telling->sheets[SHEET_FOUND].cell_count > 0)
		add_found(telling, &diff->all);
	if (telling->sheets[SHEET_HITS].cell_count > 0)
		add_hits(telling, &diff->all);
	for (size_t i = 0; i < diff->provider_count; i++)
		add_provider(telling, &diff->providers[i]);
	return telling->err;
}

static void untell(struct telling *telling)
{
	for (int i = 0; i < SHEETS; i++)
		sheet_clear(&telling->sheets[i]);
}

int diff_print(FILE *file, const struct diff *diff, struct diag *diag)
{
	const char *const columns[] = {"", "A", "B", NULL};
	struct telling telling;
	int err = tell(&telling, diff, columns, diag);

	if (err == 0) {
		fprintf(file, "A  %s\nB  %s\n\n", diff->paths[0], diff->paths[1]);
		sheets_print(file, telling.sheets, SHEETS);
		if (diff_is_empty(diff))
			fputs("\nNo difference.\n", file);
	}
	untell(&telling);
	return err;
}

int diff_page(struct out *out, const struct diff *diff, struct diag *diag)
{
	char title[NOTE_MAX];
	const char *const columns[] = {"", diff->paths[0], diff->paths[1], NULL};
	struct telling telling;
	int err = tell(&telling, diff, columns, diag);

	snprintf(title, sizeof(title), "claimscan: %.100s against %.100s", diff->paths[1],
	        diff->paths[0]);
	if (err == 0)
		sheets_page(out, title, telling.sheets, SHEETS);
	untell(&telling);
	return err;
}

/* ---- JSON ---- */

static void json_money(struct json *json, const char *key, int64_t cents)
{
	char text[NUMBER_TEXT_MAX];

	if (cents == TABLE_BLANK) {
		json_literal(json, key, "null");
		return;
	}
	*number_money(text, cents) = '\0';
	json_literal(json, key, text);
}

static void json_number(struct json *json, const char *key, int64_t value)
{
	if (value == TABLE_BLANK)
		json_literal(json, key, "null");
	else
		json_unsigned(json, key, (uint64_t)value);
}

/* A number of both runs, as an array of two. */
static void json_numbers(struct json *json, const char *key, const int64_t of[DIFF_SIDES],
        void (*put)(struct json *json, const char *key, int64_t value))
{
	json_array(json, key, true);
	put(json, NULL, of[0]);
	put(json, NULL, of[1]);
	json_end(json);
}

static void json_texts(struct json *json, const char *key, const char *a, const char *b)
{
	json_array(json, key, true);
	json_text(json, NULL, a);
	json_text(json, NULL, b);
	json_end(json);
}

static void json_runs(struct json *json, const struct diff *diff)
{
	json_texts(json, "runs", diff->paths[0], diff->paths[1]);
	json_bool(json, "same", diff_is_empty(diff));
	json_text(json, "compared", diff->is_exact ? "findings" : "hits of providers");
	json_array(json, "public", true);
	json_bool(json, NULL, diff->is_public[0]);
	json_bool(json, NULL, diff->is_public[1]);
	json_end(json);
	json_object(json, "inputs", true);
	json_unsigned(json, "same", diff->inputs_same);
	json_unsigned(json, "only_a", diff->inputs_only[0]);
	json_unsigned(json, "only_b", diff->inputs_only[1]);
	json_end(json);
	json_array(json, "changes", false);
	for (size_t i = 0; i < diff->change_count; i++) {
		const struct diff_change *change = &diff->changes[i];

		json_object(json, NULL, true);
		json_text(json, "what", change->what);
		json_text(json, "name", change->name);
		json_texts(json, "values", change->of[0], change->of[1]);
		json_end(json);
	}
	json_end(json);
}

static void json_rule(struct json *json, const char *key, const struct diff_rule *rule)
{
	json_object(json, key, true);
	json_text(json, "rule", rule->id);
	json_texts(json, "state", rule->state[0], rule->state[1]);
	json_unsigned(json, "gained", rule->gained);
	json_money(json, "dollars_gained", rule->gained_cents);
	json_unsigned(json, "lost", rule->lost);
	json_money(json, "dollars_lost", rule->lost_cents);
	json_unsigned(json, "changed", rule->changed);
	json_money(json, "dollars_changed", rule->changed_cents);
	json_numbers(json, "hits", rule->hits, json_number);
	json_numbers(json, "dollars", rule->cents, json_money);
	json_end(json);
}

static void json_provider(struct json *json, const struct diff_provider *provider)
{
	json_object(json, NULL, true);
	json_text(json, "npi", provider->npi);
	json_text(json, "id_kind", provider->id_kind);
	json_numbers(json, "lead", provider->lead, json_number);
	json_numbers(json, "rank", provider->rank, json_number);
	json_numbers(json, "score", provider->score, json_number);
	json_numbers(json, "dollars_expected", provider->expected_cents, json_money);
	json_numbers(json, "dollars_flagged", provider->flagged_cents, json_money);
	json_end(json);
}

void diff_json(struct out *out, const struct diff *diff)
{
	struct json json;

	json_init(&json, out);
	json_object(&json, NULL, false);
	json_runs(&json, diff);
	json_array(&json, "rules", false);
	for (size_t i = 0; i < diff->rule_count; i++) {
		const struct diff_rule *rule = &diff->rules[i];

		if (strcmp(rule->state[0], rule->state[1]) != 0 || has_found(rule) ||
		        has_hits(rule))
			json_rule(&json, NULL, rule);
	}
	json_end(&json);
	json_rule(&json, "all", &diff->all);
	json_object(&json, "providers", false);
	json_unsigned(&json, "moved", diff->moved);
	json_unsigned(&json, "only_rank", diff->ranked_anew);
	json_unsigned(&json, "leads_gained", diff->leads_gained);
	json_unsigned(&json, "leads_lost", diff->leads_lost);
	json_array(&json, "shown", false);
	for (size_t i = 0; i < diff->provider_count; i++)
		json_provider(&json, &diff->providers[i]);
	json_end(&json);
	json_end(&json);
	json_end(&json);
}
