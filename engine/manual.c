/* SPDX-License-Identifier: Apache-2.0 */
#include "manual.h"

#include "scan.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

struct option {
	char command;
	const char *name;
	char letter;
	const char *argument, *words;
};

static const struct option options[] = {
#define OPTION(command, symbol, name, letter, argument, words) \
	{command, name, letter, argument, words},
#include "options.def"
#undef OPTION
};

enum { OPTIONS = sizeof(options) / sizeof(options[0]) };

/* One that is in the contract only is not told of. */
static bool is_built(const struct option *option, char command)
{
	return option->command == command && option->words[0] != '!';
}

/* The commands that there are, in the order of the manual. */
static const struct command {
	const char *group, *name; /* "codes", "build"; name NULL: the group is the command */
	char letter;              /* of its options, 0: none */
	const char *operands, *words;
} commands[] = {
        {"scan", NULL, 'S', "INPUT...",
                "Scan claim files: files, directories, globs, @manifest, \"-\" for "
                "standard input."},
        {"convert", NULL, 'V', "INPUT... -o FILE",
                "Write what a scan would read: as canonical CSV (.csv), or as a claim pack "
                "(.clm), which is scanned again without being parsed."},
        {"gen", NULL, 'G', "-o DIR",
                "Write synthetic claims with planted schemes and their labels."},
        {"rules", "list", 0, "", "List the rules, and what is built."},
        {"rules", "explain", 0, "ID", "Explain a rule: definition, traps, authority, dollars."},
        {"rules", "template", 0, "[NAME]", "Print a side table that you may bring."},
        {"rules", "bench", 'r', "INPUT...",
                "Say what each rule costs on claims, alone and in the run of all, and finds "
                "there."},
        {"calibrate", NULL, 'C', "FILE",
                "Learn the weights of rules from what reviewers decided: a table for scan "
                "--table precision_weights=FILE."},
        {"report", NULL, 'R', "RUN", "Make reports again from the tables of a finished run."},
        {"diff", NULL, 'D', "RUN_A RUN_B",
                "Say what differs between two runs: findings gained and lost, dollars, "
                "providers that moved, rules, settings and code sets."},
        {"codes", "build", 'b', "DIR -o OUT",
                "Compile a folder of releases, as their publishers lay them out, into "
                "images."},
        {"codes", "info", 'i', "[DIR]", "List the sets of a folder of images."},
        {"codes", "lookup", 'l', "CODE [DATE]", "Say all that the sets know of a code on a day."},
        {"codes", "diff", 'd', "OLD NEW",
                "Say what was added, ended, changed between two folders of images."},
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static bool is_first_of_group(size_t command)
{
	return command == 0 || strcmp(commands[command].group, commands[command - 1].group) != 0;
}

/* What an argument is completed from. */
enum argument { ARGUMENT_NONE, ARGUMENT_WORDS, ARGUMENT_FOLDER, ARGUMENT_FILE, ARGUMENT_OTHER };

static enum argument argument_kind(const char *argument)
{
	if (!argument)
		return ARGUMENT_NONE;
	if (strcmp(argument, "DIR") == 0)
		return ARGUMENT_FOLDER;
	if (strcmp(argument, "FILE") == 0)
		return ARGUMENT_FILE;
	if (!strchr(argument, '|'))
		return ARGUMENT_OTHER;
	for (const char *at = argument; *at; at++)
		if (!islower((unsigned char)*at) && *at != '|')
			return ARGUMENT_OTHER;
	return ARGUMENT_WORDS;
}

static void put_words(FILE *file, const char *argument)
{
	for (; *argument; argument++)
		putc(*argument == '|' ? ' ' : *argument, file);
}

/* ---- The man page ---- */

/* Text as troff reads it: no line begins a request, hyphens of options stay
 * hyphens. */
static void put_roff(FILE *file, const char *text)
{
	if (*text == '.' || *text == '\'')
		fputs("\\&", file);
	for (; *text; text++) {
		if (*text == '\\')
			fputs("\\e", file);
		else if (*text == '-')
			fputs("\\-", file);
		else
			putc(*text, file);
	}
}

static void put_bold(FILE *file, const char *text)
{
	fputs("\\fB", file);
	put_roff(file, text);
	fputs("\\fR", file);
}

static void put_command_name(FILE *file, const struct command *command)
{
	fputs("\\fBclaimscan ", file);
	put_roff(file, command->group);
	if (command->name) {
		putc(' ', file);
		put_roff(file, command->name);
	}
	fputs("\\fR", file);
}

static void put_synopsis(FILE *file)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		put_command_name(file, &commands[i]);
		if (commands[i].letter)
			fputs(" [\\fIoptions\\fR]", file);
		fputs(commands[i].operands[0] ? " " : "", file);
		put_roff(file, commands[i].operands);
		fputs("\n.br\n", file);
	}
	put_bold(file, "claimscan --help");
	fputs(" | ", file);
	put_bold(file, "--version");
	putc('\n', file);
}

