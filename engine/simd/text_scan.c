/* SPDX-License-Identifier: Apache-2.0 */
#include "simd/simd.h"

#include "simd/variants.h"

static const struct text_scan *const variants[] = {
#define TEXT_SCAN(suffix) &text_scan_##suffix,
#include "simd/variants.def"
#undef TEXT_SCAN
};

const struct text_scan *text_scan_at(enum level level)
{
	if (level > level_best())
		return NULL;
	for (size_t i = 0; i < sizeof(variants) / sizeof(variants[0]); i++) {
		if (variants[i]->level == level)
			return variants[i];
	}
	return NULL;
}

const struct text_scan *text_scan_best(void)
{
	const struct text_scan *scan = NULL;

	for (int level = LEVEL_COUNT; !scan && level > 0; level--)
		scan = text_scan_at((enum level)(level - 1));
	return scan;
}
