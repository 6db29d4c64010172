/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#include "rules/suggest.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	char command;
	const char *name;
	char letter;
	const char *argument, *words;
} options[OPT_COUNT] = {
#define OPTION(command, symbol, name, letter, argument, words) \
	[OPT_##symbol] = {command, name, letter, argument, words},
#include "options.def"
#undef OPTION
};

void options_help(FILE *file, char command)
{
	for (unsigned i = 0; i < OPT_COUNT; i++) {
		char left[64];
		int at = 0;

		if (options[i].command != command || options[i].words[0] == '!')
			continue;
		if (options[i].letter)
			at = snprintf(left, sizeof(left), "-%c, ", options[i].letter);
		snprintf(left + at, sizeof(left) - (size_t)at, "--%s%s%s", options[i].name,
		        options[i].argument ? " " : "",
		        options[i].argument ? options[i].argument : "");
		fprintf(file, "  %-28s %s\n", left, options[i].words);
	}
}

static int find_long(char command, const char *name, size_t size)
{
	for (int i = 0; i < OPT_COUNT; i++) {
		if (options[i].command == command && strlen(options[i].name) == size &&
		        memcmp(options[i].name, name, size) == 0)
			return i;
	}
	return -1;
}

static int find_letter(char command, char letter)
{
	for (int i = 0; i < OPT_COUNT; i++) {
		if (options[i].command == command && options[i].letter == letter && letter)
			return i;
	}
	return -1;
}

static int refuse(char command, const char *given, size_t size, struct diag *diag)
{
	struct suggestion near;
	char word[64];

	snprintf(word, sizeof(word), "%.*s", (int)(size < 60 ? size : 60), given);
	suggest_begin(&near, word);
	for (unsigned i = 0; i < OPT_COUNT; i++) {
		if (options[i].command == command)
			suggest_try(&near, options[i].name);
	}
	return diag_set(diag, FAIL_USAGE, "no option --%s%s%s%s", word,
	        near.best ? ": did you mean --" : "", near.best ? near.best : "",
	        near.best ? "?" : " (--help lists them)");
}

static int take(struct option_values *values, int option, const char *argument, struct diag *diag)
{
	if (options[option].words[0] == '!')
		return diag_set(diag, FAIL_ABSENT, "--%s is not built yet", options[option].name);
	if (option == OPT_AMOUNT_LEVEL && values->amount_level_count < VALUES_MAX - 1)
		values->amount_levels[values->amount_level_count++] = argument;
	if (option == OPT_TABLE && values->table_count < VALUES_MAX - 1)
		values->tables[values->table_count++] = argument;
	values->value[option] = argument;
	return 0;
}

struct cursor {
	int argc;
	char **argv;
	int at;
};

/* One option with its argument, from argv[at]. */
static int parse_option(
        struct option_values *values, char command, struct cursor *cursor, struct diag *diag)
{
	const char *given = cursor->argv[cursor->at];
	bool is_long = given[1] == '-';
	const char *name = given + (is_long ? 2 : 1);
	const char *equals = is_long ? strchr(name, '=') : NULL;
	size_t size = is_long ? (equals ? (size_t)(equals - name) : strlen(name)) : 1;
	int option = is_long ? find_long(command, name, size) : find_letter(command, name[0]);

	if (option < 0)
		return refuse(command, name, size, diag);
	if (!options[option].argument) {
		if (equals || (!is_long && name[1]))
			return diag_set(
			        diag, FAIL_USAGE, "--%s takes no argument", options[option].name);
		return take(values, option, "", diag);
	}
	if (equals)
		return take(values, option, equals + 1, diag);
	if (!is_long && name[1])
		return take(values, option, name + 1, diag);
	if (cursor->at + 1 >= cursor->argc)
		return diag_set(diag, FAIL_USAGE, "--%s needs %s", options[option].name,
		        options[option].argument);
	return take(values, option, cursor->argv[++cursor->at], diag);
}

/* ---- The settings file: name = value, # comments ---- */

static char *trim(char *text)
{
	char *end;

	while (isspace((unsigned char)*text))
		text++;
	end = text + strlen(text);
	while (end > text && isspace((unsigned char)end[-1]))
		*--end = '\0';
	return text;
}

/* NULL with errno: it cannot be read. */
static char *read_text(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t size = 0;

	if (!file)
		return NULL;
	if (getdelim(&text, &size, '\0', file) < 0 && text)
		text[0] = '\0';
	if (ferror(file)) {
		free(text);
		text = NULL;
	}
	fclose(file);
	return text;
}

/* A switch that a line says yes or no to: 1, 0; -1 for other words. */
static int switch_value(const char *text)
{
	static const char *const words[2][4] = {
	        {"no", "false", "off", "0"}, {"", "yes", "true", "on"}};

	for (int is = 0; is < 2; is++) {
		for (unsigned i = 0; i < 4; i++) {
			if (strcmp(words[is][i], text) == 0)
				return is;
		}
	}
	return strcmp(text, "1") == 0 ? 1 : -1;
}

static int set_line(struct option_values *values, char *line, unsigned number, const char *path,
        struct diag *diag)
{
	char *equals = strchr(line, '=');
	char *name, *value;
	int option;

	if (equals)
		*equals = '\0';
	name = trim(line);
	value = equals ? trim(equals + 1) : line + strlen(line);
	option = find_long('S', name, strlen(name));
	if (option < 0 || option == OPT_SETTINGS || (options[option].argument && !equals))
		return diag_set(diag, FAIL_TABLE,
		        "%s:%u: no setting \"%s\" (names are those of the options)", path, number,
		        name);
	if (values->value[option] && option != OPT_AMOUNT_LEVEL && option != OPT_TABLE)
		return 0; /* the command line wins */
	values->settings_line[option] = number;
	if (options[option].argument)
		return take(values, option, value, diag);
	int is = switch_value(value);

	if (is < 0)
		return diag_set(diag, FAIL_TABLE, "%s:%u: %s: \"%s\" is neither yes nor no", path,
		        number, name, value);
	return is ? take(values, option, "", diag) : 0;
}

static int read_settings(struct option_values *values, const char *path, struct diag *diag)
{
	char *line, *next = NULL;
	int err = 0;

	values->settings = read_text(path);
	if (!values->settings)
		return diag_set(diag, FAIL_INPUT, "%s: %s (--settings)", path, strerror(errno));
	line = values->settings;
	for (unsigned number = 1; line && err == 0; number++, line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		line = trim(line);
		if (line[0] && line[0] != '#')
			err = set_line(values, line, number, path, diag);
	}
	return err;
}

int options_parse(
        struct option_values *values, char command, int argc, char **argv, struct diag *diag)
{
	struct cursor cursor = {argc, argv, 0};
	bool operands_only = false;
	int err = 0;

	memset(values, 0, sizeof(*values));
	values->operands = calloc((size_t)argc + 1, sizeof(*values->operands));
	if (!values->operands)
		return diag_set(diag, FAIL_MEMORY, "no memory");
	for (; cursor.at < argc && err == 0; cursor.at++) {
		const char *given = argv[cursor.at];

		if (!operands_only && strcmp(given, "--") == 0)
			operands_only = true;
		else if (!operands_only &&
		         (strcmp(given, "--help") == 0 || strcmp(given, "-h") == 0))
			return 1;
		else if (operands_only || given[0] != '-' || given[1] == '\0')
			values->operands[values->operand_count++] = given;
		else
			err = parse_option(values, command, &cursor, diag);
	}
	if (err == 0 && values->value[OPT_SETTINGS])
		err = read_settings(values, values->value[OPT_SETTINGS], diag);
	return err;
}

void options_free(struct option_values *values)
{
	free(values->operands);
	free(values->settings);
}

/* Do words name an option, and not a longer one that begins with it? */
static bool names_option(const char *words, const char *name)
{
	size_t size = strlen(name);

	for (const char *at = words; (at = strstr(at, "--")) != NULL; at += 2) {
		if (strncmp(at + 2, name, size) == 0 && at[2 + size] != '-' &&
		        !isalnum((unsigned char)at[2 + size]))
			return true;
	}
	return false;
}

int options_blame(const struct option_values *values, int err, struct diag *diag)
{
	char words[DIAG_TEXT_MAX];

	for (unsigned i = 0; err == FAIL_USAGE && i < OPT_COUNT; i++) {
		if (!values->settings_line[i] || !names_option(diag->text, options[i].name))
			continue;
		snprintf(words, sizeof(words), "%s", diag->text);
		diag->text[0] = '\0';
		return diag_set(diag, FAIL_TABLE, "%s:%u: %s", values->value[OPT_SETTINGS],
		        values->settings_line[i], words);
	}
	return err;
}

int options_number(const char *name, const char *text, uint64_t least, uint64_t most,
        uint64_t *value, struct diag *diag)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 10);
	if (!isdigit((unsigned char)text[0]) || *end || errno || *value < least || *value > most)
		return diag_set(diag, FAIL_USAGE, "--%s: \"%s\" is no number from %llu to %llu",
		        name, text, (unsigned long long)least, (unsigned long long)most);
	return 0;
}

int options_size(const char *name, const char *text, uint64_t *value, struct diag *diag)
{
	char *end;
	unsigned shift = 0;

	errno = 0;
	*value = strtoull(text, &end, 10);
	switch (toupper((unsigned char)*end)) {
	case 'K':
		shift = 10;
		break;
	case 'M':
		shift = 20;
		break;
	case 'G':
		shift = 30;
		break;
	}
	end += shift != 0;
	if (!isdigit((unsigned char)text[0]) || *end || errno || *value > UINT64_MAX >> (shift + 1))
		return diag_set(diag, FAIL_USAGE,
		        "--%s: \"%s\" is no size (a number, with K, M or G)", name, text);
	*value <<= shift;
	return 0;
}
