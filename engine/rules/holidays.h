/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Federal holidays of the United States and the days that they are observed
 * on (5 U.S.C. 6103): one on a Saturday the Friday before, one on a Sunday the
 * Monday after.
 */
#ifndef RULES_HOLIDAYS_H
#define RULES_HOLIDAYS_H

#include <stdbool.h>
#include <stdint.h>

/* Is a day a federal holiday, or the day that one is observed on? */
bool holiday_on(int32_t date);

/* The day itself, or the next that is no Saturday, Sunday or federal holiday. */
int32_t working_day_from(int32_t date);

#endif
