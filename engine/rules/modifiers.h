/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Modifiers that rules ask for, as bits: a line's modifiers are looked at once,
 * and not by each rule anew.
 */
#ifndef RULES_MODIFIERS_H
#define RULES_MODIFIERS_H

#include "claim.h"

#include <stdint.h>

enum {
	HAS_EYELID = 1 << 0,   /* E1 to E4 */
	HAS_DIGIT = 1 << 1,    /* F1 to F9, FA, T1 to T9, TA */
	HAS_CORONARY = 1 << 2, /* LC LD LM RC RI */
	HAS_51 = 1 << 3,
	HAS_24 = 1 << 4,
	HAS_57 = 1 << 5,
	HAS_25 = 1 << 6,
	HAS_QW = 1 << 7,
	HAS_GA = 1 << 8,
	HAS_GZ = 1 << 9,
	HAS_GX = 1 << 10,
	HAS_59 = 1 << 11,
	HAS_X = 1 << 12, /* XE XP XS XU */
	HAS_26 = 1 << 13,
	HAS_TC = 1 << 14,
	HAS_50 = 1 << 15,
	HAS_RT = 1 << 16,
	HAS_LT = 1 << 17,
	HAS_FS = 1 << 18,
	HAS_WASTE = 1 << 19,      /* JW JZ: they tell of waste, not of service */
	HAS_TELEHEALTH = 1 << 20, /* 93 95 GQ GT */
};

/* By the places of both characters: digits, capitals, all else. */
enum { MODIFIER_SIGNS = 37, MODIFIER_OTHER_SIGN = 36 };
extern const uint32_t modifier_table[MODIFIER_SIGNS][MODIFIER_SIGNS];

static inline unsigned modifier_sign(unsigned character)
{
	unsigned letter = character - 'A' < 26 ? character - 'A' + 10 : MODIFIER_OTHER_SIGN;

	return character - '0' < 10 ? character - '0' : letter;
}

/* HAS_*; 0: none of them. */
static inline uint32_t modifier_bits(uint16_t modifier)
{
	return modifier_table[modifier_sign(modifier & 0xff)][modifier_sign(modifier >> 8)];
}

#endif
