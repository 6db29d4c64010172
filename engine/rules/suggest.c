/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/suggest.h"

#include <ctype.h>
#include <string.h>

enum { WORD_MAX = 40 };

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Letters to change, add or drop to make one word the other; Levenshtein's. */
static size_t distance(const char *a, const char *b)
{
	size_t row[WORD_MAX + 1], size = strlen(b);

	if (strlen(a) > WORD_MAX || size > WORD_MAX)
		return WORD_MAX;
	for (size_t j = 0; j <= size; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t j = 1; j <= size; j++) {
			size_t up = row[j];
			size_t change = toupper((unsigned char)a[i - 1]) !=
			                toupper((unsigned char)b[j - 1]);

			row[j] = smaller(corner + change, smaller(up, row[j - 1]) + 1);
			corner = up;
		}
	}
	return row[size];
}

void suggest_begin(struct suggestion *suggestion, const char *word)
{
	/* Further off than a third of its letters, a word is another word. */
	suggestion->word = word;
	suggestion->best = NULL;
	suggestion->distance = strlen(word) / 3 + 2;
}

void suggest_try(struct suggestion *suggestion, const char *known)
{
	size_t far = distance(suggestion->word, known);

	if (far < suggestion->distance) {
		suggestion->distance = far;
		suggestion->best = known;
	}
}
