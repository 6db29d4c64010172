/* SPDX-License-Identifier: Apache-2.0 */
#include "report/manifest.h"

#include "base/hash.h"
#include "report/json.h"
#include "report/number.h"

#include <stdio.h>
#include <string.h>

enum { HASH_TEXT_SIZE = 33 };

static void hash_text(uint64_t high, uint64_t low, char text[HASH_TEXT_SIZE])
{
	*number_hex(number_hex(text, high), low) = '\0';
}

static void json_hash(struct json *json, const char *key, uint64_t high, uint64_t low)
{
	char text[HASH_TEXT_SIZE];

	hash_text(high, low, text);
	json_text(json, key, text);
}

static void write_files(struct json *json, const struct plan *plan, bool is_tail)
{
	for (size_t i = 0; i < plan->file_count; i++) {
		uint64_t hash[2];

		plan_tree_hash(plan, i, hash);
		json_object(json, NULL, true);
		json_text(json, "path", plan->files[i].path);
		json_unsigned(json, "size", plan->files[i].size_bytes);
		json_hash(json, "xxh3", hash[1], hash[0]);
		if (is_tail)
			json_bool(json, "tail", true);
		json_end(json);
	}
}

static void write_inputs(struct json *json, const struct quality *quality)
{
	json_array(json, "inputs", false);
	write_files(json, quality->plan, false);
	if (quality->tail && quality->tail->plan)
		write_files(json, quality->tail->plan, true);
	json_end(json);
}

/*
 * The next tail is the one before and the new lines, less those that went: of these
 * four counts one that is small would follow from the others.
 */
static bool hides_tail(const struct quality *quality)
{
	const struct quality_tail *tail = quality->tail;
	uint64_t all = tail->used.lines + quality->counts->used;

	return count_is_small(tail->used.lines) || count_is_small(tail->written.lines) ||
	       count_is_small(quality->counts->used) || count_is_small(all - tail->written.lines);
}

/* hidden: its lines, and its bytes, which tell of them. */
static void write_tail_of(struct json *json, const char *key, const struct quality_tail_of *tail,
        bool is_there, bool hidden)
{
	if (!is_there) {
		json_literal(json, key, "null");
		return;
	}
	json_object(json, key, true);
	json_unsigned(json, "packs", tail->packs);
	json_hidden_count(json, "bytes", tail->bytes, hidden);
	json_hidden_count(json, "lines", tail->lines, hidden);
	json_unsigned(json, "files", tail->files);
	json_date(json, "first_service", tail->first_service);
	json_date(json, "last_service", tail->last_service);
	json_date(json, "edge", tail->edge);
	json_date(json, "whole_from", tail->whole_from);
	json_date(json, "met_from", tail->met_from);
	json_end(json);
}

/* The tail of earlier months that was read, and the one that was left for the next. */
static void write_tail(struct json *json, const struct quality *quality)
{
	const struct quality_tail *tail = quality->tail;

	if (!tail)
		return;
	bool hidden = hides_tail(quality);

	json_object(json, "tail", false);
	json_unsigned(json, "history_days", tail->days);
	write_tail_of(json, "used", &tail->used, tail->is_used, hidden);
	json_count(json, "claims_again", tail->again);
	write_tail_of(json, "written", &tail->written, tail->is_written, hidden);
	json_end(json);
}

static void write_codes(struct json *json, const struct codes *codes)
{
	json_array(json, "code_sets", false);
	for (size_t i = 0; codes && i < codes_set_count(codes); i++) {
		const struct codes_set_info *set = codes_set_at(codes, i);

		json_object(json, NULL, true);
		json_text(json, "set", set->name);
		json_text(json, "release", set->release);
		json_date(json, "from", set->from);
		json_date(json, "to", set->to);
		json_unsigned(json, "codes", set->codes);
		json_bool(json, "partial", set->partial);
		json_hash(json, "xxh3", set->hash[1], set->hash[0]);
		json_end(json);
	}
	json_end(json);
}

/* Lines by set and year whose days the set does not cover. */
static void write_outside(struct json *json, const char *set, const uint64_t lines[OUTSIDE_YEARS])
{
	uint64_t sum = 0;

	for (unsigned year = 0; year < OUTSIDE_YEARS; year++)
		sum += lines[year];
	if (sum == 0)
		return;
	json_object(json, set, true);
	for (unsigned year = 0; year < OUTSIDE_YEARS; year++) {
		char text[16];

		if (lines[year] == 0)
			continue;
		snprintf(text, sizeof(text), "%u", OUTSIDE_YEAR_FIRST + year);
		json_count(json, text, lines[year]);
	}
	json_end(json);
}

