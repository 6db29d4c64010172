/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Providers whose cells are handed over, and stand in chains, are read as they are,
 * asked for ahead or not.
 */
#include "profile/profile.h"
#include "rules/rules.h"

#include <criterion/criterion.h>
#include <stdio.h>

enum { PROVIDERS = 100, RULE = 3 };

static struct profile *made(struct profile_worker **worker)
{
	const struct profile_options options = {
	        .keep = PROFILE_CODES | PROFILE_COUNTS | PROFILE_RULES,
	        .workers = 1,
	        .memory_bytes = 1};
	struct profile *profile;
	struct diag diag;

	diag_init(&diag);
	rules_init();
	cr_assert_eq(profile_create(&profile, &options, &diag), 0);
	cr_assert_eq(profile_worker_create(worker, profile, &diag), 0);
	for (uint32_t i = 0; i < PROVIDERS; i++) {
		char text[16];
		int size = snprintf(text, sizeof(text), "%u", 1000000000 + i);
		uint64_t id = (uint64_t)ID_NPI << ID_KIND_SHIFT | (1000000000 + i);

		cr_assert_eq(profile_number(profile, id, text, (size_t)size), i);
	}
	return profile;
}

/* Provider i has i % 7 hits of a rule, and none of another. */
Test(profile_expect, what_is_asked_for_is_read_as_it_is)
{
	struct profile_worker *worker;
	struct profile *profile = made(&worker);
	uint32_t numbers[PROFILE_AHEAD];

	for (uint32_t i = 0; i < PROVIDERS; i++) {
		for (uint32_t k = 0; k < i % 7; k++)
			cr_assert_eq(profile_add_hit(worker, i, RULE, 100), 0);
		cr_assert_eq(profile_add_hit(worker, i, RULE + 1 + i % 5, 7), 0);
	}
	cr_assert_eq(profile_merge(worker), 0);
	profile_expect(profile, numbers, 0);
	for (uint32_t i = 0; i < PROVIDERS; i++) {
		struct profile_rule read[RULES_ALL];

		numbers[i % PROFILE_AHEAD] = i;
		if (i % PROFILE_AHEAD == PROFILE_AHEAD - 1)
			profile_expect(profile, numbers, PROFILE_AHEAD);
		profile_read_rules(profile, i, read);
		cr_assert_eq(read[RULE].hits, i % 7);
		cr_assert_eq(read[RULE].dollars, 100 * (i % 7));
		cr_assert_eq(read[RULE + 1 + i % 5].hits, 1);
		cr_assert_eq(read[RULE + 6].hits, 0);
	}
	numbers[0] = PROVIDERS + 5; /* nobody */
	profile_expect(profile, numbers, 1);
	profile_worker_destroy(worker);
	profile_destroy(profile);
}
