/* SPDX-License-Identifier: Apache-2.0 */
#include "codes_command.h"

#include "codes_private.h"

#include "base/date.h"
#include "lookup/build.h"
#include "lookup/codes_cache.h"
#include "lookup/codes_kinds.h"
#include "memory.h"
#include "options.h"
#include "rules/suggest.h"
#include "scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_WIDTH = 44, REASONS_SHOWN = 20 };

static void say_compiling(void *context, const char *where)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "compiling %s, to be kept in %s\n", (const char *)context, where);
}

int codes_folder_sets(
        struct codes **owner, struct sets **sets, const char *folder, struct diag *diag)
{
	const char *tmp = getenv("TMPDIR");
	struct codes_folder_options options = {
	        .folder = folder,
	        .tmp = tmp && tmp[0] ? tmp : "/var/tmp",
	        .threads = cpus_usable(),
	        .compiling = say_compiling,
	        .context = (void *)(uintptr_t)folder,
	        .stopped = scan_stopped,
	};
	int err = codes_open_folder(owner, &options, diag);

	*sets = err ? NULL : (*owner)->images;
	return err;
}

static void usage(const char *lines, char letter)
{
	puts(lines);
	options_help(stdout, letter);
}

static int wrong_count(const char *what, struct diag *diag)
{
	return diag_set(diag, FAIL_USAGE, "codes %s (--help)", what);
}

/* ---- build ---- */

/* The path at its end, where it does not fit: names tell more than folders. */
static const char *path_end(const char *path, char text[PATH_WIDTH + 1])
{
	size_t size = strlen(path);

	if (size <= PATH_WIDTH)
		return path;
	snprintf(text, PATH_WIDTH + 1, "...%s", path + size - PATH_WIDTH + 3);
	return text;
}

static void print_progress(void *context, const struct build_progress *progress)
{
	char path[PATH_WIDTH + 1];
	double share = progress->bytes_all
	                       ? (double)progress->bytes_done / (double)progress->bytes_all
	                       : 1;

	(void)context;
	fprintf(stderr, "\r\033[K%3.0f %%  %s", 100 * share,
	        progress->path ? path_end(progress->path, path) : "writing the images");
}

static void print_files(const struct build_result *result)
{
	char path[PATH_WIDTH + 1];

	printf("%-*s %9s %9s  %s\n", PATH_WIDTH, "file", "rows", "not data", "layout");
	for (size_t i = 0; i < result->file_count; i++) {
		const struct build_file *file = &result->files[i];

		if (file->importer)
			printf("%-*s %9zu %9zu  %s\n", PATH_WIDTH, path_end(file->path, path),
			        file->rows, file->skipped, file->importer->layout);
	}
	if (result->unknown_count)
		printf("\nNot read: %zu\n", result->unknown_count);
	for (size_t i = 0; i < result->file_count; i++)
		if (!result->files[i].importer)
			printf("  %s: %s\n", result->files[i].path, result->files[i].reason);
}

static void print_sets(const struct build_result *result)
{
	uint64_t bytes = 0;

	printf("\n%-18s %9s %9s %9s %11s\n", "set", "releases", "codes", "windows", "bytes");
	for (size_t i = 0; i < result->set_count; i++) {
		const struct build_set *set = &result->sets[i];

		printf("%-18s %9zu %9zu %9zu %11llu\n", set->schema->name, set->sources, set->keys,
		        set->rows, (unsigned long long)set->size);
		bytes += set->size;
	}
	printf("\n%zu files, %zu sets, %.1f MB, %.2f s\n",
	        result->file_count - result->unknown_count, result->set_count, (double)bytes / 1e6,
	        result->seconds);
}

/* Of a build that failed: what was not read is often why. */
static void warn_unknown(const struct build_result *result, struct diag *diag)
{
	size_t told = 0;

	for (size_t i = 0; i < result->file_count && told < REASONS_SHOWN; i++) {
		if (result->files[i].importer || !result->files[i].reason)
			continue;
		diag_warn(diag, "%s: %s", result->files[i].path, result->files[i].reason);
		told++;
	}
}

static int set_progress(
        struct build_options *build, const struct option_values *values, struct diag *diag)
{
	const char *word = values->value[OPT_BUILD_PROGRESS];
	bool automatic = !word || strcmp(word, "auto") == 0;

	if (!automatic && strcmp(word, "on") != 0 && strcmp(word, "off") != 0)
		return diag_set(
		        diag, FAIL_USAGE, "--progress: \"%s\" is none of auto, on, off", word);
	if (automatic ? isatty(STDERR_FILENO) && !values->value[OPT_BUILD_QUIET]
	              : strcmp(word, "on") == 0)
		build->progress = print_progress;
	return 0;
}

static int run_build(const struct option_values *values, struct diag *diag)
{
	struct build_options build = {
	        .replace = values->value[OPT_BUILD_FORCE] != NULL,
	        .stopped = scan_stopped,
	};
	struct build_result result = {.files = NULL};
	uint64_t threads = cpus_usable();
	int err = set_progress(&build, values, diag);

	if (!err && values->value[OPT_BUILD_THREADS])
		err = options_number(
		        "threads", values->value[OPT_BUILD_THREADS], 1, 1024, &threads, diag);
	if (err)
		return err;
	build.threads = (unsigned)threads;
	err = codes_build(values->operands[0], values->value[OPT_BUILD_OUT], &build, &result, diag);
	if (build.progress)
		fputs("\r\033[K", stderr);
	if (err) {
		warn_unknown(&result, diag);
	} else if (!values->value[OPT_BUILD_QUIET]) {
		print_files(&result);
		print_sets(&result);
	}
	build_result_reset(&result);
	return err;
}

