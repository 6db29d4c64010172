/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ambulance codes, and their modifiers that pair an origin with a destination.
 */
#ifndef RULES_AMBULANCE_H
#define RULES_AMBULANCE_H

#include "rules/judge.h"

/*
 * A place in a pair: D diagnostic site, E residential facility, G hospital's
 * dialysis, H hospital, I transfer site, J other dialysis, N nursing facility,
 * P physician's office, R residence, S scene; X, a stop at a physician's office
 * on the way, only ends a trip.  Bits are letters.
 */
enum { AMBULANCE_ORIGINS = 0x0006a3d8, AMBULANCE_PLACES = AMBULANCE_ORIGINS | 1 << ('X' - 'A') };

static inline bool ambulance_place(unsigned letter, unsigned places)
{
	return letter - 'A' < 26 && places >> (letter - 'A') & 1;
}

/* Two letters of places, in any order: what an ambulance line's modifier may be. */
static inline bool ambulance_pair(uint16_t modifier)
{
	return ambulance_place(modifier & 0xff, AMBULANCE_PLACES) &&
	       ambulance_place(modifier >> 8, AMBULANCE_PLACES);
}

/* A0021 to A0999. */
static inline bool ambulance_code(uint64_t hcpcs)
{
	int number = code_char(hcpcs, 0) == 'A' ? code_number(hcpcs) : -1;

	return number >= 21 && number <= 999;
}

#endif
