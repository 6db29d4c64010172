/* SPDX-License-Identifier: Apache-2.0 */
#include "base/diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void diag_init(struct diag *diag)
{
	memset(diag, 0, sizeof(*diag));
}

void diag_init_beside(struct diag *diag, const struct diag *other)
{
	diag_init(diag);
	diag->warn = other->warn;
	diag->warn_context = other->warn_context;
}

int diag_set(struct diag *diag, int err, const char *format, ...)
{
	va_list arguments;

	if (diag->text[0] != '\0')
		return err;
	va_start(arguments, format);
	vsnprintf(diag->text, sizeof(diag->text), format, arguments);
	va_end(arguments);
	return err;
}

void diag_warn(struct diag *diag, const char *format, ...)
{
	char text[DIAG_TEXT_MAX];
	va_list arguments;

	if (!diag->warn)
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	diag->warn(diag->warn_context, text);
}

int diag_exit_code(int err)
{
	static const struct {
		int err;
		int code;
	} codes[] = {
	        {0, 0},
	        {FAIL_USAGE, 64},
	        {FAIL_DATA, 65},
	        {-ESTALE, 65},
	        {FAIL_INPUT, 66},
	        {-EACCES, 66},
	        {-EPERM, 66},
	        {-EISDIR, 66},
	        {FAIL_ABSENT, 69},
	        {FAIL_INTERNAL, 70},
	        {FAIL_MEMORY, 71},
	        {FAIL_OUTPUT, 73},
	        {FAIL_IO, 74},
	        {-ENOSPC, 74},
	        {-EDQUOT, 74},
	        {-EFBIG, 74},
	        {FAIL_TABLE, 78},
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (codes[i].err == err)
			return codes[i].code;
	}
	return err < 0 ? 74 : 0;
}
