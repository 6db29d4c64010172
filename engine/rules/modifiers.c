/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/modifiers.h"

#define LETTER(letter) ((letter) - 'A' + 10)
#define DIGITS_1_TO_9(bit) \
	[1] = (bit), [2] = (bit), [3] = (bit), [4] = (bit), [5] = (bit), [6] = (bit), [7] = (bit), \
	[8] = (bit), [9] = (bit)

const uint32_t modifier_table[MODIFIER_SIGNS][MODIFIER_SIGNS] = {
        [2] = {[4] = HAS_24, [5] = HAS_25, [6] = HAS_26},
        [5] = {[0] = HAS_50, [1] = HAS_51, [7] = HAS_57, [9] = HAS_59},
        [9] = {[3] = HAS_TELEHEALTH, [5] = HAS_TELEHEALTH},
        [LETTER('E')] = {[1] = HAS_EYELID, [2] = HAS_EYELID, [3] = HAS_EYELID, [4] = HAS_EYELID},
        [LETTER('F')] = {DIGITS_1_TO_9(HAS_DIGIT), [LETTER('A')] = HAS_DIGIT,
                [LETTER('S')] = HAS_FS},
        [LETTER('G')] = {[LETTER('A')] = HAS_GA,
                [LETTER('Q')] = HAS_TELEHEALTH,
                [LETTER('T')] = HAS_TELEHEALTH,
                [LETTER('X')] = HAS_GX,
                [LETTER('Z')] = HAS_GZ},
        [LETTER('J')] = {[LETTER('W')] = HAS_WASTE, [LETTER('Z')] = HAS_WASTE},
        [LETTER('L')] = {[LETTER('C')] = HAS_CORONARY,
                [LETTER('D')] = HAS_CORONARY,
                [LETTER('M')] = HAS_CORONARY,
                [LETTER('T')] = HAS_LT},
        [LETTER('Q')] = {[LETTER('W')] = HAS_QW},
        [LETTER('R')] = {[LETTER('C')] = HAS_CORONARY,
                [LETTER('I')] = HAS_CORONARY,
                [LETTER('T')] = HAS_RT},
        [LETTER('T')] = {DIGITS_1_TO_9(HAS_DIGIT), [LETTER('A')] = HAS_DIGIT,
                [LETTER('C')] = HAS_TC},
        [LETTER('X')] = {[LETTER('E')] = HAS_X,
                [LETTER('P')] = HAS_X,
                [LETTER('S')] = HAS_X,
                [LETTER('U')] = HAS_X},
};
