/* SPDX-License-Identifier: Apache-2.0 */
#include "diff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int diff_no_memory(struct diag *diag)
{
	return diag_set(diag, FAIL_MEMORY, "no memory to compare runs");
}

/* ---- Manifests ---- */

static const struct json_value *member(const struct json_tree *tree, const char *a, const char *b)
{
	const struct json_value *value = json_read_member(json_read_root(tree), a);

	return b ? json_read_member(value, b) : value;
}

static int add_change(struct diff *diff, const char *what, const char *name,
        const char *const of[DIFF_SIDES], struct diag *diag)
{
	if (strcmp(of[0], of[1]) == 0)
		return 0;
	struct diff_change *changes = realloc(
	        diff->changes, (diff->change_count + 1) * sizeof(*changes));

	if (!changes)
		return diff_no_memory(diag);
	diff->changes = changes;
	struct diff_change *change = &changes[diff->change_count++];

	*change = (struct diff_change){
	        .what = what, .name = strdup(name), .of = {strdup(of[0]), strdup(of[1])}};
	return change->name && change->of[0] && change->of[1] ? 0 : diff_no_memory(diag);
}

/* Members of two objects that differ, in the order of the first, then of the second. */
static int compare_objects(struct diff *diff, const char *what,
        const struct json_value *const objects[DIFF_SIDES], struct diag *diag)
{
	int err = 0;

	for (int side = 0; side < DIFF_SIDES; side++) {
		for (size_t i = 0; i < json_read_count(objects[side]) && err == 0; i++) {
			const char *name = json_read_name(objects[side], i);

			if (!name)
				return diag_set(diag, FAIL_DATA,
				        "%s/manifest.json: a list where a %s has its name",
				        diff->paths[side], what);
			const struct json_value *of[DIFF_SIDES] = {
			        json_read_member(objects[0], name),
			        json_read_member(objects[1], name)};
			const char *const texts[] = {json_read_text(of[0]), json_read_text(of[1])};
			bool is_hash = strcmp(name, "xxh3") == 0;

			if (!is_hash && (side == 0 || !of[0]))
				err = add_change(diff, what, name, texts, diag);
		}
	}
	return err;
}

static const struct json_value *find_set(const struct json_value *sets, const char *name)
{
	for (size_t i = 0; i < json_read_count(sets); i++) {
		const struct json_value *set = json_read_at(sets, i);

		if (strcmp(json_read_text(json_read_member(set, "set")), name) == 0)
			return set;
	}
	return NULL;
}

enum { SET_TEXT_MAX = 512 };

/* "2025Q1, 10,042 codes, xxh3 0123456789abcdef..." */
static void set_text(const struct json_value *set, char text[SET_TEXT_MAX])
{
	text[0] = '\0';
	if (set)
		snprintf(text, SET_TEXT_MAX, "%s, %s codes, %s..%s, xxh3 %.16s",
		        json_read_text(json_read_member(set, "release")),
		        json_read_text(json_read_member(set, "codes")),
		        json_read_text(json_read_member(set, "from")),
		        json_read_text(json_read_member(set, "to")),
		        json_read_text(json_read_member(set, "xxh3")));
}

static int compare_sets(
        struct diff *diff, const struct json_value *const sets[DIFF_SIDES], struct diag *diag)
{
	char texts[DIFF_SIDES][SET_TEXT_MAX];
	const char *const of[] = {texts[0], texts[1]};
	int err = 0;

	for (int side = 0; side < DIFF_SIDES; side++) {
		for (size_t i = 0; i < json_read_count(sets[side]) && err == 0; i++) {
			const char *name = json_read_text(
			        json_read_member(json_read_at(sets[side], i), "set"));
			const struct json_value *first = find_set(sets[0], name);

			if (side == 1 && first)
				continue;
			set_text(first, texts[0]);
			set_text(find_set(sets[1], name), texts[1]);
			err = add_change(diff, "code set", name, of, diag);
		}
	}
	return err;
}

