/* SPDX-License-Identifier: Apache-2.0 */
#include "diff_command.h"

#include "diff_tell.h"
#include "options.h"
#include "report/beside.h"
#include "scan.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PROVIDERS_SHOWN = 20 };

static int print_json(const struct diff *diff, struct diag *diag)
{
	struct out *out = NULL;
	size_t size = 0;
	int err = out_create_memory(&out, diag);

	if (err < 0)
		return err;
	diff_json(out, diff);
	const char *text = out_memory_text(out, &size);

	fwrite(text, 1, size, stdout);
	return out_close(out, diag);
}

/* ---- The page: --out FILE ---- */

struct place {
	int directory;    /* descriptor; -1 */
	const char *name; /* in it */
};

/* Where a path leads; refuses what is there already unless it may be replaced. */
static int find_place(struct place *place, const char *path, bool force, struct diag *diag)
{
	const char *slash = strrchr(path, '/');
	char *parent = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path))
	                     : strdup(".");
	struct stat status;

	if (!parent)
		return diag_set(diag, FAIL_MEMORY, "no memory for a path");
	place->name = slash ? slash + 1 : path;
	place->directory = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(parent);
	if (place->directory < 0 || place->name[0] == '\0')
		return diag_set(diag, FAIL_OUTPUT, "%s: no file can be made there (--out)", path);
	if (fstatat(place->directory, place->name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	if (!force || !S_ISREG(status.st_mode))
		return diag_set(diag, FAIL_OUTPUT,
		        "%s: exists; choose another name or replace a file "
		        "(--force)",
		        path);
	return 0;
}

static int write_page(const struct place *place, const struct diff *diff, struct diag *diag)
{
	struct beside file;
	struct out *out = NULL;
	int err = beside_begin(&file, place->directory, place->name, diag);

	if (err < 0)
		return err;
	err = out_create_open(&out, file.name, file.fd, diag);
	if (err == 0) {
		err = diff_page(out, diff, diag);
		int closed = out_close(out, diag);

		err = err < 0 ? err : closed;
	}
	if (err == 0)
		return beside_commit(&file, diag);
	beside_abandon(&file);
	return err;
}

/* ---- All ---- */

static int compare(const struct option_values *values, const struct place *place, uint64_t limit,
        struct diag *diag)
{
	struct diff *diff = NULL;
	int err = diff_create(&diff, values->operands, limit, scan_stopped, diag);

	if (err == 0 && place->directory >= 0)
		err = write_page(place, diff, diag);
	if (err == 0)
		err = values->value[OPT_RUNS_JSON] ? print_json(diff, diag)
		                                   : diff_print(stdout, diff, diag);
	diff_destroy(diff);
	return err;
}

static int run(const struct option_values *values, struct diag *diag)
{
	struct place place = {.directory = -1};
	const char *path = values->value[OPT_RUNS_OUT], *shown = values->value[OPT_RUNS_LIMIT];
	uint64_t limit = PROVIDERS_SHOWN;
	int err = 0;

	if (values->operand_count != DIFF_SIDES)
		return diag_set(diag, FAIL_USAGE, "diff: wants two run directories");
	if (shown)
		err = options_number("limit", shown, 0, UINT32_MAX, &limit, diag);
	if (err == 0 && path)
		err = find_place(&place, path, values->value[OPT_RUNS_FORCE], diag);
	if (err == 0)
		err = compare(values, &place, limit, diag);
	if (place.directory >= 0)
		close(place.directory);
	return err;
}

int diff_command(int argc, char **argv, struct diag *diag)
{
	struct option_values values;
	int err = options_parse(&values, 'D', argc, argv, diag);

	if (err == 1) {
		puts("usage: claimscan diff [options] RUN_A RUN_B\n"
		     "       claimscan diff run-june run-july --out changes.html\n"
		     "\n"
		     "What a change of rules, codes, settings or claims did: findings gained and\n"
		     "lost by rule, dollars, providers that moved in the ranking.\n");
		options_help(stdout, 'D');
		err = 0;
	} else if (err == 0) {
		err = run(&values, diag);
	}
	options_free(&values);
	return err;
}