/* outside: NULL writes none. */
static void write_codes_outside(struct json *json, const struct codes_outside *outside)
{
	if (!outside)
		return;
	json_object(json, "codes_outside", false);
	for (unsigned part = 0; part < PART_COUNT; part++)
		write_outside(json, codes_part_name((enum codes_part)part), outside->lines[part]);
	write_outside(json, "ptp_practitioner", outside->pairs[OUTSIDE_PRACTITIONER]);
	write_outside(json, "ptp_hospital", outside->pairs[OUTSIDE_HOSPITAL]);
	json_end(json);
}

/* ---- Rules and settings. ---- */

static bool is_active(const struct rules_table *table, size_t rule)
{
	return table->state[rule] != STATE_OFF && table->state[rule] != STATE_NOT_BUILT;
}

static void feed_word(struct hash128_stream *stream, const char *text)
{
	hash128_feed(stream, text ? text : "", text ? strlen(text) : 0);
	hash128_feed(stream, "\n", 1);
}

/* Of what the active rules are, not of what the data let them judge. */
static void write_rules_hash(struct json *json, const struct rules_table *table)
{
	struct hash128_stream stream;
	struct hash128 hash;

	hash128_begin(&stream);
	for (size_t i = 0; i < RULES_ALL; i++) {
		const struct rule *rule = rule_at(i)->rule;

		if (!rule || !is_active(table, i))
			continue;
		feed_word(&stream, rule->id);
		feed_word(&stream, rule->definition);
		feed_word(&stream, rule->parameters);
		feed_word(&stream, rule->dollars);
		feed_word(&stream, rule->evaluated);
		for (size_t k = 0; k < rule->check_count; k++)
			feed_word(&stream, rule->checks[k].watch ? "watch" : "on");
	}
	hash = hash128_end(&stream);
	json_hash(json, "xxh3", hash.high, hash.low);
}

static void write_rules_of(
        struct json *json, const char *key, const struct rules_table *table, enum rule_state state)
{
	json_array(json, key, true);
	for (size_t i = 0; i < RULES_ALL; i++) {
		if (table->state[i] == state)
			json_text(json, NULL, rule_at(i)->id);
	}
	json_end(json);
}

/* Of rules that are on: the kinds whose findings are counted only, so that rows add up. */
static void write_watch_kinds(struct json *json, const struct rules_table *table)
{
	json_array(json, "watch_kinds", true);
	for (size_t i = 0; i < RULES_ALL; i++) {
		const struct rule *rule = rule_at(i)->rule;

		for (size_t k = 0; table->state[i] == STATE_ON && k < rule->check_count; k++) {
			if (!rule->checks[k].watch)
				continue;
			json_object(json, NULL, true);
			json_text(json, "rule", rule->id);
			json_text(json, "kind", rule->checks[k].kind);
			json_end(json);
		}
	}
	json_end(json);
}

static void write_rules(struct json *json, const struct rules_table *table)
{
	json_object(json, "rules", false);
	write_rules_hash(json, table);
	write_rules_of(json, "on", table, STATE_ON);
	write_rules_of(json, "watch", table, STATE_WATCH);
	write_rules_of(json, "off", table, STATE_OFF);
	write_rules_of(json, "not_evaluable", table, STATE_NOT_EVALUABLE);
	write_rules_of(json, "not_built", table, STATE_NOT_BUILT);
	write_watch_kinds(json, table);
	json_object(json, "dollars_of", true);
	for (unsigned type = 0; type < CLAIM_TYPES; type++) {
		if (table->has_type[type])
			json_text(json, claim_type_name(type), amount_name(table->basis[type]));
	}
	json_end(json);
	json_end(json);
}

/* One line "name=value" of the settings, as a member. */
static void write_setting(struct json *json, const char *line, size_t size)
{
	char name[256], value[4096];
	const char *equals = memchr(line, '=', size);
	size_t name_size = equals ? (size_t)(equals - line) : size;

	if (size == 0)
		return;
	snprintf(name, sizeof(name), "%.*s", (int)name_size, line);
	snprintf(value, sizeof(value), "%.*s", equals ? (int)(size - name_size - 1) : 0,
	        equals ? equals + 1 : "");
	json_text(json, name, value);
}

