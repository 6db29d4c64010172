/* SPDX-License-Identifier: Apache-2.0 */
#include "report/tables.h"

#include "base/tasks.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_PROVIDERS = 4096 }; /* that a thread counts at a time */

static const char header[] = "rule,name,family,tier,scope,hit_unit,state,reason,in_scope,evaluated,"
                             "not_evaluable,hits,providers,dollars,unique_dollars,ns_per_line\n";

const char *rule_state_name(enum rule_state state)
{
	static const char *const names[] = {
	        [STATE_ON] = "on",
	        [STATE_WATCH] = "watch",
	        [STATE_OFF] = "off",
	        [STATE_NOT_EVALUABLE] = "not evaluable",
	        [STATE_NOT_BUILT] = "not built",
	};

	return names[state];
}

const char *claim_type_name(unsigned claim_type)
{
	static const char *const names[CLAIM_TYPES] = {
	        [CLAIM_UNDETERMINED] = "undetermined",
	        [CLAIM_PROFESSIONAL] = "professional",
	        [CLAIM_INSTITUTIONAL] = "institutional",
	        [CLAIM_DENTAL] = "dental",
	};

	return names[claim_type];
}

const char *amount_name(enum amount amount)
{
	static const char *const names[AMOUNTS] = {
	        [AMOUNT_CHARGE] = "charge", [AMOUNT_ALLOWED] = "allowed", [AMOUNT_PAID] = "paid"};

	return names[amount];
}

void basis_text(const struct rules_table *table, char text[BASIS_TEXT_MAX])
{
	bool same = true;
	int first = -1;
	size_t size = 0;

	for (int type = 0; type < CLAIM_TYPES; type++) {
		if (!table->has_type[type])
			continue;
		first = first < 0 ? type : first;
		same = same && table->basis[type] == table->basis[first];
	}
	text[0] = '\0';
	if (same && first >= 0)
		snprintf(text, BASIS_TEXT_MAX, "%s", amount_name(table->basis[first]));
	if (same)
		return;
	for (unsigned type = 0; type < CLAIM_TYPES; type++) {
		if (table->has_type[type])
			size += (size_t)snprintf(text + size, BASIS_TEXT_MAX - size, "%s%s (%s)",
			        size > 0 ? ", " : "", amount_name(table->basis[type]),
			        claim_type_name(type));
	}
}

void rules_table_settle(struct rules_table *table, const struct field_set *bound)
{
	char text[sizeof(table->reason[0])];

	for (size_t rule = 0; rule < RULES_ALL; rule++) {
		bool ran = table->state[rule] == STATE_ON || table->state[rule] == STATE_WATCH;

		table->reason[rule][0] = '\0';
		if (!rule_at(rule)->rule)
			table->state[rule] = STATE_NOT_BUILT;
		else if (ran && table->evaluated[rule] == 0)
			table->state[rule] = STATE_NOT_EVALUABLE;
		if (table->state[rule] != STATE_NOT_EVALUABLE)
			continue;
		const char *reason = rule_reason(rule, bound, text, sizeof(text));

		snprintf(table->reason[rule], sizeof(table->reason[rule]), "%s", reason);
	}
}

/* What is counted by all threads, some providers at a time. */
struct counting {
	const struct profile *profile;
	const uint32_t *order; /* of those with lines or claims */
	size_t count;
	atomic_uint_fast64_t providers[RULES_ALL];
};

static int count_chunk(void *context, size_t at)
{
	struct counting *counting = context;
	size_t from = at * CHUNK_PROVIDERS, to = from + CHUNK_PROVIDERS;
	uint32_t own[RULES_ALL] = {0};

	to = to < counting->count ? to : counting->count;
	for (size_t i = from; i < to; i++) {
		struct profile_rule counts[RULES_ALL];

		profile_read_rules(counting->profile, counting->order[i], counts);
		for (unsigned rule = 0; rule < RULES_ALL; rule++)
			own[rule] += counts[rule].hits > 0;
	}
	for (unsigned rule = 0; rule < RULES_ALL; rule++)
		atomic_fetch_add_explicit(
		        &counting->providers[rule], own[rule], memory_order_relaxed);
	return 0;
}

