/* SPDX-License-Identifier: Apache-2.0 */
#include "base/level.h"

enum level level_best(void)
{
#ifdef __x86_64__
	__builtin_cpu_init();
	if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
	        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
	        __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512vbmi2") &&
	        __builtin_cpu_supports("bmi2"))
		return LEVEL_AVX512;
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") &&
	        __builtin_cpu_supports("fma"))
		return LEVEL_AVX2;
#endif
	return LEVEL_SCALAR;
}

const char *level_name(enum level level)
{
	static const char *const names[LEVEL_COUNT] = {"scalar", "avx2", "avx512"};

	return level < LEVEL_COUNT ? names[level] : "?";
}
