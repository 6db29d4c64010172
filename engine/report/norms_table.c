/* SPDX-License-Identifier: Apache-2.0 */
#include "report/norms_table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void write_header(struct out *out)
{
	out_word(out, "kind");
	out_word(out, "peer_group");
	out_word(out, "rule");
	out_word(out, "measure");
	out_word(out, "key");
	out_word(out, "n");
	for (unsigned i = 0; i < NORM_FIGURES; i++)
		out_word(out, norm_figure_name(i));
	out_end_row(out);
}

/* More figures than reports print: the next run rounds what it reckons by them. */
static void write_figure(struct out *out, double value)
{
	char text[32];

	if (isnan(value)) {
		out_blank(out);
		return;
	}
	snprintf(text, sizeof(text), "%.12g", value);
	out_plain(out, text, strlen(text));
}

static void write_norm(struct out *out, const struct norm *norm)
{
	out_word(out, norm_kind_name(norm->kind));
	out_word(out, norm->group);
	out_word(out, norm->rule);
	out_word(out, norm->measure);
	out_word(out, norm->key);
	out_unsigned(out, norm->n);
	for (unsigned i = 0; i < NORM_FIGURES; i++)
		write_figure(out, norm->figures[i]);
	out_end_row(out);
}

void norms_table_write(const struct stats *stats, struct out *out, uint64_t *rows)
{
	size_t count;
	const struct norm *norms = stats_norms(stats, &count);

	write_header(out);
	for (size_t i = 0; i < count; i++)
		write_norm(out, &norms[i]);
	*rows = count;
}
