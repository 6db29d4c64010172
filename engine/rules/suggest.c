/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/suggest.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

enum { WORD_MAX = 40 };

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static bool same(char a, char b)
{
	return toupper((unsigned char)a) == toupper((unsigned char)b);
}

/* Letters to change, add, drop or swap with a neighbour to make one word the other. */
static size_t distance(const char *a, const char *b)
{
	size_t rows[3][WORD_MAX + 1], size = strlen(b), i;

	if (strlen(a) > WORD_MAX || size > WORD_MAX)
		return WORD_MAX;
	for (size_t j = 0; j <= size; j++)
		rows[0][j] = j;
	for (i = 1; a[i - 1]; i++) {
		size_t *row = rows[i % 3], *before = rows[(i - 1) % 3],
		       *earlier = rows[(i + 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= size; j++) {
			size_t change = before[j - 1] + !same(a[i - 1], b[j - 1]);

			row[j] = smaller(change, smaller(before[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
				row[j] = smaller(row[j], earlier[j - 2] + 1);
		}
	}
	return rows[(i - 1) % 3][size];
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