static void put_option(FILE *file, const struct option *option)
{
	char letter[3] = {'-', option->letter, '\0'};

	fputs(".TP\n", file);
	if (option->letter) {
		put_bold(file, letter);
		fputs(", ", file);
	}
	fputs("\\fB\\-\\-", file);
	put_roff(file, option->name);
	fputs("\\fR", file);
	if (option->argument) {
		fputs(" \\fI", file);
		put_roff(file, option->argument);
		fputs("\\fR", file);
	}
	putc('\n', file);
	put_roff(file, option->words);
	putc('\n', file);
}

static void put_command(FILE *file, const struct command *command)
{
	fputs(".SS ", file);
	put_roff(file, command->group);
	fputs(command->name ? " " : "", file);
	put_roff(file, command->name ? command->name : "");
	putc('\n', file);
	put_roff(file, command->words);
	putc('\n', file);
	for (size_t i = 0; i < OPTIONS && command->letter; i++)
		if (is_built(&options[i], command->letter))
			put_option(file, &options[i]);
}

static const char page_end[] = ".SH FILES\n"
                               "A scan writes a run directory (0700, files 0600): providers.csv, "
                               "provider_rules.csv,\n"
                               "provider_codes.csv, provider_counts.csv, findings.csv, rules.csv, "
                               "quality.json,\n"
                               "manifest.json.\n"
                               "It is written beside its name and renamed at the end.\n"
                               ".br\n"
                               "\\fB\\-\\-history\\fR keeps in its directory (0700, files 0600) "
                               "tail.json and the claim\n"
                               "packs that it names: the lines of earlier months that later ones "
                               "are judged beside.\n"
                               "All lines of the window, which ends on \\fB\\-\\-as\\-of\\fR, else "
                               "on the last service but not\n"
                               "behind the last payment; meetings with patients for three years "
                               "before the oldest\n"
                               "claim that may still come; patients who have not left.\n"
                               "A file that is in it is not taken again (65).\n"
                               ".SH EXIT STATUS\n"
                               ".TP\n0\ndone, whatever was found\n"
                               ".TP\n64\nwrong command line\n"
                               ".TP\n65\nbad, changed or too bad input\n"
                               ".TP\n66\nno such or unreadable input\n"
                               ".TP\n69\na backend, level or report asked for by name is not here\n"
                               ".TP\n70\ninternal\n"
                               ".TP\n71\nmemory\n"
                               ".TP\n73\noutput exists or cannot be made\n"
                               ".TP\n74\nreading or writing failed\n"
                               ".TP\n78\nsettings, rules, tables or code sets invalid\n"
                               ".TP\n130, 143\nafter INT, TERM; nothing half\\-written is left\n"
                               ".SH EXAMPLES\n"
                               ".nf\n"
                               "claimscan scan claims/ \\-\\-members members.csv \\-\\-providers "
                               "providers.csv \\-o run\n"
                               "claimscan codes build releases \\-o images\n"
                               "claimscan codes lookup 99213 2025\\-03\\-01 \\-c images\n"
                               ".fi\n";

void manual_page(FILE *file)
{
	fputs(".TH CLAIMSCAN 1 \"\" \"claimscan " CLAIMSCAN_VERSION "\" \"User Commands\"\n"
	      ".SH NAME\n"
	      "claimscan \\- scan health\\-insurance claims in bulk\n"
	      ".SH SYNOPSIS\n",
	        file);
	put_synopsis(file);
	fputs(".SH DESCRIPTION\n"
	      "Files in; findings, counters and providers out, at the speed of the "
	      "files: coding\n"
	      "edits on every line and claim, exact counters per provider, evidence "
	      "for each\n"
	      "finding, the same bytes out whatever the number of threads.\n"
	      ".SH COMMANDS AND THEIR OPTIONS\n",
	        file);
	for (size_t i = 0; i < COMMANDS; i++)
		put_command(file, &commands[i]);
	fputs(page_end, file);
}

/* ---- bash ---- */

static void bash_option_words(FILE *file, char command)
{
	for (size_t i = 0; i < OPTIONS; i++) {
		if (!is_built(&options[i], command))
			continue;
		fprintf(file, " --%s", options[i].name);
		if (options[i].letter)
			fprintf(file, " -%c", options[i].letter);
	}
	fputs(" --help", file);
}