/* ---- Inputs: equal if size and hash are, whatever their names ---- */

enum { INPUT_TEXT_SIZE = 64 };

static int compare_inputs_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* The inputs of a run as sorted texts "size xxh3"; the caller frees. */
static int list_inputs(
        const struct json_value *inputs, char (**list)[INPUT_TEXT_SIZE], struct diag *diag)
{
	size_t count = json_read_count(inputs);

	*list = calloc(count + 1, sizeof(**list));
	if (!*list)
		return diff_no_memory(diag);
	for (size_t i = 0; i < count; i++) {
		const struct json_value *input = json_read_at(inputs, i);

		snprintf((*list)[i], INPUT_TEXT_SIZE, "%s %s",
		        json_read_text(json_read_member(input, "size")),
		        json_read_text(json_read_member(input, "xxh3")));
	}
	qsort(*list, count, sizeof(**list), compare_inputs_text);
	return 0;
}

static int compare_inputs(
        struct diff *diff, const struct json_value *const inputs[DIFF_SIDES], struct diag *diag)
{
	char(*lists[DIFF_SIDES])[INPUT_TEXT_SIZE] = {NULL};
	size_t counts[] = {json_read_count(inputs[0]), json_read_count(inputs[1])};
	int err = list_inputs(inputs[0], &lists[0], diag);

	if (err == 0)
		err = list_inputs(inputs[1], &lists[1], diag);
	for (size_t a = 0, b = 0; err == 0 && (a < counts[0] || b < counts[1]);) {
		int order = a == counts[0]   ? 1
		            : b == counts[1] ? -1
		                             : strcmp(lists[0][a], lists[1][b]);

		diff->inputs_same += order == 0;
		diff->inputs_only[0] += order < 0;
		diff->inputs_only[1] += order > 0;
		a += order <= 0;
		b += order >= 0;
	}
	free(lists[0]);
	free(lists[1]);
	return err;
}

/* ---- All of the manifests ---- */

static bool keeps_all(const struct json_tree *manifest)
{
	return strcmp(json_read_text(member(manifest, "settings", "findings")), "all") == 0;
}

static bool hides_counts(const struct json_tree *manifest)
{
	return strcmp(json_read_text(member(manifest, "public", NULL)), "true") == 0;
}

static int read_counts(
        struct diff *diff, const struct json_tree *manifest, int side, struct diag *diag)
{
	const struct json_value *in = member(manifest, "counts", "in");
	const struct json_value *out = member(manifest, "counts", "out");

	diff->claims[side] = strdup(json_read_text(json_read_member(in, "claims")));
	diff->lines[side] = strdup(json_read_text(json_read_member(in, "lines")));
	diff->findings[side] = strdup(json_read_text(json_read_member(out, "findings")));
	return diff->claims[side] && diff->lines[side] && diff->findings[side]
	               ? 0
	               : diff_no_memory(diag);
}

static int read_manifests(
        struct diff *diff, struct json_tree *const manifests[DIFF_SIDES], struct diag *diag)
{
	static const struct {
		const char *what, *a, *b;
	} objects[] = {
	        {"build", "build", NULL},
	        {"setting", "settings", NULL},
	        {"dollars of", "rules", "dollars_of"},
	};
	int err = 0;

	diff->is_exact = keeps_all(manifests[0]) && keeps_all(manifests[1]);
	for (int side = 0; side < DIFF_SIDES && err == 0; side++) {
		diff->is_public[side] = hides_counts(manifests[side]);
		err = read_counts(diff, manifests[side], side, diag);
	}
	for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]) && err == 0; i++) {
		const struct json_value *const of[] = {
		        member(manifests[0], objects[i].a, objects[i].b),
		        member(manifests[1], objects[i].a, objects[i].b)};

		err = compare_objects(diff, objects[i].what, of, diag);
	}
	const struct json_value *const sets[] = {
	        member(manifests[0], "code_sets", NULL), member(manifests[1], "code_sets", NULL)};
	const struct json_value *const inputs[] = {
	        member(manifests[0], "inputs", NULL), member(manifests[1], "inputs", NULL)};

	if (err == 0)
		err = compare_sets(diff, sets, diag);
	return err == 0 ? compare_inputs(diff, inputs, diag) : err;
}

