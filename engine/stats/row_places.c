/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/row_places.h"

#include "base/budget.h"

/*
 * first[m + 2] counts the rows of member m, and then first[m + 1] is where they
 * begin, which moves on as they are put.
 */
static size_t count_rows(
        size_t first[], const struct column columns[], size_t column_count, size_t member_count)
{
	size_t place = 0;

	for (size_t at = 0; at < column_count; at++) {
		for (uint32_t row = 0; row < columns[at].count; row++)
			first[column_row(&columns[at], row)->member + 2]++;
	}
	for (size_t member = 0; member < member_count; member++) {
		place += first[member + 1];
		first[member + 1] = place;
	}
	return place + first[member_count + 1];
}

int row_places_make(struct row_places *places, const struct column columns[], size_t column_count,
        size_t member_count)
{
	size_t *first = budget_calloc(member_count + 2, sizeof(*first));

	*places = (struct row_places){.first = first};
	if (!first)
		return FAIL_MEMORY;
	size_t count = count_rows(first, columns, column_count, member_count);

	places->all = budget_alloc((count + 1) * sizeof(*places->all));
	if (!places->all)
		return FAIL_MEMORY;
	for (uint32_t at = 0; at < column_count; at++) {
		for (uint32_t row = 0; row < columns[at].count; row++) {
			size_t place = first[column_row(&columns[at], row)->member + 1]++;

			places->all[place] = (struct row_place){at, row};
		}
	}
	return 0;
}

void row_places_free(struct row_places *places)
{
	budget_free(places->all);
	budget_free(places->first);
}
