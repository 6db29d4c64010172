/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the registry shares with the judging of a batch.
 */
#ifndef RULES_REGISTRY_H
#define RULES_REGISTRY_H

#include "rules/rules.h"

/* Is a field that a check needs bound, or another of those it stands for? */
bool need_bound(const struct field_set *bound, enum field need);

/* Has a layout all that a check needs? */
bool check_ready(const struct rule_check *check, const struct field_set *bound);

#endif
