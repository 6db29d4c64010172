/* SPDX-License-Identifier: Apache-2.0 */
#include "report/column_types.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* Types by names; any other is a text. */
static const struct {
	enum column_type type;
	const char *names;
} types[] = {
        {COLUMN_JOIN,
                " npi id_kind rule measure code kind key claim_id data_source other_claim_id "},
        {COLUMN_INTEGER,
                " entity_type peer_n claims lines beneficiaries findings lines_flagged score rank "
                "rank_in_class families_flagged rules_evaluable lead flag evaluated hits in_scope "
                "not_evaluable providers line other_line frame_size sample_size order "
                "nation_n state_n n "},
        {COLUMN_REAL,
                " units charge allowed paid amount dollars dollars_flagged dollars_expected "
                "unique_dollars rate value shrunk_rate wilson_low peer_median peer_mad peer_p80 "
                "peer_p90 z p q percentile ns_per_line numerator denominator peer_percentile "
                "nation_percentile nation_p20 nation_p80 nation_statistic "
                "state_percentile state_p20 state_p80 state_statistic "
                "mean median mad p20 p80 p90 p95 p99 centre scale phi alpha beta fee "},
};

static enum column_type type_of(struct text name)
{
	char word[80];

	snprintf(word, sizeof(word), " %.*s ", (int)name.size, name.at);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strstr(types[i].names, word))
			return types[i].type;
	}
	return COLUMN_TEXT;
}

void column_types_of(struct column_types *found, const struct table_read *table)
{
	assert(table_read_width(table) <= COLUMN_TYPES_MAX);
	for (unsigned i = 0; i < table_read_width(table); i++)
		found->of[i] = type_of(table_read_name(table, i));
}

int column_types_check(
        const struct column_types *found, const struct table_read *table, struct diag *diag)
{
	int err = 0;

	for (unsigned i = 0; i < table_read_width(table) && err == 0; i++) {
		int64_t integer;
		double real;

		if (found->of[i] == COLUMN_INTEGER)
			err = table_read_integer(table, i, &integer, diag);
		else if (found->of[i] == COLUMN_REAL)
			err = table_read_double(table, i, &real, diag);
	}
	return err;
}
