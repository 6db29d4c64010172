/* SPDX-License-Identifier: Apache-2.0 */
#include "history/concern.h"

#include "history/private.h"

#include <stdlib.h>

static uint64_t bit_of(size_t rule)
{
	return (uint64_t)1 << rule;
}

static bool takes_any(const struct concern *concern)
{
	return !concern->code && !concern->marks;
}

static bool takes_kind(const struct concern *concern, unsigned type, unsigned setting)
{
	return (!concern->types || concern->types >> type & 1) &&
	       (!concern->settings || concern->settings >> setting & 1);
}

static void add_rule(struct concerns *concerns, size_t at, const struct concern *concern)
{
	uint64_t bit = bit_of(at);

	concerns->any |= takes_any(concern) ? bit : 0;
	concerns->undiagnosed |= concern->diagnoses ? 0 : bit;
	for (unsigned type = 0; type < CLAIM_TYPES; type++)
		for (unsigned setting = 0; setting < CONCERN_SETTINGS; setting++)
			concerns->kinds[type][setting] |= takes_kind(concern, type, setting) ? bit
			                                                                     : 0;
	for (unsigned mark = 0; mark < MARKS; mark++)
		concerns->marks[mark] |= concern->marks >> mark & 1 ? bit : 0;
	for (unsigned days = 0; days < 1 << DAYS_BITS; days++)
		concerns->days[days] |= (concern->days & days) == concern->days ? bit : 0;
}

int concerns_init(struct concerns *concerns, const struct history_options *options,
        const struct edits *practitioner, const struct edits *hospital)
{
	static const struct concern everything;
	const bool *active = options->selection->active;

	*concerns = (struct concerns){
	        .coded = {.options = options, .practitioner = practitioner, .hospital = hospital},
	        .code_count = codes_row_count(options->codes, SYSTEM_PROCEDURE)};
	for (size_t i = 0; i < history_rules_count(); i++) {
		const struct history_rule *rule = history_rule_at(i);
		uint64_t bit = active[history_rule_number(i)] ? bit_of(i) : 0;

		concerns->judged |= rule->judge ? bit : 0;
		concerns->settled |= rule->settled ? bit : 0;
		add_rule(concerns, i, options->ask_all ? &everything : &rule->concern);
	}
	concerns->codes = calloc(concerns->code_count + 1, sizeof(*concerns->codes));
	return concerns->codes ? 0 : FAIL_MEMORY;
}

void concerns_free(struct concerns *concerns)
{
	free((void *)concerns->codes);
}

/* Whoever comes first writes what all would. */
uint64_t concerns_find_code(const struct concerns *concerns, uint64_t code, uint32_t ref)
{
	struct coded coded = concerns->coded;
	uint64_t rules = concerns->any | CONCERN_KNOWN;

	coded.code = code;
	coded.px = &codes_procedures(coded.options->codes)[ref];
	for (uint64_t left = concerns->judged & ~concerns->any; left; left &= left - 1) {
		unsigned at = (unsigned)__builtin_ctzll(left);
		const struct concern *concern = &history_rule_at(at)->concern;

		if (concern->code && concern->code(&coded))
			rules |= bit_of(at);
	}
	if (ref > 0 || code == CODE_BLANK)
		atomic_store_explicit(&concerns->codes[ref], rules, memory_order_relaxed);
	return rules;
}
