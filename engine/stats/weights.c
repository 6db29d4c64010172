/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/weights.h"

#include <string.h>

static const uint32_t precisions[] = {
        [SEVERITY_INFO] = 0,
        [SEVERITY_LOW] = 100000,
        [SEVERITY_MEDIUM] = 300000,
        [SEVERITY_HIGH] = 600000,
};

/* Others: info. */
static const struct {
	const char *ids;
	enum severity severity;
} severities[] = {
        {"NCC-01 CLN-07 DUP-01 EM-02 GLO-01 INP-04 PRV-01 TIM-04 TIM-05", SEVERITY_HIGH},
        {"VAL-04 NCC-02 NCC-04 NCC-05 NCC-08 MOD-03 MOD-04 MOD-09 EM-01 EM-03 EM-05 GLO-02 GLO-03 "
         "CLN-01 CLN-02 CLN-03 INP-01 INP-02 INP-05 INP-07 TIM-01 TIM-06 TIM-08 SPC-01 SPC-02 "
         "SPC-03 SPC-04 STA-04 STA-08 MOD-02",
                SEVERITY_MEDIUM},
        {"VAL-02 VAL-03 NCC-03 NCC-06 NCC-07 MOD-05 MOD-06 MOD-07 EM-06 GLO-04 DUP-03 CLN-04 "
         "INP-03 INP-06 TIM-02 TIM-07 SPC-05 SPC-06 STA-01 STA-06 STA-10",
                SEVERITY_LOW},
};

enum severity weights_severity(unsigned rule)
{
	for (size_t i = 0; i < sizeof(severities) / sizeof(severities[0]); i++) {
		if (strstr(severities[i].ids, rule_at(rule)->id))
			return severities[i].severity;
	}
	return SEVERITY_INFO;
}

uint32_t weights_precision(enum severity severity)
{
	return precisions[severity];
}

double weights_expected(const struct weights *weights, unsigned rule, int64_t cents)
{
	return (double)cents * (weights->precision[rule] / 1e6) *
	       (weights->recoverable[rule] / 1e6);
}

double weights_factor(const struct weights *weights, unsigned rule)
{
	uint32_t usual = precisions[weights_severity(rule)];

	if (weights->precision[rule] >= usual)
		return 1;
	return (double)weights->precision[rule] / usual;
}

/* ---- Reading ---- */

static int refuse(const struct payer *payer, size_t row, const char *what, struct diag *diag)
{
	return diag_set(diag, FAIL_TABLE, "--table precision_weights:%lu: %s",
	        payer_line(payer, PAYER_PRECISION_WEIGHTS, row), what);
}

static void set_weight(struct weights *weights, unsigned rule, const struct payer_cell *row)
{
	weights->precision[rule] = (uint32_t)row[WEIGHTS_PRECISION].number;
	weights->recoverable[rule] = (uint32_t)row[WEIGHTS_RECOVERABLE].number;
}

/* The words of the column are high, medium, low, info. */
static enum severity severity_of_word(int64_t place)
{
	static const enum severity words[] = {
	        SEVERITY_HIGH, SEVERITY_MEDIUM, SEVERITY_LOW, SEVERITY_INFO};

	return words[place];
}

/* Of all rules of a severity. */
static int take_severity(struct weights *weights, const struct payer_cell *row, unsigned *taken)
{
	enum severity severity = severity_of_word(row[WEIGHTS_SEVERITY].number);

	if (*taken & 1u << severity)
		return FAIL_TABLE;
	*taken |= 1u << severity;
	for (unsigned rule = 0; rule < RULES_ALL; rule++) {
		if (weights_severity(rule) == severity)
			set_weight(weights, rule, row);
	}
	return 0;
}

/* Severities first, so that a rule's own row stands over them. */
static int read_rows(
        struct weights *weights, const struct payer *payer, bool of_rules, struct diag *diag)
{
	bool taken_rules[RULES_ALL] = {false};
	unsigned taken = 0;

	for (size_t i = 0; i < payer_count(payer, PAYER_PRECISION_WEIGHTS); i++) {
		const struct payer_cell *row = payer_row(payer, PAYER_PRECISION_WEIGHTS, i);
		bool of_rule = row[WEIGHTS_RULE].text[0] != '\0';

		if (row[WEIGHTS_PRECISION].number > MILLION ||
		        row[WEIGHTS_RECOVERABLE].number > MILLION)
			return refuse(payer, i, "a share is above 1", diag);
		if (of_rule != of_rules)
			continue;
		if (!of_rule && take_severity(weights, row, &taken) < 0)
			return refuse(payer, i, "the severity has two rows without a rule", diag);
		if (!of_rule)
			continue;
		int rule = rule_find(row[WEIGHTS_RULE].text);

		if (rule < 0)
			return refuse(payer, i, "there is no such rule", diag);
		if (taken_rules[rule])
			return refuse(payer, i, "the rule has two rows", diag);
		taken_rules[rule] = true;
		set_weight(weights, (unsigned)rule, row);
	}
	return 0;
}

int weights_read(struct weights *weights, const struct payer *payer, struct diag *diag)
{
	for (unsigned rule = 0; rule < RULES_ALL; rule++) {
		weights->precision[rule] = precisions[weights_severity(rule)];
		weights->recoverable[rule] = MILLION;
	}
	int err = read_rows(weights, payer, false, diag);

	return err < 0 ? err : read_rows(weights, payer, true, diag);
}

/* ---- Learning ---- */

/* part / whole in millionths, half up, at most 1; both are below 2^107. */
static uint32_t share(unsigned __int128 part, unsigned __int128 whole)
{
	return part >= whole ? MILLION : (uint32_t)((part * MILLION + whole / 2) / whole);
}

uint32_t weights_learn_precision(
        const struct decisions *decisions, enum severity severity, uint64_t prior)
{
	uint64_t right = decisions->confirmed + decisions->partial;
	uint64_t all = right + decisions->cleared;
	unsigned __int128 made_up = (unsigned __int128)prior * precisions[severity];

	if (all + prior == 0)
		return precisions[severity];
	return share(made_up + (unsigned __int128)right * MILLION,
	        (unsigned __int128)(all + prior) * MILLION);
}

/* As many made-up ones of the mean dollars flagged, all of which came back. */
uint32_t weights_learn_recoverable(const struct decisions *decisions, uint64_t prior)
{
	if (decisions->flagged <= 0)
		return MILLION;
	unsigned __int128 n = decisions->priced, all = n + prior;
	unsigned __int128 flagged = (unsigned __int128)decisions->flagged;
	unsigned __int128 back = decisions->recovered > 0 ? (unsigned __int128)decisions->recovered
	                                                  : 0;

	return share(back * n + flagged * prior, flagged * all);
}
