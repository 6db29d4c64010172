/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Claims, members, providers as text, with the dirt that is asked for.
 */
#ifndef GEN_WRITE_H
#define GEN_WRITE_H

#include "gen_claim.h"

enum {
	/* More than a row can take: every cell full, quoted, of the longest form. */
	GEN_ROW_NARROW_MAX = 512,
	GEN_ROW_FULL_MAX = 2048,
	GEN_HEADER_MAX = 4096,
	GEN_SIDE_ROW_MAX = 160, /* of members.csv and providers.csv */
};

/* Each returns the end of what it wrote at text. */
char *gen_write_header(const struct gen_options *options, char *text);
char *gen_write_member(const struct gen_world *world, uint64_t index, char *text);
char *gen_write_provider(const struct gen_provider *provider, char *text);
char *gen_write_number(char *text, uint64_t value);
char *gen_write_cents(char *text, int64_t cents);

extern const char gen_members_header[], gen_providers_header[], gen_labels_header[];

/* All lines of the claim, at chunk->end; gen_room() must have said yes. */
void gen_write_claim(struct gen_chunk *chunk, const struct gen_claim *claim);

/* Lines that the claim takes in the file: a total may come with them. */
uint32_t gen_write_lines(const struct gen_chunk *chunk, const struct gen_claim *claim);

#endif
