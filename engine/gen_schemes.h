/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is planted: schemes that a rule should find, and decoys, the lawful
 * claims that look like them and must not be found.
 *
 * A scheme of the run has slots; a slot is one provider (and for some a
 * partner).  Its claims are planted in two ways: some of what the provider
 * bills anyway is turned into the scheme's, and a few more are sprinkled over
 * all chunks, so that each slot has some.
 */
#ifndef GEN_SCHEMES_H
#define GEN_SCHEMES_H

#include "gen_claim.h"

enum {
	GEN_SCHEME_DECOY = 1 << 0,
	GEN_SCHEME_FULL = 1 << 1,     /* needs the full columns */
	GEN_SCHEME_PARTNER = 1 << 2,  /* two providers */
	GEN_SCHEME_HOSPITAL = 1 << 3, /* two of the first hospitals */
	GEN_SCHEME_EXCLUDED = 1 << 4, /* under a number of the list of exclusions */
	GEN_SCHEME_WHOLE = 1 << 5,    /* the provider bills nothing else */
	GEN_SCHEME_TEACHING = 1 << 6, /* at a teaching place */
	GEN_SCHEME_SEASON = 1 << 7,   /* some months only: needs six */
	GEN_SCHEME_BURST = 1 << 8,    /* a case is many claims */
};

struct gen_scheme {
	const char *name, *rule;
	const char *of; /* of a decoy: the scheme that it looks like */
	const char *specialty_code;
	unsigned flags;
	unsigned rate;            /* percent of the provider's own claims */
	int32_t day_from, day_to; /* when it can be planted; 0: any */

	/* Plant one case; false if there was no room or no fitting member. */
	bool (*plant)(struct gen_chunk *chunk, const struct gen_provider *provider);
};

/* The table of all; NULL behind the last. */
const struct gen_scheme *gen_scheme_at(size_t index);

/* Choose the run's schemes and their slots.  0 or FAIL_USAGE. */
int gen_schemes_place(struct gen_world *world, struct diag *diag);

uint32_t gen_slots(const struct gen_world *world);
const struct gen_scheme *gen_slot_scheme(const struct gen_world *world, uint32_t slot);

/* The slot of a provider and its part in it; GEN_SLOT_NONE. */
uint32_t gen_slot_of(const struct gen_world *world, uint64_t index, uint8_t *part);

/* The provider of a slot's part; UINT64_MAX if it has none. */
uint64_t gen_slot_provider(const struct gen_world *world, uint32_t slot, unsigned part);

/* What being in a slot changes of a provider: its number, if excluded. */
void gen_slot_adjust(const struct gen_world *world, struct gen_provider *provider);

/* Plant a case of the slot; false if it could not be. */
bool gen_slot_plant(struct gen_chunk *chunk, uint32_t slot);

/* Must the chunk, of so many, plant a case of the slot, so that each has one? */
bool gen_slot_due(const struct gen_world *world, uint32_t slot, uint64_t chunk, uint64_t chunks);

#endif
