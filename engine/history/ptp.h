/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What NCC-01 and NCC-02 share: pairs of a day's codes by the PTP table of
 * their setting.
 */
#ifndef HISTORY_PTP_H
#define HISTORY_PTP_H

#include "history/window.h"

/* Is a code column 2 of any edit?  Others are in no scope, and alone in no pair. */
bool ptp_concerns(const struct coded *coded);

/* Judge the pairs of an indicator: PAIR_NEVER, PAIR_ALLOWED. */
void ptp_judge(struct window *window, uint8_t indicator);

/* Count which lines of column 2 passed edits of indicator 1, and by what: NCC-03. */
void ptp_count(struct window *window);

#endif