static void write_settings(struct json *json, const char *text)
{
	struct hash128 hash = hash128(text, strlen(text));

	json_object(json, "settings", false);
	json_hash(json, "xxh3", hash.high, hash.low);
	while (*text) {
		size_t size = strcspn(text, "\n");

		write_setting(json, text, size);
		text += size + (text[size] == '\n');
	}
	json_end(json);
}

/* ---- Counts, chance, time. ---- */

static void write_counts(struct json *json, const struct manifest *manifest)
{
	const struct quality *quality = manifest->quality;

	json_object(json, "counts", false);
	json_object(json, "in", true);
	bool hidden = quality_hides_quarantined(quality);

	json_hidden_count(json, "records", quality_records(quality), hidden);
	json_count(json, "used", quality->counts->used);
	json_hidden_count(json, "quarantined", quality_quarantined(quality), hidden);
	json_count(json, "claims", quality->totals->claims);
	json_count(json, "lines", quality_lines(quality));
	json_end(json);
	json_object(json, "out", true);
	json_unsigned(json, "providers", manifest->rows.providers);
	json_unsigned(json, "provider_rules", manifest->rows.rules);
	json_unsigned(json, "provider_codes", manifest->rows.codes);
	json_unsigned(json, "provider_counts", manifest->rows.counts);
	json_unsigned(json, "findings", manifest->findings);
	json_unsigned(json, "worklist", manifest->rows.worklist);
	json_unsigned(json, "compare", manifest->rows.compare);
	json_unsigned(json, "norms", manifest->rows.norms);
	json_end(json);
	json_end(json);
}

/* What --public left out; that of this file is not in the number. */
static void write_public(struct json *json, const struct public_view *view)
{
	if (!view)
		return;
	json_bool(json, "public", true);
	json_object(json, "suppressed", true);
	json_unsigned(json, "rows", public_rows(view));
	json_unsigned(json, "cells", public_cells(view));
	json_end(json);
}

/*
 * Claims are told apart by 64-bit hashes where their texts are not kept: of n
 * of them n^2/2^65 pairs are expected to share one.
 */
static void write_collisions(struct json *json, uint64_t claims)
{
	char text[32];
	double pairs = (double)claims * (double)claims / 0x1p65;

	snprintf(text, sizeof(text), "%.6e", pairs);
	json_literal(json, "expected_hash_collisions", text);
}

static void write_timing(struct json *json, const struct manifest *manifest)
{
	double seconds = (double)manifest->ns / 1e9;
	char text[64];

	if (!manifest->timing)
		return;
	json_object(json, "timing", true);
	json_unsigned(json, "threads", manifest->threads);
	snprintf(text, sizeof(text), "%.3f", seconds);
	json_literal(json, "seconds", text);
	snprintf(text, sizeof(text), "%.0f",
	        seconds > 0 ? (double)manifest->quality->plan->total_bytes / seconds : 0);
	json_literal(json, "bytes_per_second", text);
	json_text(json, "reader", manifest->reader);
	json_text(json, "cpu", manifest->level);
	json_end(json);
}

int manifest_write(struct run *run, const struct manifest *manifest, struct diag *diag)
{
	struct out *out = NULL;
	struct json json;
	int err = out_create(&out, run, "manifest.json", diag);

	if (err < 0)
		return err;
	json_init(&json, out);
	json.hides = manifest->quality->public != NULL;
	json_object(&json, NULL, false);
	json_text(&json, "program", "claimscan"); /* run.c looks for it near the top */
	json_object(&json, "build", true);
	json_text(&json, "version", manifest->version);
	json_text(&json, "compiler", __VERSION__);
	json_end(&json);
	write_inputs(&json, manifest->quality);
	write_tail(&json, manifest->quality);
	write_codes(&json, manifest->codes);
	write_codes_outside(&json, manifest->outside);
	write_rules(&json, manifest->rules);
	write_settings(&json, manifest->settings_text ? manifest->settings_text : "");
	write_counts(&json, manifest);
	write_public(&json, manifest->quality->public);
	write_collisions(&json, manifest->quality->totals->claims);
	write_timing(&json, manifest);
	json_end(&json);
	return out_close(out, diag);
}
