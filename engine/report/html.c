/* SPDX-License-Identifier: Apache-2.0 */
#include "report/html.h"

#include "lookup/deflate.h"
#include "report/html_private.h"

#include <stdlib.h>
#include <string.h>

/* In the bundled page: what a block takes the place of, once each. */
static const char *const places[] = {"@@run@@", "@@list@@", "@@full@@"};

/* RFC 4648, section 4, with padding. */
static void put_base64(struct out *out, const uint8_t *bytes, size_t size)
{
	static const char digits[] =
	        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char text[4096];
	size_t used = 0;

	for (size_t i = 0; i < size; i += 3) {
		uint32_t left = size - i < 3 ? (uint32_t)(size - i) : 3;
		uint32_t word = (uint32_t)bytes[i] << 16 |
		                (uint32_t)(left > 1 ? bytes[i + 1] : 0) << 8 |
		                (left > 2 ? bytes[i + 2] : 0);

		text[used++] = digits[word >> 18];
		text[used++] = digits[word >> 12 & 63];
		text[used++] = left > 1 ? digits[word >> 6 & 63] : '=';
		text[used++] = left > 2 ? digits[word & 63] : '=';
		if (used == sizeof(text)) {
			out_raw(out, text, used);
			used = 0;
		}
	}
	out_raw(out, text, used);
}

static int put_block(struct out *out, const struct out *block, struct diag *diag)
{
	size_t size, packed_size;
	const char *text = out_memory_text(block, &size);
	uint8_t *packed;
	int err = deflate_bytes(text, size, &packed, &packed_size, diag);

	if (err < 0)
		return err;
	put_base64(out, packed, packed_size);
	free(packed);
	return 0;
}

static int put_page(
        struct out *out, struct text page, const struct html_blocks *blocks, struct diag *diag)
{
	const struct out *const of[] = {blocks->run, blocks->list, blocks->full};
	const char *at = page.at, *end = page.at + page.size;
	int err = 0;

	for (unsigned i = 0; i < 3 && err == 0; i++) {
		const char *place = memmem(at, (size_t)(end - at), places[i], strlen(places[i]));

		if (!place)
			return diag_set(
			        diag, FAIL_INTERNAL, "the page has no place for %s", places[i]);
		out_raw(out, at, (size_t)(place - at));
		err = put_block(out, of[i], diag);
		at = place + strlen(places[i]);
	}
	out_raw(out, at, (size_t)(end - at));
	return err;
}

int html_write(const struct report_context *context, int fd, struct diag *diag)
{
	struct html_blocks blocks = {0};
	struct out *out = NULL;
	int err = html_make_blocks(context, &blocks, diag);

	if (err == 0)
		err = out_create_open(&out, report_kind_html.file, fd, diag);
	if (err == 0)
		err = put_page(out, html_page(), &blocks, diag);
	err = html_blocks_close(&blocks, err, diag);

	int lost = out ? out_close(out, diag) : 0;

	return err < 0 ? err : lost;
}