static int command_build(const struct option_values *values, struct diag *diag)
{
	if (values->operand_count != 1)
		return wrong_count("build: wants one folder of releases, and -o OUT", diag);
	if (!values->value[OPT_BUILD_OUT])
		return wrong_count("build: --out DIR is needed", diag);
	return run_build(values, diag);
}

/* ---- info, lookup, diff ---- */

static int command_info(const struct option_values *values, struct diag *diag)
{
	if (values->operand_count > 1)
		return wrong_count("info: wants one folder of images", diag);
	return codes_info(values->operands[0], values->value[OPT_INFO_JSON] != NULL,
	        values->value[OPT_INFO_VERIFY] != NULL, diag);
}

static int read_limit(const char *text, size_t *limit, struct diag *diag)
{
	uint64_t number = SHOWN;
	int err = text ? options_number("limit", text, 0, UINT32_MAX, &number, diag) : 0;

	*limit = (size_t)number;
	return err;
}

static int command_lookup(const struct option_values *values, struct diag *diag)
{
	struct lookup_options lookup = {
	        .code = values->operands[0],
	        .day = DATE_ABSENT,
	        .folder = values->value[OPT_LOOKUP_CODES],
	        .set = values->value[OPT_LOOKUP_SET],
	        .json = values->value[OPT_LOOKUP_JSON] != NULL,
	};
	const char *day = values->operand_count > 1 ? values->operands[1] : NULL;
	int err = read_limit(values->value[OPT_LOOKUP_LIMIT], &lookup.limit, diag);

	if (err)
		return err;
	if (values->operand_count < 1 || values->operand_count > 2)
		return wrong_count("lookup: wants a code, and perhaps a date", diag);
	if (day && (date_parse(day, strlen(day), &lookup.day) < 0 || lookup.day == DATE_ABSENT))
		return diag_set(
		        diag, FAIL_USAGE, "codes lookup: \"%s\" is no date YYYY-MM-DD", day);
	return codes_lookup(&lookup, diag);
}

static int command_diff(const struct option_values *values, struct diag *diag)
{
	struct diff_options diff = {
	        .old = values->operands[0],
	        .set = values->value[OPT_DIFF_SET],
	        .json = values->value[OPT_DIFF_JSON] != NULL,
	};
	int err = read_limit(values->value[OPT_DIFF_LIMIT], &diff.limit, diag);

	if (err)
		return err;
	if (values->operand_count != 2)
		return wrong_count("diff: wants two folders of images, OLD and NEW", diag);
	diff.new = values->operands[1];
	return codes_diff(&diff, diag);
}

/* ---- Which of them ---- */

static const struct command {
	const char *name;
	char letter; /* of options.def */
	const char *usage;
	int (*run)(const struct option_values *values, struct diag *diag);
} commands[] = {
        {"build", 'b',
                "usage: claimscan codes build [options] DIR -o OUT\n"
                "       claimscan codes build releases -o images\n"
                "\n"
                "Compiles a folder of releases, as their publishers lay them out (zipped "
                "or not),\n"
                "into images for `scan --codes`.  Files are recognised by their "
                "content.\n",
                command_build},
        {"info", 'i',
                "usage: claimscan codes info [options] [DIR]\n"
                "       claimscan codes info images\n"
                "\n"
                "The sets of a folder of images; without DIR the starter set.\n",
                command_info},
        {"lookup", 'l',
                "usage: claimscan codes lookup [options] CODE [DATE]\n"
                "       claimscan codes lookup 99213 2025-03-01 -c images\n"
                "\n"
                "All that the sets say of a code on a day, or on the last day that they "
                "cover;\n"
                "CODE/CODE is a pair.\n",
                command_lookup},
        {"diff", 'd',
                "usage: claimscan codes diff [options] OLD NEW\n"
                "       claimscan codes diff images-2025 images-2026 --set "
                "mue_practitioner\n"
                "\n"
                "What was added, ended, changed between two folders of images, and what "
                "that\n"
                "means for the edits.\n",
                command_diff},
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static int run(const struct command *command, int argc, char **argv, struct diag *diag)
{
	struct option_values values;
	int err = options_parse(&values, command->letter, argc, argv, diag);

	if (err == 1) {
		usage(command->usage, command->letter);
		err = 0;
	} else if (err == 0) {
		err = command->run(&values, diag);
	}
	options_free(&values);
	return err;
}

int codes_command(int argc, char **argv, struct diag *diag)
{
	const char *name = argc > 0 ? argv[0] : "";
	struct suggestion near;

	suggest_begin(&near, name);
	for (int i = 0; i < COMMANDS; i++) {
		if (strcmp(commands[i].name, name) == 0)
			return run(&commands[i], argc - 1, argv + 1, diag);
		suggest_try(&near, commands[i].name);
	}
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
		for (int i = 0; i < COMMANDS; i++)
			puts(commands[i].usage);
		return 0;
	}
	return diag_set(diag, FAIL_USAGE, "codes: wants build, info, lookup or diff%s%s%s",
	        near.best && name[0] ? ": did you mean " : "",
	        near.best && name[0] ? near.best : "", near.best && name[0] ? "?" : "");
}
