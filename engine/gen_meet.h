/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is seen when: members and days for claims.
 *
 * An honest year has no stay within a stay, no visit in the days that an
 * operation pays for, no yearly service twice a year.  Chunks know nothing of
 * each other, so each member has a calendar of its own, told by its number
 * alone: days of admission 32 apart, with nothing else billed from three days
 * before until the stay is over; for one member of four days of operation 96
 * apart, and no other day with a surgeon; one day a year for what is paid once
 * a year; for one of eight a day before which nobody sees it.
 */
#ifndef GEN_MEET_H
#define GEN_MEET_H

#include "gen_world.h"

struct gen_chunk;

/* No stay of ours is longer, in nights. */
enum { GEN_STAY_NIGHTS = 9 };

enum { GEN_DYING_DAYS = 60 };

enum gen_occasion {
	GEN_ORDINARY,
	GEN_FIRST_VISIT, /* the day on which the member is first seen by anybody */
	GEN_ADMISSION,
	GEN_OPERATION, /* that a surgeon is paid for with the days before and after */
	GEN_ANNUAL,    /* one day a year */
	GEN_SELDOM,    /* the same, in one year of three */
};

/* What a claim asks of the member and the day. */
struct gen_wish {
	enum gen_occasion occasion;
	uint8_t sex, age_from, age_to; /* at the day */
	bool dead;                     /* died before the day; else alive through it */
	bool dying;                    /* ... but for less than GEN_DYING_DAYS more */
	bool unoperated;               /* a member that is never operated on */
	bool apart;                    /* days on which one specialty meets one member, 16 apart */
	bool again;                    /* a member and day that were had already will do */
	int32_t day_from, day_to;      /* both inclusive; 0 and GEN_DAY_NEVER: any */
};

#define GEN_WISH_ANY \
	((struct gen_wish){ \
	        .sex = GEN_ANY_SEX, \
	        .age_to = 255, \
	        .day_to = GEN_DAY_NEVER, \
	})

/* As the specialty sees them when nothing particular happens. */
struct gen_wish gen_wish_of(const struct gen_world *world, const struct gen_specialty *specialty);

/*
 * Find a member and a day that this chunk has not used yet.  False if some
 * hundreds of tries found none.
 */
bool gen_meet(struct gen_chunk *chunk, const struct gen_wish *wish, struct gen_member *member,
        int32_t *day);

/* Is it the day on which the member is first seen? */
bool gen_is_first_visit(const struct gen_world *world, uint64_t member, int32_t day);

/* Of the operations that the member can have in the calendar, which is that day's, of *count. */
uint32_t gen_operation_number(
        const struct gen_world *world, uint64_t member, int32_t day, uint32_t *count);

#endif