static void bash_argument(FILE *file, const struct command *command, const struct option *option)
{
	static const char *const lists[] = {
	        [ARGUMENT_FOLDER] = "compgen -d -- \"$current\"",
	        [ARGUMENT_FILE] = "compgen -f -- \"$current\"",
	        [ARGUMENT_OTHER] = "true",
	};
	enum argument kind = argument_kind(option->argument);
	const char *name = command->name ? command->name : "";

	if (kind == ARGUMENT_NONE)
		return;
	fprintf(file, "\t\"%s %s --%s\"", command->group, name, option->name);
	if (option->letter)
		fprintf(file, " | \"%s %s -%c\"", command->group, name, option->letter);
	fputs(") list=$(", file);
	if (kind == ARGUMENT_WORDS) {
		fputs("compgen -W '", file);
		put_words(file, option->argument);
		fputs("' -- \"$current\"", file);
	} else {
		fputs(lists[kind], file);
	}
	fputs(") ;;\n", file);
}

/* The word behind a group, or the names of all groups. */
static void put_names(FILE *file, const char *group)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		if (group && strcmp(commands[i].group, group) == 0)
			fprintf(file, " %s", commands[i].name);
		if (!group && is_first_of_group(i))
			fprintf(file, " %s", commands[i].group);
	}
}

static void complete_bash(FILE *file)
{
	fputs("# bash completion of claimscan\n"
	      "_claimscan() {\n"
	      "\tlocal current=${COMP_WORDS[COMP_CWORD]} "
	      "before=${COMP_WORDS[COMP_CWORD - 1]}\n"
	      "\tlocal group=${COMP_WORDS[1]-} name=\"\" list\n"
	      "\tcase $group in codes | rules) [ \"$COMP_CWORD\" -gt 2 ] && "
	      "name=${COMP_WORDS[2]} ;; esac\n"
	      "\tcase \"$COMP_CWORD $group\" in\n"
	      "\t\"1 \"*) list=$(compgen -W '",
	        file);
	put_names(file, NULL);
	fputs(" --help --version' -- \"$current\") ;;\n\t\"2 codes\") list=$(compgen "
	      "-W '",
	        file);
	put_names(file, "codes");
	fputs("' -- \"$current\") ;;\n\t\"2 rules\") list=$(compgen -W '", file);
	put_names(file, "rules");
	fputs("' -- \"$current\") ;;\n\t*) case \"$group $name $before\" in\n", file);
	for (size_t i = 0; i < COMMANDS; i++)
		for (size_t j = 0; j < OPTIONS && commands[i].letter; j++)
			if (is_built(&options[j], commands[i].letter))
				bash_argument(file, &commands[i], &options[j]);
	fputs("\t*) case \"$group $name $current\" in\n", file);
	for (size_t i = 0; i < COMMANDS; i++) {
		if (!commands[i].letter)
			continue;
		fprintf(file, "\t\"%s %s -\"*) list=$(compgen -W '", commands[i].group,
		        commands[i].name ? commands[i].name : "");
		bash_option_words(file, commands[i].letter);
		fputs("' -- \"$current\") ;;\n", file);
	}
	fputs("\t*) list=$(compgen -f -- \"$current\") ;;\n"
	      "\tesac ;;\n"
	      "\tesac ;;\n"
	      "\tesac\n"
	      "\tmapfile -t COMPREPLY <<<\"$list\"\n"
	      "\t[ -n \"$list\" ] || COMPREPLY=()\n"
	      "}\n"
	      "complete -o filenames -F _claimscan claimscan\n",
	        file);
}

/* ---- zsh ---- */

/* Words inside '...[words]...': no quote, bracket or colon of theirs counts. */
static void put_zsh(FILE *file, const char *text)
{
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\''", file);
		else if (strchr("[]:\\", *text))
			fprintf(file, "\\%c", *text);
		else
			putc(*text, file);
	}
}

static void zsh_option(FILE *file, const struct option *option)
{
	static const char *const actions[] = {
	        [ARGUMENT_FOLDER] = "_files -/",
	        [ARGUMENT_FILE] = "_files",
	        [ARGUMENT_OTHER] = " ",
	};
	enum argument kind = argument_kind(option->argument);

	fputs("\t\t\t", file);
	if (option->letter)
		fprintf(file, "'(-%c --%s)'{-%c%s,--%s%s}'[", option->letter, option->name,
		        option->letter, kind ? "+" : "", option->name, kind ? "=" : "");
	else
		fprintf(file, "'--%s%s[", option->name, kind ? "=" : "");
	put_zsh(file, option->words);
	putc(']', file);
	if (kind != ARGUMENT_NONE) {
		putc(':', file);
		put_zsh(file, option->argument);
		putc(':', file);
	}
	if (kind == ARGUMENT_WORDS) {
		putc('(', file);
		put_words(file, option->argument);
		putc(')', file);
	} else if (kind != ARGUMENT_NONE) {
		fputs(actions[kind], file);
	}
	fputs("' \\\n", file);
}

