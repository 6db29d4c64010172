/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the registry and the judging of a batch share.
 */
#ifndef RULES_REGISTRY_H
#define RULES_REGISTRY_H

#include "rules/rules.h"

/* How a batch is judged, compiled once a level. */
struct judge_hot {
	void (*judge)(const struct rule_selection *selection, const struct rule_context *context,
	        const struct batch *batch, struct verdicts *verdicts, uint64_t ns[RULES_ALL]);
};
extern const struct judge_hot judge_hot_scalar, judge_hot_avx2, judge_hot_avx512;

/* Is any of the fields from first to last bound? */
bool field_set_any(const struct field_set *bound, enum field first, enum field last);

/* Is a field that a check needs bound, or another of those it stands for? */
bool need_bound(const struct field_set *bound, enum field need);

/* Has a layout all that a check needs? */
bool check_ready(const struct rule_check *check, const struct field_set *bound);

#endif
