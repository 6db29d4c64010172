/* SPDX-License-Identifier: Apache-2.0 */
#include "codes_private.h"
#include "codes_view.h"

#include "base/date.h"
#include "base/hash.h"
#include "history/edits.h"
#include "lookup/codes.h"
#include "lookup/pairs.h"
#include "report/run.h"

#include <stdio.h>
#include <string.h>

enum { HASH_HEX = 33 };

/* A set as `codes info` tells it; of an image, or of the starter set. */
struct info {
	const char *name, *title;
	char release[VIEW_RELEASE_MAX];
	size_t codes, windows;
	int32_t from, to;
	size_t size; /* 0: no image */
	char hash[HASH_HEX];
	bool partial;
	const struct set *set; /* or NULL */
};

static void put_hash(char text[HASH_HEX], uint64_t low, uint64_t high)
{
	snprintf(text, HASH_HEX, "%016llx%016llx", (unsigned long long)high,
	        (unsigned long long)low);
}

static int info_of_set(struct info *info, const struct set *set, struct diag *diag)
{
	struct hash128 hash = hash128(set->image, set->image_size);

	*info = (struct info){.name = set->schema->name,
	        .title = set->schema->title,
	        .codes = set->key_count,
	        .windows = set->row_count,
	        .from = set->from,
	        .to = set->to,
	        .size = set->image_size,
	        .partial = set->partial,
	        .set = set};
	view_releases(set, info->release);
	put_hash(info->hash, hash.low, hash.high);
	if (view_has_pairs(set)) {
		struct pairs pairs;
		int err = pairs_open(&pairs, set, diag);

		if (err)
			return err;
		info->codes = pairs.pair_count;
		info->windows = pairs.window_count;
	}
	return 0;
}

static void info_of_starter(struct info *info, const struct codes_set_info *set)
{
	*info = (struct info){.name = set->name,
	        .title = "inside the program",
	        .codes = set->codes,
	        .windows = set->codes,
	        .from = set->from,
	        .to = set->to,
	        .partial = set->partial};
	snprintf(info->release, sizeof(info->release), "%s", set->release);
	put_hash(info->hash, set->hash[0], set->hash[1]);
}

/* The starter's pairs, which are no set of struct codes. */
static int info_of_edits(struct info *info, struct diag *diag)
{
	struct edits *edits = NULL;
	struct edit_row row;
	size_t count = 0, size;
	int err = edits_create(&edits, NULL, diag);

	while (err == 0 && edits_starter_at(edits, count, &row))
		count++;
	edits_destroy(edits);
	const char *text = edits_starter_text(&size);
	struct hash128 hash = hash128(text, size);
	const struct codes_set_info set = {.name = "ptp",
	        .release = "starter 1",
	        .from = INT32_MIN,
	        .to = INT32_MAX,
	        .codes = count,
	        .hash = {hash.low, hash.high},
	        .partial = true};

	info_of_starter(info, &set);
	return err;
}

/* ---- Text ---- */

static void print_heading(void)
{
	printf("%-18s %9s %9s  %-24s %11s  %-16s  %s\n", "set", "codes", "windows", "covers",
	        "bytes", "xxh3", "releases");
}

/* The first half of the hash tells two images apart for the eye; --json has all
 * of it. */
static void print_info(const struct info *info)
{
	char window[VIEW_WINDOW_MAX];

	printf("%-18s %9zu %9zu  %-24s %11zu  %.16s  %s%s\n", info->name, info->codes,
	        info->windows, view_window(info->from, info->to, window), info->size, info->hash,
	        info->release, info->partial ? " (partial)" : "");
}

/* ---- JSON ---- */

static void json_sources(struct json *json, const struct set *set)
{
	json_array(json, "sources", false);
	for (size_t i = 0; i < set_source_count(set); i++) {
		struct set_source source;
		char hash[HASH_HEX];

		set_source_at(set, i, &source);
		put_hash(hash, source.hash[0], source.hash[1]);
		json_object(json, NULL, true);
		json_text(json, "path", source.path);
		json_text(json, "release", source.release);
		view_json_day(json, "from", source.from);
		view_json_day(json, "to", source.to);
		json_text(json, "xxh3", hash);
		json_end(json);
	}
	json_end(json);
}

static void json_info(struct json *json, const struct info *info)
{
	json_object(json, NULL, false);
	json_text(json, "set", info->name);
	json_text(json, "release", info->release);
	json_unsigned(json, "codes", info->codes);
	json_unsigned(json, "windows", info->windows);
	view_json_day(json, "from", info->from);
	view_json_day(json, "to", info->to);
	json_unsigned(json, "bytes", info->size);
	json_text(json, "xxh3", info->hash);
	json_bool(json, "partial", info->partial);
	if (info->set)
		json_sources(json, info->set);
	json_end(json);
}

/* ---- Both ---- */

/* Where the words go: JSON into a memory out, text to stdout. */
struct telling {
	bool as_json;
	struct json json;
	struct out *out;
};

static int telling_begin(struct telling *telling, bool as_json, struct diag *diag)
{
	int err;

	telling->as_json = as_json;
	if (!as_json) {
		print_heading();
		return 0;
	}
	err = out_create_memory(&telling->out, diag);
	if (err)
		return err;
	json_init(&telling->json, telling->out);
	json_array(&telling->json, NULL, false);
	return 0;
}

static void tell(struct telling *telling, const struct info *info)
{
	if (telling->as_json)
		json_info(&telling->json, info);
	else
		print_info(info);
}

static int telling_end(struct telling *telling, struct diag *diag)
{
	if (!telling->as_json)
		return 0;
	json_end(&telling->json);
	return view_print(telling->out, diag);
}

static int info_starter(bool as_json, struct diag *diag)
{
	struct telling telling;
	struct codes *codes;
	int err = codes_open_starter(&codes, diag);

	if (err)
		return err;
	err = telling_begin(&telling, as_json, diag);
	for (size_t i = 0; i < codes_set_count(codes) && !err; i++) {
		struct info info;

		info_of_starter(&info, codes_set_at(codes, i));
		tell(&telling, &info);
	}
	struct info edits;

	if (!err)
		err = info_of_edits(&edits, diag);
	if (!err)
		tell(&telling, &edits);
	codes_destroy(codes);
	return err ? err : telling_end(&telling, diag);
}

static int info_folder(const struct sets *sets, bool as_json, struct diag *diag)
{
	struct telling telling;
	int err = telling_begin(&telling, as_json, diag);

	if (err)
		return err;
	for (size_t i = 0; i < sets_count(sets) && !err; i++) {
		struct info info;

		err = info_of_set(&info, sets_at(sets, i), diag);
		if (!err)
			tell(&telling, &info);
	}
	if (err && as_json)
		out_destroy(telling.out);
	return err ? err : telling_end(&telling, diag);
}

int codes_info(const char *folder, bool json, bool verify, struct diag *diag)
{
	struct codes *owner;
	struct sets *sets;
	int err;

	if (!folder)
		return info_starter(json, diag);
	err = codes_folder_sets(&owner, &sets, folder, diag);
	if (err)
		return err;
	if (verify)
		err = sets_verify(sets, diag);
	if (!err)
		err = info_folder(sets, json, diag);
	if (!err && verify && !json)
		printf("all %zu verified\n", sets_count(sets));
	codes_destroy(owner);
	return err;
}
