/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line: options.def, parsed.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "base/diag.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum option {
#define OPTION(command, symbol, name, letter, argument, words) OPT_##symbol,
#include "options.def"
#undef OPTION
	OPT_COUNT
};

enum { VALUES_MAX = 64 };

struct option_values {
	const char *value[OPT_COUNT];          /* NULL: not given; "" for a switch */
	const char *amount_levels[VALUES_MAX]; /* --amount-level may be given often; NULL-ended */
	size_t amount_level_count;
	const char *tables[VALUES_MAX]; /* --table too */
	size_t table_count;
	const char **operands; /* NULL-ended; into argv */
	size_t operand_count;
	char *settings;                    /* text of the settings file, owned */
	unsigned settings_line[OPT_COUNT]; /* where the value stands in it; 0: it does not */
};

/*
 * Parse the arguments behind the command.  Returns 0, 1 if --help was asked
 * for, or FAIL_USAGE / FAIL_ABSENT / FAIL_INPUT / FAIL_TABLE with diag set.
 */
int options_parse(
        struct option_values *values, char command, int argc, char **argv, struct diag *diag);
void options_free(struct option_values *values);

/*
 * What a command came to: words about an option whose value stands in the settings
 * file are the file's fault, FAIL_TABLE with its line.  Else err as it is.
 */
int options_blame(const struct option_values *values, int err, struct diag *diag);
void options_help(FILE *file, char command); /* the list, two columns */

/* Numbers: plain, and sizes with K, M, G. */
int options_number(const char *name, const char *text, uint64_t least, uint64_t most,
        uint64_t *value, struct diag *diag);
int options_size(const char *name, const char *text, uint64_t *value, struct diag *diag);

#endif
