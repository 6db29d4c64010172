/* SPDX-License-Identifier: Apache-2.0 */
#include "report_command.h"

#include "options.h"
#include "report/beside.h"
#include "report/kinds.h"
#include "report/run_check.h"
#include "scan.h"

#include <stdio.h>

/* Those that are made from tables, and that this build can make. */
static unsigned made_kinds(void)
{
	unsigned bits = 0;

	for (unsigned i = 0; report_kinds[i]; i++)
		bits |= (unsigned)(report_kinds[i]->file && !report_kinds[i]->absent) << i;
	return bits;
}

static int set_kinds(const char *list, unsigned *bits, struct diag *diag)
{
	char text[REPORT_KINDS_TEXT_MAX];
	int err = 0;

	*bits = made_kinds();
	if (list)
		err = report_kinds_parse(list, bits, diag);
	for (unsigned i = 0; report_kinds[i] && err == 0; i++) {
		if (*bits >> i & 1 && !report_kinds[i]->file)
			diag_warn(diag,
			        "--report %s: is what reports are made from, and stays as it is",
			        report_kinds[i]->name);
	}
	*bits &= made_kinds();
	if (err == 0 && *bits == 0)
		return diag_set(diag, FAIL_USAGE, "--report: nothing to make: wants some of %s",
		        report_kinds_text(made_kinds(), text));
	return err;
}

static int make_kind(const struct report_kind *kind, const struct run_folder *folder, bool quiet,
        struct diag *diag)
{
	struct report_context context = {.folder = folder, .stopped = scan_stopped};
	struct beside file;
	int err = beside_begin(&file, folder->directory, kind->file, diag);

	if (err < 0)
		return err;
	err = kind->write(&context, file.fd, diag);
	if (err == 0 && scan_stopped())
		err = FAIL_STOPPED;
	if (err < 0)
		beside_abandon(&file);
	else
		err = beside_commit(&file, diag);
	if (err == 0 && !quiet)
		fprintf(stderr, "%s/%s is made\n", folder->path, kind->file);
	return err;
}

static int make_kinds(const struct option_values *values, struct diag *diag)
{
	struct run_folder folder;
	unsigned bits;

	if (values->operand_count != 1)
		return diag_set(diag, FAIL_USAGE, "report: wants one run directory");
	int err = set_kinds(values->value[OPT_AGAIN_REPORT], &bits, diag);

	if (err == 0)
		err = run_folder_open(&folder, values->operands[0], diag);
	if (err < 0)
		return err;
	err = run_check(&folder, scan_stopped, diag);
	for (unsigned i = 0; report_kinds[i] && err == 0; i++) {
		if (bits >> i & 1)
			err = make_kind(
			        report_kinds[i], &folder, values->value[OPT_AGAIN_QUIET], diag);
	}
	run_folder_close(&folder);
	return err;
}

int report_command(int argc, char **argv, struct diag *diag)
{
	struct option_values values;
	int err = options_parse(&values, 'R', argc, argv, diag);

	if (err == 1) {
		puts("usage: claimscan report [options] RUN\n"
		     "       claimscan report run --report sqlite\n"
		     "\n"
		     "Reports again, from the tables of a finished run.\n");
		options_help(stdout, 'R');
		err = 0;
	} else if (err == 0) {
		err = make_kinds(&values, diag);
	}
	options_free(&values);
	return err;
}