/* ---- All ---- */

static int read_runs(struct diff *diff, const struct diff_runs *runs, struct diag *diag)
{
	int err = read_manifests(diff, runs->manifests, diag);

	if (err == 0)
		err = diff_read_rules(diff, runs, diag);
	if (err == 0)
		err = diff_read_findings(diff, runs, diag);
	return err == 0 ? diff_read_providers(diff, runs, diag) : err;
}

static int open_and_read(struct diff *diff, int (*stopped)(void), struct diag *diag)
{
	struct run_folder folders[DIFF_SIDES];
	struct json_tree *manifests[DIFF_SIDES] = {NULL};
	struct diff_runs runs = {folders, manifests, stopped};
	int opened = 0, err = 0;

	for (int i = 0; i < DIFF_SIDES && err == 0; i++) {
		err = run_folder_open(&folders[i], diff->paths[i], diag);
		opened += err == 0;
		if (err == 0)
			err = json_read_create(&manifests[i], &folders[i], "manifest.json", diag);
	}
	if (err == 0)
		err = read_runs(diff, &runs, diag);
	for (int i = 0; i < opened; i++) {
		json_read_destroy(manifests[i]);
		run_folder_close(&folders[i]);
	}
	return err;
}

int diff_create(struct diff **diff, const char *const paths[DIFF_SIDES], size_t limit,
        int (*stopped)(void), struct diag *diag)
{
	struct diff *made = calloc(1, sizeof(*made));

	if (!made)
		return diff_no_memory(diag);
	made->limit = limit;
	memcpy(made->paths, paths, sizeof(made->paths));
	int err = open_and_read(made, stopped, diag);

	if (err < 0) {
		diff_destroy(made);
		return err;
	}
	*diff = made;
	return 0;
}

void diff_destroy(struct diff *diff)
{
	if (!diff)
		return;
	for (size_t i = 0; i < diff->change_count; i++) {
		free(diff->changes[i].name);
		free(diff->changes[i].of[0]);
		free(diff->changes[i].of[1]);
	}
	for (size_t i = 0; i < diff->provider_count; i++)
		free(diff->providers[i].npi);
	for (int side = 0; side < DIFF_SIDES; side++) {
		free(diff->claims[side]);
		free(diff->lines[side]);
		free(diff->findings[side]);
	}
	free(diff->changes);
	free(diff->rules);
	free(diff->providers);
	free(diff);
}

int64_t diff_more(const int64_t of[DIFF_SIDES])
{
	int64_t a = of[0] == TABLE_BLANK ? 0 : of[0], b = of[1] == TABLE_BLANK ? 0 : of[1], more;

	if (__builtin_sub_overflow(b, a, &more) || more == INT64_MIN)
		more = b < a ? -INT64_MAX : INT64_MAX;
	return more;
}

bool diff_is_empty(const struct diff *diff)
{
	bool same = diff->change_count == 0 && diff->inputs_only[0] == 0 &&
	            diff->inputs_only[1] == 0 && diff->moved == 0 && diff->ranked_anew == 0;

	for (size_t i = 0; i < diff->rule_count && same; i++) {
		const struct diff_rule *rule = &diff->rules[i];

		same = strcmp(rule->state[0], rule->state[1]) == 0 && rule->gained == 0 &&
		       rule->lost == 0 && rule->changed == 0 && rule->hits[0] == rule->hits[1] &&
		       rule->cents[0] == rule->cents[1];
	}
	return same;
}
