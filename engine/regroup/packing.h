/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How records of partitions are packed: fields one behind the other as bytes, not
 * aligned; amounts in 32 bits and sizes of texts in 8, where they have room there.
 */
#ifndef REGROUP_PACKING_H
#define REGROUP_PACKING_H

#include "claim.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Write an lvalue at a cursor of bytes, or read it from there; the cursor steps behind it. */
#define PACKING_PUT(at, value) \
	do { \
		memcpy(at, &(value), sizeof(value)); \
		(at) += sizeof(value); \
	} while (0)
#define PACKING_TAKE(at, value) \
	do { \
		memcpy(&(value), at, sizeof(value)); \
		(at) += sizeof(value); \
	} while (0)

/* ---- Amounts: of 32 bits the least is absent ---- */

static inline bool packing_is_short(int64_t amount)
{
	return amount == AMOUNT_ABSENT || (amount > INT32_MIN && amount <= INT32_MAX);
}

/* Of one that is short. */
static inline int32_t packing_shorten(int64_t amount)
{
	return amount == AMOUNT_ABSENT ? INT32_MIN : (int32_t)amount;
}

static inline int64_t packing_lengthen(int32_t amount)
{
	return amount == INT32_MIN ? AMOUNT_ABSENT : amount;
}

/* ---- Sizes of claim id, data source, person id: all long if one is ---- */

enum { PACKING_SIZE_LONG = UINT8_MAX };

static inline uint8_t packing_short_size(uint32_t size)
{
	return size < PACKING_SIZE_LONG ? (uint8_t)size : PACKING_SIZE_LONG;
}

static inline bool packing_any_long(const uint32_t sizes[3])
{
	return sizes[0] >= PACKING_SIZE_LONG || sizes[1] >= PACKING_SIZE_LONG ||
	       sizes[2] >= PACKING_SIZE_LONG;
}

#endif
