/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/explain.h"
#include "rules/rules.h"
#include "rules/suggest.h"
#include "rules/templates.h"

#include <string.h>

enum { TEXT_COLUMN = 12, LINE_WIDTH = 96 };

/* Watch if every check is; "part" if some are. */
static const char *shipped_state(const struct rule *rule)
{
	size_t watched = 0;

	if (!rule)
		return "not built";
	for (size_t k = 0; k < rule->check_count; k++)
		watched += rule->checks[k].watch;
	if (watched == rule->check_count)
		return "watch";
	return watched ? "on, part watch" : "on";
}

int rules_print_list(FILE *out)
{
	fprintf(out, "%-8s%-6s%-16s%s\n", "rule", "tier", "state", "name");
	for (size_t r = 0; r < rules_count(); r++) {
		const struct rule_entry *entry = rule_at(r);

		fprintf(out, "%-8s%-6s%-16s%s\n", entry->id, entry->tier,
		        shipped_state(entry->rule), entry->name);
	}
	return 0;
}

/* A heading, and words wrapped in a column beside it. */
static void print_text(FILE *out, const char *heading, const char *text)
{
	int column = fprintf(out, "%-*s", TEXT_COLUMN - 1, heading);

	while (*text) {
		int size = (int)strcspn(text, " ");

		if (column >= TEXT_COLUMN && column + 1 + size > LINE_WIDTH)
			column = fprintf(out, "\n%*s", TEXT_COLUMN - 1, "") - 1;
		column += fprintf(out, " %.*s", size, text);
		text += size + (text[size] == ' ');
	}
	fputc('\n', out);
}

static void print_checks(FILE *out, const struct rule *rule)
{
	static const char *const scopes[] = {[CHECK_LINE] = "line",
	        [CHECK_CLAIM] = "claim",
	        [CHECK_JOIN] = "claim",
	        [CHECK_HISTORY] = "history"};

	for (size_t k = 0; k < rule->check_count; k++) {
		const struct rule_check *check = &rule->checks[k];

		if (rule->check_count > 1 && check->kind[0])
			fprintf(out, "%-*s%s (%s%s)\n", TEXT_COLUMN, k ? "" : "kinds", check->kind,
			        scopes[check->scope], check->watch ? ", watch" : "");
	}
}

static int refuse_rule(const char *id, struct diag *diag)
{
	struct suggestion suggestion;

	suggest_begin(&suggestion, id);
	for (size_t r = 0; r < rules_count(); r++)
		suggest_try(&suggestion, rule_at(r)->id);
	if (suggestion.best)
		return diag_set(
		        diag, FAIL_USAGE, "no rule %s; did you mean %s?", id, suggestion.best);
	return diag_set(diag, FAIL_USAGE, "no rule %s; claimscan rules list shows them", id);
}

int rules_print_explain(FILE *out, const char *id, struct diag *diag)
{
	int number = rule_find(id);
	const struct rule_entry *entry;
	const struct rule *rule;

	if (number < 0)
		return refuse_rule(id, diag);
	entry = rule_at((size_t)number);
	rule = entry->rule;
	fprintf(out, "%s  %s\n\n", entry->id, entry->name);
	print_text(out, "state", shipped_state(rule));
	print_text(out, "tier", entry->tier);
	print_text(out, "scope", entry->scope);
	print_text(out, "a hit is", entry->hit_unit);
	if (!rule)
		return 0;
	print_checks(out, rule);
	print_text(out, "finds", rule->definition);
	print_text(out, "mind", rule->traps);
	print_text(out, "evaluated", rule->evaluated);
	print_text(out, "dollars", rule->dollars);
	print_text(out, "tables", rule->tables);
	print_text(out, "settings", rule->parameters);
	print_text(out, "authority", rule->authority);
	return 0;
}

static int refuse_template(const char *name, struct diag *diag)
{
	struct suggestion suggestion;

	suggest_begin(&suggestion, name);
	for (size_t t = 0; t < templates_count(); t++)
		suggest_try(&suggestion, template_at(t)->name);
	if (suggestion.best)
		return diag_set(diag, FAIL_USAGE, "no template %s; did you mean %s?", name,
		        suggestion.best);
	return diag_set(diag, FAIL_USAGE,
	        "no template %s; claimscan rules template without a name lists them", name);
}

static int print_templates(FILE *out)
{
	for (size_t t = 0; t < templates_count(); t++) {
		const struct rule_template *template = template_at(t);

		fprintf(out, "%s%s\n", t ? "\n" : "", template->name);
		print_text(out, "", template->words);
		print_text(out, "given by", template->use);
		print_text(out, "columns", template->header);
	}
	return 0;
}

int rules_print_template(FILE *out, const char *name, struct diag *diag)
{
	const struct rule_template *template = name ? template_find(name) : NULL;

	if (!name)
		return print_templates(out);
	if (!template)
		return refuse_template(name, diag);
	fprintf(out, "%s\n%s", template->header, template->rows);
	return 0;
}
