/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which of the compiled variants of a hot loop this CPU can run.
 *
 * Files named _hot.c are compiled once per level; HOT(name) gives a name its
 * suffix there.  A caller picks a const struct of functions by level_best().
 */
#ifndef BASE_LEVEL_H
#define BASE_LEVEL_H

enum level {
	LEVEL_SCALAR, /* x86-64 baseline, or any other CPU */
	LEVEL_AVX2,   /* x86-64-v3 */
	LEVEL_AVX512, /* x86-64-v4 and VBMI2 */
	LEVEL_COUNT
};

/* The best level that this CPU and its kernel support. */
enum level level_best(void);

/* "scalar", "avx2", "avx512". */
const char *level_name(enum level level);

#ifdef HOT_SUFFIX
#define HOT_PASTE_(name, suffix) name##suffix
#define HOT_PASTE(name, suffix) HOT_PASTE_(name, suffix)
#define HOT(name) HOT_PASTE(name, HOT_SUFFIX)
#endif

#endif