int rules_table_count_providers(struct rules_table *table, const struct profile *profile,
        unsigned threads, struct diag *diag)
{
	struct counting counting = {.profile = profile};
	uint32_t *order = NULL;
	uint64_t hits = 0;

	memset(table->providers, 0, sizeof(table->providers));
	for (unsigned rule = 0; rule < RULES_ALL; rule++)
		hits |= table->hits[rule];
	if (hits == 0)
		return 0;
	if (profile_order(profile, &order, &counting.count) < 0)
		return diag_set(diag, FAIL_MEMORY, "no memory to order providers");
	counting.order = order;
	tasks_run(threads, (counting.count + CHUNK_PROVIDERS - 1) / CHUNK_PROVIDERS, count_chunk,
	        &counting);
	for (unsigned rule = 0; rule < RULES_ALL; rule++)
		table->providers[rule] = atomic_load_explicit(
		        &counting.providers[rule], memory_order_relaxed);
	free(order);
	return 0;
}

/* Did it run and judge anything? */
static bool has_judged(const struct rules_table *table, size_t rule)
{
	return table->state[rule] == STATE_ON || table->state[rule] == STATE_WATCH;
}

/* What a rule found; blank for one that could judge nothing: not "0 hits". */
static void write_found(struct out *out, const struct rules_table *table, size_t rule)
{
	if (!has_judged(table, rule) || table->hidden_hits[rule]) {
		for (int i = 0; i < 4; i++)
			out_blank(out);
		return;
	}
	out_unsigned(out, table->hits[rule]);
	out_unsigned(out, table->providers[rule]);
	out_money(out, table->dollars[rule]);
	out_money(out, table->unique_dollars[rule]);
}

static void write_counts(struct out *out, const struct rules_table *table, size_t rule)
{
	bool known = has_judged(table, rule) || table->state[rule] == STATE_NOT_EVALUABLE;

	if (!known || table->hidden_scope[rule]) {
		for (int i = 0; i < 3; i++)
			out_blank(out);
		return;
	}
	out_unsigned(out, table->in_scope[rule]);
	out_unsigned(out, table->evaluated[rule]);
	out_unsigned(out, table->in_scope[rule] - table->evaluated[rule]);
}

/* Nanoseconds with three places. */
static void write_cost(struct out *out, const struct rules_table *table, size_t rule)
{
	char text[32];

	if (!table->timing || table->lines == 0 || !has_judged(table, rule)) {
		out_blank(out);
		return;
	}
	snprintf(text, sizeof(text), "%.3f", (double)table->ns[rule] / (double)table->lines);
	out_word(out, text);
}

static void write_reason(
        struct out *out, const struct rules_table *table, size_t rule, const char *basis)
{
	char text[BASIS_TEXT_MAX + 16];

	if (table->state[rule] != STATE_ON || table->dollars[rule] == 0 || basis[0] == '\0') {
		out_word(out, table->reason[rule]);
		return;
	}
	snprintf(text, sizeof(text), "dollars of %s", basis);
	out_word(out, text);
}

static void write_rule(
        struct out *out, const struct rules_table *table, size_t rule, const char *basis)
{
	const struct rule_entry *entry = rule_at(rule);

	out_word(out, entry->id);
	out_word(out, entry->name);
	out_word(out, entry->family);
	out_word(out, entry->tier);
	out_word(out, entry->scope);
	out_word(out, entry->hit_unit);
	out_word(out, rule_state_name(table->state[rule]));
	write_reason(out, table, rule, basis);
	write_counts(out, table, rule);
	write_found(out, table, rule);
	write_cost(out, table, rule);
	out_end_row(out);
}

/* hits, providers, dollars, unique_dollars go together, and so do the three of scope. */
void rules_table_hide(struct rules_table *table, struct public_view *view)
{
	for (unsigned rule = 0; rule < RULES_ALL; rule++) {
		uint64_t in_scope = table->in_scope[rule], evaluated = table->evaluated[rule];
		bool hits = public_hides_hits(view, rule) || count_is_small(table->hits[rule]) ||
		            count_is_small(table->providers[rule]);
		bool scope = public_hides_evaluated(view, rule) || count_is_small(in_scope) ||
		             count_is_small(evaluated) || count_is_small(in_scope - evaluated);

		table->hidden_hits[rule] = hits;
		table->hidden_scope[rule] = scope;
		public_count(view, 0, (hits ? 4 : 0) + (scope ? 3 : 0));
	}
}

int rules_table_write(struct run *run, const struct rules_table *table, struct diag *diag)
{
	struct out *out = NULL;
	char basis[BASIS_TEXT_MAX];
	int err = out_create(&out, run, "rules.csv", diag);

	if (err < 0)
		return err;
	basis_text(table, basis);
	out_raw(out, header, sizeof(header) - 1);
	for (size_t rule = 0; rule < RULES_ALL; rule++)
		write_rule(out, table, rule, basis);
	return out_close(out, diag);
}