static void zsh_command(FILE *file, const struct command *command)
{
	fprintf(file, "\t%s%s%s)\n\t\t_arguments -s -S \\\n", command->group,
	        command->name ? "\\ " : "", command->name ? command->name : "");
	for (size_t i = 0; i < OPTIONS && command->letter; i++)
		if (is_built(&options[i], command->letter))
			zsh_option(file, &options[i]);
	fputs("\t\t\t'--help[list the options]' '*:file:_files'\n\t\t;;\n", file);
}

static void complete_zsh(FILE *file)
{
	fputs("#compdef claimscan\n"
	      "_claimscan() {\n"
	      "\tlocal command=$words[2]\n"
	      "\tif (( CURRENT == 2 )); then\n\t\tcompadd --",
	        file);
	put_names(file, NULL);
	fputs(" --help --version\n\t\treturn\n\tfi\n"
	      "\tcase $command in\n"
	      "\tcodes | rules)\n"
	      "\t\tif (( CURRENT == 3 )); then\n"
	      "\t\t\tif [[ $command == codes ]]; then compadd --",
	        file);
	put_names(file, "codes");
	fputs("; else compadd --", file);
	put_names(file, "rules");
	fputs("; fi\n\t\t\treturn\n\t\tfi\n"
	      "\t\tcommand=\"$command $words[3]\"\n"
	      "\t\tshift words\n\t\t(( CURRENT-- ))\n\t\t;;\n\tesac\n"
	      "\tshift words\n\t(( CURRENT-- ))\n"
	      "\tcase $command in\n",
	        file);
	for (size_t i = 0; i < COMMANDS; i++)
		zsh_command(file, &commands[i]);
	fputs("\tesac\n}\n_claimscan \"$@\"\n", file);
}

/* ---- fish ---- */

static void put_fish(FILE *file, const char *text)
{
	for (; *text; text++) {
		if (*text == '\'' || *text == '\\')
			putc('\\', file);
		putc(*text, file);
	}
}

/* The words may stand in any order: "codes diff" has seen "diff" too. */
static void fish_condition(FILE *file, const struct command *command)
{
	fputs("complete -c claimscan -n '", file);
	for (size_t i = 0; i < COMMANDS && !command->name; i++) {
		if (commands[i].name && strcmp(commands[i].name, command->group) == 0)
			fprintf(file, "not __fish_seen_subcommand_from %s; and ",
			        commands[i].group);
	}
	fprintf(file, "__fish_seen_subcommand_from %s", command->group);
	if (command->name)
		fprintf(file, "; and __fish_seen_subcommand_from %s", command->name);
	putc('\'', file);
}

static void fish_option(FILE *file, const struct command *command, const struct option *option)
{
	enum argument kind = argument_kind(option->argument);

	fish_condition(file, command);
	fprintf(file, " -l %s", option->name);
	if (option->letter)
		fprintf(file, " -s %c", option->letter);
	if (kind == ARGUMENT_WORDS) {
		fputs(" -x -a '", file);
		put_words(file, option->argument);
		putc('\'', file);
	} else if (kind == ARGUMENT_FOLDER) {
		fputs(" -x -a '(__fish_complete_directories)'", file);
	} else if (kind == ARGUMENT_FILE) {
		fputs(" -r -F", file);
	} else if (kind == ARGUMENT_OTHER) {
		fputs(" -x", file);
	}
	fputs(" -d '", file);
	put_fish(file, option->words);
	fputs("'\n", file);
}

static void fish_name(FILE *file, const struct command *command)
{
	fprintf(file, "complete -c claimscan -f -n '__fish_seen_subcommand_from %s' -a %s -d '",
	        command->group, command->name);
	put_fish(file, command->words);
	fputs("'\n", file);
}

static void complete_fish(FILE *file)
{
	fputs("# fish completion of claimscan\n"
	      "complete -c claimscan -f -n __fish_use_subcommand -a '",
	        file);
	put_names(file, NULL);
	fputs("'\n", file);
	for (size_t i = 0; i < COMMANDS; i++) {
		if (commands[i].name)
			fish_name(file, &commands[i]);
		for (size_t j = 0; j < OPTIONS && commands[i].letter; j++)
			if (is_built(&options[j], commands[i].letter))
				fish_option(file, &commands[i], &options[j]);
	}
}

int manual_completion(FILE *file, const char *shell, struct diag *diag)
{
	if (strcmp(shell, "bash") == 0)
		complete_bash(file);
	else if (strcmp(shell, "zsh") == 0)
		complete_zsh(file);
	else if (strcmp(shell, "fish") == 0)
		complete_fish(file);
	else
		return diag_set(diag, FAIL_USAGE,
		        "--completion: no \"%s\"; there are bash, zsh, fish", shell);
	return 0;
}
