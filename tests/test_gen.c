/* SPDX-License-Identifier: Apache-2.0 */
#include "base/date.h"
#include "base/hash.h"
#include "gen.h"
#include "lookup/codes.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CELLS_MAX = 160, PATH_SIZE = 256, COLUMNS_FULL = 112 };

static char directory[64];

static const char *const files[] = {"claims.csv", "members.csv", "providers.csv", "labels.csv"};

static const char *path_of(const char *name)
{
	static char path[PATH_SIZE];

	snprintf(path, sizeof(path), "%s/out/%s", directory, name);
	return path;
}

static void set_up(void)
{
	strcpy(directory, "/tmp/test_gen.XXXXXX");
	cr_assert(mkdtemp(directory));
}

static void tear_down(void)
{
	for (size_t i = 0; i < 4; i++)
		unlink(path_of(files[i]));
	rmdir(path_of(""));
	rmdir(directory);
}

TestSuite(gen, .init = set_up, .fini = tear_down);

static struct gen_options small_options(void)
{
	struct gen_options options;

	gen_options_init(&options);
	options.lines = 60000;
	options.providers = 400;
	options.members = 8000;
	options.force = true;
	return options;
}

static int run(struct gen_options options, struct diag *diag)
{
	char out[PATH_SIZE];

	snprintf(out, sizeof(out), "%s/out", directory);
	options.directory = out;
	diag_init(diag);
	return gen_run(&options, diag);
}

static void make(const struct gen_options *options)
{
	struct diag diag;

	cr_assert_eq(run(*options, &diag), 0, "%s", diag.text);
}

/* The whole file, ended by NUL; the caller frees it. */
static char *read_file(const char *name, size_t *size)
{
	FILE *file = fopen(path_of(name), "rb");
	struct stat stat;
	char *text;

	cr_assert(file, "%s", name);
	cr_assert_eq(fstat(fileno(file), &stat), 0);
	*size = (size_t)stat.st_size;
	text = malloc(*size + 1);
	cr_assert(text);
	cr_assert_eq(fread(text, 1, *size, file), *size);
	text[*size] = '\0';
	fclose(file);
	return text;
}

/* Files one after the other, in one digest. */
static uint64_t digest(void)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < 4; i++) {
		size_t size;
		char *text = read_file(files[i], &size);

		sum = hash64_seed(text, size, sum);
		free(text);
	}
	return sum;
}

/* ---- A plain walk over a CSV file ---- */

struct table {
	char *text, *at;
	const char *cells[CELLS_MAX];
	const char *names[CELLS_MAX];
	unsigned count, columns; /* cells of this row, of the header */
};

/* Cut the next row into cells, in place, quotes taken off; false at the end. */
static bool table_next(struct table *table)
{
	char *from = table->at, *to;

	table->count = 0;
	while (*from == '\n' || *from == '\r')
		from++;
	if (*from == '\0')
		return false;
	for (;;) {
		bool quoted = *from == '"', last;

		from += quoted;
		table->cells[table->count++] = to = from;
		for (; *from != '\0'; from++) {
			if (quoted && from[0] == '"' && from[1] == '"') {
				*to++ = *from++;
				continue;
			}
			if (quoted && *from == '"')
				break;
			if (!quoted && (*from == ',' || *from == '\n' || *from == '\r'))
				break;
			*to++ = *from;
		}
		from += quoted;
		from += *from == '\r';
		last = *from != ',';
		from += *from != '\0';
		*to = '\0';
		if (last || table->count == CELLS_MAX)
			break;
	}
	table->at = from;
	return true;
}

static void table_open(struct table *table, const char *name)
{
	size_t size;

	memset(table, 0, sizeof(*table));
	table->at = table->text = read_file(name, &size);
	if (strncmp(table->at, "\xef\xbb\xbf", 3) == 0)
		table->at += 3;
	cr_assert(table_next(table));
	memcpy(table->names, table->cells, sizeof(table->names));
	table->columns = table->count;
}

static void table_close(struct table *table)
{
	free(table->text);
}

static const char *cell(const struct table *table, const char *name)
{
	for (unsigned i = 0; i < table->columns; i++) {
		if (strcmp(table->names[i], name) == 0)
			return i < table->count ? table->cells[i] : "";
	}
	cr_assert_fail("no column %s", name);
	return "";
}

static bool is(const struct table *table, const char *name, const char *value)
{
	return strcmp(cell(table, name), value) == 0;
}

static int64_t cents(const char *text)
{
	const char *point = strchr(text, '.');

	cr_assert(point && strlen(point) == 3, "%s", text);
	return strtoll(text, NULL, 10) * 100 + (*text == '-' ? -1 : 1) * atoi(point + 1);
}

static bool luhn(const char *npi)
{
	unsigned sum = 24;

	if (strlen(npi) != 10)
		return false;
	for (unsigned i = 0; i < 10; i++) {
		unsigned digit = (unsigned)(npi[9 - i] - '0');

		if (i % 2 == 1)
			digit = 2 * digit > 9 ? 2 * digit - 9 : 2 * digit;
		sum += digit;
	}
	return sum % 10 == 0;
}

/* ---- Reproducible ---- */

static void check_threads(struct gen_options options)
{
	static const unsigned threads[] = {1, 2, 7};
	uint64_t first = 0;

	for (size_t i = 0; i < 3; i++) {
		options.threads = threads[i];
		make(&options);
		if (i == 0)
			first = digest();
		cr_assert_eq(digest(), first, "%u threads", threads[i]);
	}
	options.seed++;
	make(&options);
	cr_assert_neq(digest(), first, "another seed");
}

Test(gen, same_bytes_with_any_threads)
{
	check_threads(small_options());
}

Test(gen, same_bytes_with_any_threads_full_and_dirty)
{
	struct gen_options options = small_options();
	struct diag diag;

	diag_init(&diag);
	options.columns = GEN_FULL;
	cr_assert_eq(gen_dirt_parse("all", &options.dirt, &diag), 0);
	check_threads(options);
}

/* Dirt of the form leaves the claims as they are: the labels tell. */
Test(gen, dirt_leaves_the_labels)
{
	struct gen_options options = small_options();
	size_t size, dirty_size;
	char *clean, *dirty;

	make(&options);
	clean = read_file("labels.csv", &size);
	options.dirt = GEN_DIRT_SCATTERED | GEN_DIRT_QUOTES | GEN_DIRT_DENIED;
	make(&options);
	dirty = read_file("labels.csv", &dirty_size);
	cr_assert_eq(size, dirty_size);
	cr_assert_eq(memcmp(clean, dirty, size), 0);
	free(clean);
	free(dirty);
}

/* ---- Shape ---- */

Test(gen, narrow_header)
{
	static const char header[] =
	        "claim_id,claim_line_number,claim_type,person_id,claim_line_start_date,"
	        "place_of_service_code,service_unit_quantity,hcpcs_code,hcpcs_modifier_1,"
	        "rendering_npi,billing_npi,paid_amount,allowed_amount,charge_amount,"
	        "diagnosis_code_1,diagnosis_code_2,diagnosis_code_3,diagnosis_code_4\n";
	struct gen_options options = small_options();
	size_t size;
	char *text;

	options.lines = 10;
	make(&options);
	text = read_file("claims.csv", &size);
	cr_assert_eq(strncmp(text, header, strlen(header)), 0);
	free(text);
}

Test(gen, full_header)
{
	static const char *const order[] = {"claim_id", "claim_line_number", "claim_type",
	        "person_id", "claim_start_date", "claim_end_date", "claim_line_start_date",
	        "claim_line_end_date", "admission_date", "discharge_date",
	        "discharge_disposition_code", "place_of_service_code", "bill_type_code", "drg_code",
	        "revenue_center_code", "service_unit_quantity", "hcpcs_code", "hcpcs_modifier_1",
	        "hcpcs_modifier_5", "rendering_npi", "billing_npi", "billing_tin", "facility_npi",
	        "paid_date", "paid_amount", "allowed_amount", "charge_amount",
	        "diagnosis_code_type", "diagnosis_code_1", "diagnosis_code_25", "procedure_code_1",
	        "procedure_code_25", "data_source", "specialty_code", "taxonomy_code",
	        "provider_state", "entity_type", "ordering_npi", "billing_ccn", "received_date",
	        "claim_frequency_code", "original_claim_id", "denied_flag", "carc_code_1",
	        "carc_code_4", "diagnosis_pointer_1", "diagnosis_pointer_4",
	        "admitting_diagnosis_code", "condition_code_1", "condition_code_11"};
	struct gen_options options = small_options();
	struct table table;
	size_t next = 0, count = sizeof(order) / sizeof(order[0]);

	options.lines = 10;
	options.columns = GEN_FULL;
	make(&options);
	table_open(&table, "claims.csv");
	cr_assert_eq(table.columns, COLUMNS_FULL);
	for (unsigned i = 0; i < table.columns && next < count; i++)
		next += strcmp(table.names[i], order[next]) == 0;
	cr_assert_eq(next, count, "%s", next < count ? order[next] : "");
	while (table_next(&table))
		cr_assert_eq(table.count, COLUMNS_FULL);
	table_close(&table);
}

static void check_rows(const char *name, uint64_t rows)
{
	struct table table;
	uint64_t count = 0;

	table_open(&table, name);
	while (table_next(&table)) {
		cr_assert_eq(table.count, table.columns);
		count++;
	}
	table_close(&table);
	cr_assert_eq(count, rows, "%s: %llu", name, (unsigned long long)count);
}

Test(gen, counts_are_exact_however_small)
{
	static const struct {
		uint64_t lines, providers, members;
		unsigned months;
	} sizes[] = {{1, 1, 1, 1}, {2, 2, 1, 12}, {777, 3, 5, 1}, {8192, 200, 100, 36},
	        {8193, 48, 1, 6}, {30000, 1000, 20000, 12}};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct gen_options options = small_options();

		options.lines = sizes[i].lines;
		options.providers = sizes[i].providers;
		options.members = sizes[i].members;
		options.months = sizes[i].months;
		options.columns = i % 2 ? GEN_FULL : GEN_NARROW;
		make(&options);
		check_rows("claims.csv", sizes[i].lines);
		check_rows("members.csv", sizes[i].members);
	}
}

Test(gen, side_files)
{
	struct gen_options options = small_options();
	struct table table;
	unsigned groups = 0, count = 0;

	make(&options);
	table_open(&table, "providers.csv");
	while (table_next(&table)) {
		cr_assert(luhn(cell(&table, "npi")), "%s", cell(&table, "npi"));
		count++;
		groups += is(&table, "specialty_code", "70");
		cr_assert(is(&table, "entity_type", "1") || is(&table, "entity_type", "2"));
		cr_assert_eq(strlen(cell(&table, "taxonomy_code")), 10);
	}
	table_close(&table);
	cr_assert_eq(count - groups, options.providers);
	table_open(&table, "members.csv");
	cr_assert_eq(table.columns, 8);
	while (table_next(&table)) {
		int32_t birth, death;

		cr_assert_eq(date_parse(cell(&table, "birth_date"), 10, &birth), 0);
		cr_assert(is(&table, "sex", "male") || is(&table, "sex", "female"));
		cr_assert_eq(date_parse(cell(&table, "death_date"),
		                     strlen(cell(&table, "death_date")), &death),
		        0);
		cr_assert(death == DATE_ABSENT || death > birth);
	}
	table_close(&table);
}

/* Claims lie together, their lines count from 1, their numbers are valid, their days in the year.
 */
Test(gen, lines_are_whole)
{
	struct gen_options options = small_options();
	struct table table;
	char claim[32] = "";
	unsigned number = 0, claims = 0, lines = 0, institutional = 0;
	int32_t first = date_from_parts(2024, 1, 1), last = date_from_parts(2024, 12, 31);

	make(&options);
	table_open(&table, "claims.csv");
	while (table_next(&table)) {
		int32_t day;

		if (strcmp(claim, cell(&table, "claim_id")) != 0) {
			snprintf(claim, sizeof(claim), "%s", cell(&table, "claim_id"));
			number = 0;
			claims++;
		}
		lines++;
		institutional += is(&table, "claim_type", "institutional");
		cr_assert_eq(atoi(cell(&table, "claim_line_number")), (int)++number);
		cr_assert(luhn(cell(&table, "billing_npi")));
		if (!is(&table, "rendering_npi", ""))
			cr_assert(luhn(cell(&table, "rendering_npi")));
		cr_assert_eq(date_parse(cell(&table, "claim_line_start_date"), 10, &day), 0);
		cr_assert(day >= first && day <= last, "%s", cell(&table, "claim_line_start_date"));
		cr_assert(cents(cell(&table, "paid_amount")) <=
		          cents(cell(&table, "allowed_amount")));
		cr_assert(cents(cell(&table, "allowed_amount")) > 0);
		cr_assert(!is(&table, "diagnosis_code_1", ""));
	}
	table_close(&table);
	cr_assert(lines > 2 * claims && lines < 4 * claims, "%u of %u", lines, claims);
	cr_assert(institutional * 100 > lines * 15 && institutional * 100 < lines * 35);
}

/* ---- Labels ---- */

struct count {
	int64_t lines, cents;
};

static struct count label_of(const char *scheme, const char *npi)
{
	struct count count = {0, 0};
	struct table table;

	table_open(&table, "labels.csv");
	while (table_next(&table)) {
		if (strcmp(cell(&table, "scheme"), scheme) != 0 ||
		        (npi && strcmp(cell(&table, "npi"), npi) != 0))
			continue;
		count.lines += atoll(cell(&table, "lines"));
		count.cents += cents(cell(&table, "dollars"));
	}
	table_close(&table);
	return count;
}

/* Lines with that code, modifier and place (NULL: any), whoever bills them. */
static struct count recount(const char *code, const char *modifier, const char *place)
{
	struct count count = {0, 0};
	struct table table;

	table_open(&table, "claims.csv");
	while (table_next(&table)) {
		if ((code && !is(&table, "hcpcs_code", code)) ||
		        (modifier && !is(&table, "hcpcs_modifier_1", modifier)) ||
		        (place && !is(&table, "place_of_service_code", place)))
			continue;
		count.lines++;
		count.cents += cents(cell(&table, "paid_amount"));
	}
	table_close(&table);
	return count;
}

/* Schemes that can be told by what stands on a line, since nothing else has it. */
Test(gen, labels_match_a_recount)
{
	static const struct {
		const char *scheme, *code, *modifier, *place;
	} told[] = {{"invalid_code", "99201", NULL, NULL}, {"new_code", "G2211", NULL, NULL},
	        {"shared_visit", NULL, "FS", "11"}, {"shared_in_hospital", NULL, "FS", "21"},
	        {"co_surgeons_62", NULL, "62", NULL}, {"bilateral", NULL, "50", NULL},
	        {"teaching_day", NULL, "GC", NULL}, {"repeat_test_91", "82947", NULL, NULL},
	        {"sex_attested", NULL, "KX", NULL}, {"late_pathology", "88305", "", "81"}};
	struct gen_options options = small_options();

	make(&options);
	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
		struct count label = label_of(told[i].scheme, NULL);
		struct count lines = recount(told[i].code, told[i].modifier, told[i].place);

		if (strcmp(told[i].scheme, "new_code") == 0)
			lines.lines *= 2; /* the visit is labelled too */
		cr_assert(label.lines > 0, "%s", told[i].scheme);
		cr_assert_eq(label.lines, lines.lines, "%s", told[i].scheme);
		if (strcmp(told[i].scheme, "new_code") != 0)
			cr_assert_eq(label.cents, lines.cents, "%s", told[i].scheme);
	}
}

/* All that a provider of the excluded numbers bills is labelled, and nothing else has them. */
Test(gen, excluded_providers_are_labelled_whole)
{
	struct gen_options options = small_options();
	struct count label, lines = {0, 0};
	struct table table;

	make(&options);
	label = label_of("excluded_provider", NULL);
	label.lines += label_of("reinstated_provider", NULL).lines;
	table_open(&table, "claims.csv");
	while (table_next(&table))
		lines.lines += strcmp(cell(&table, "rendering_npi"), "1003000000") < 0 &&
		               !is(&table, "rendering_npi", "");
	table_close(&table);
	cr_assert(label.lines > 0);
	cr_assert_eq(label.lines, lines.lines);
}

/* Death dates by member, from members.csv: their persons are M0000000 and on. */
static void members_read(size_t count, int32_t birth[], int32_t death[], char sex[])
{
	struct table table;
	size_t at = 0;

	table_open(&table, "members.csv");
	while (table_next(&table) && at < count) {
		const char *died = cell(&table, "death_date");

		cr_assert_eq(atoll(cell(&table, "person_id") + 1), (long long)at);
		cr_assert_eq(date_parse(cell(&table, "birth_date"), 10, &birth[at]), 0);
		cr_assert_eq(date_parse(died, strlen(died), &death[at]), 0);
		sex[at++] = cell(&table, "sex")[0];
	}
	table_close(&table);
	cr_assert_eq(at, count);
}

Test(gen, only_the_planted_are_dead_unborn_or_of_the_other_sex)
{
	enum { MEMBERS = 8000 };
	static int32_t birth[MEMBERS], death[MEMBERS];
	static char sex[MEMBERS];
	struct gen_options options = small_options();
	struct table table;
	int64_t dead = 0, other = 0, children = 0;

	make(&options);
	members_read(MEMBERS, birth, death, sex);
	table_open(&table, "claims.csv");
	while (table_next(&table)) {
		size_t member = (size_t)atoll(cell(&table, "person_id") + 1);
		int32_t day;

		cr_assert_eq(date_parse(cell(&table, "claim_line_start_date"), 10, &day), 0);
		cr_assert(day >= birth[member]);
		dead += death[member] != DATE_ABSENT && day > death[member];
		other += is(&table, "diagnosis_code_1", "N401") && sex[member] == 'f';
		children += is(&table, "diagnosis_code_1", "Z00129") &&
		            date_age(birth[member], day) > 17;
	}
	table_close(&table);
	cr_assert(dead > 0);
	cr_assert_eq(dead, label_of("after_death", NULL).lines);
	cr_assert_eq(
	        other, label_of("sex_conflict", NULL).lines + label_of("sex_attested", NULL).lines);
	cr_assert_eq(children, label_of("age_conflict", NULL).lines);
}

static int compare_hashes(const void *left, const void *right)
{
	const uint64_t *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

/* Equal lines of one provider, member and day: only the planted, and those with 91. */
Test(gen, only_the_planted_are_duplicates)
{
	struct gen_options options = small_options();
	uint64_t *keys = malloc(options.lines * sizeof(*keys));
	struct table table;
	size_t count = 0, equal = 0;

	cr_assert(keys);
	make(&options);
	table_open(&table, "claims.csv");
	while (table_next(&table)) {
		char key[256];
		int size = snprintf(key, sizeof(key), "%s|%s|%s|%s|%s|%s|%s|%s",
		        cell(&table, "person_id"), cell(&table, "rendering_npi"),
		        cell(&table, "claim_line_start_date"), cell(&table, "hcpcs_code"),
		        cell(&table, "hcpcs_modifier_1"), cell(&table, "place_of_service_code"),
		        cell(&table, "service_unit_quantity"), cell(&table, "charge_amount"));

		if (!is(&table, "hcpcs_modifier_1", "91") && !is(&table, "rendering_npi", ""))
			keys[count++] = hash64(key, (size_t)size);
	}
	table_close(&table);
	qsort(keys, count, sizeof(*keys), compare_hashes);
	for (size_t i = 1; i < count; i++)
		equal += keys[i] == keys[i - 1];
	free(keys);
	cr_assert(equal > 0);
	cr_assert_eq((int64_t)equal, label_of("duplicate", NULL).lines);
}

/* With 200 providers each scheme and each decoy has at least one of them. */
Test(gen, each_scheme_has_a_provider)
{
	struct gen_options options = small_options();

	options.providers = 200;
	options.columns = GEN_FULL;
	make(&options);
	for (size_t i = 0; gen_scheme_name(i); i++) {
		cr_assert(label_of(gen_scheme_name(i), NULL).lines > 0, "%s", gen_scheme_name(i));
		cr_assert(gen_scheme_rule(i));
	}
}

/* Providers that labels.csv tells of as planted, or as decoys. */
static unsigned labelled(const char *label)
{
	struct table table;
	unsigned count = 0;

	table_open(&table, "labels.csv");
	while (table_next(&table))
		count += is(&table, "label", label);
	table_close(&table);
	return count;
}

/* Of 3,917 persons; hospitals and the numbers of exclusions are too few for all of theirs. */
Test(gen, prevalence_is_the_share_of_the_planted)
{
	static const struct {
		uint32_t ppm;
		unsigned least, most;
	} shares[] = {{10000, 20, 40}, {50000, 165, 196}, {100000, 330, 392}};
	struct gen_options options = small_options();

	options.providers = 4000;
	options.lines = 400000;
	options.columns = GEN_FULL;
	for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
		unsigned planted;

		options.prevalence_ppm = shares[i].ppm;
		make(&options);
		planted = labelled("planted");
		cr_assert(planted >= shares[i].least && planted <= shares[i].most, "%u", planted);
		cr_assert(labelled("decoy") >= planted);
	}
}

/* Lines planted a provider, of one scheme at a prevalence. */
static double planted_each(const char *scheme, uint32_t ppm)
{
	struct gen_options options = small_options();
	struct diag diag;

	diag_init(&diag);
	cr_assert_eq(gen_schemes_parse(scheme, &options.schemes, &diag), 0);
	options.providers = 3000;
	options.lines = 300000;
	options.prevalence_ppm = ppm;
	make(&options);
	return (double)label_of(scheme, NULL).lines / labelled("planted");
}

/* Five times as many do it, each as much. */
Test(gen, prevalence_says_how_many_not_how_much)
{
	double few = planted_each("header_diagnosis", 10000);
	double many = planted_each("header_diagnosis", 50000);

	cr_assert(few > 10, "%.1f", few);
	cr_assert(few < 1.25 * many && many < 1.25 * few, "%.1f and %.1f", few, many);
}

/* What MOD-03 compares: 59 on a biopsy beside what warts there are, by habit, in an honest year. */
Test(gen, honest_dermatologists_have_59_on_some_days)
{
	struct gen_options options = small_options();

	options.schemes = 0;
	options.lines = 200000;
	options.providers = 1000;
	make(&options);
	int64_t biopsies = recount("11102", "59", NULL).lines;
	int64_t warts = recount("17110", NULL, NULL).lines;

	cr_assert(warts > 300, "%lld", (long long)warts);
	cr_assert(biopsies * 10 > warts && biopsies * 10 < 3 * warts, "%lld of %lld",
	        (long long)biopsies, (long long)warts);
}

Test(gen, no_schemes_no_labels)
{
	struct gen_options options = small_options();

	options.schemes = 0;
	make(&options);
	check_rows("labels.csv", 0);
}

/* ---- The starter set knows what the claims say ---- */

static uint32_t known(const struct codes *codes, enum code_system system, const char *code)
{
	uint64_t word = 0;
	uint32_t ref;

	cr_assert(strlen(code) <= 7);
	memcpy(&word, code, strlen(code));
	codes_find(codes, system, &word, 1, &ref);
	return ref;
}

static void check_codes(const struct codes *codes, const struct table *table)
{
	static const char *const diagnoses[] = {"diagnosis_code_1", "diagnosis_code_2",
	        "diagnosis_code_3", "diagnosis_code_4", "diagnosis_code_5"};
	const char *code = cell(table, "hcpcs_code");
	const char *stay = cell(table, "procedure_code_1");

	cr_assert(code[0] == '\0' || known(codes, SYSTEM_PROCEDURE, code), "%s", code);
	cr_assert(stay[0] == '\0' || known(codes, SYSTEM_ICD10PCS, stay), "%s", stay);
	for (size_t i = 0; i < 5; i++) {
		code = cell(table, diagnoses[i]);
		cr_assert(code[0] == '\0' || known(codes, SYSTEM_ICD10CM, code), "%s", code);
	}
}

Test(gen, starter_set_knows_all_codes)
{
	struct gen_options options = small_options();
	struct codes *codes;
	struct table table;
	struct diag diag;

	diag_init(&diag);
	cr_assert_eq(codes_open_starter(&codes, &diag), 0, "%s", diag.text);
	options.columns = GEN_FULL;
	options.months = 36;
	make(&options);
	table_open(&table, "claims.csv");
	while (table_next(&table))
		check_codes(codes, &table);
	table_close(&table);
	codes_destroy(codes);
}

Test(gen, starter_set_excludes_whom_the_labels_say)
{
	struct gen_options options = small_options();
	struct codes *codes;
	struct table table;
	struct diag diag;
	unsigned rows = 0;

	diag_init(&diag);
	cr_assert_eq(codes_open_starter(&codes, &diag), 0, "%s", diag.text);
	options.schemes = 0;
	cr_assert_eq(gen_schemes_parse("excluded_provider", &options.schemes, &diag), 0);
	options.providers = 3000;
	make(&options);
	table_open(&table, "labels.csv");
	while (table_next(&table)) {
		uint64_t npi = strtoull(cell(&table, "npi"), NULL, 10);
		int found = is(&table, "label", "planted");

		rows++;
		cr_assert_eq(codes_excluded(codes, npi, date_from_parts(2022, 1, 1)), found);
		cr_assert_eq(codes_excluded(codes, npi, date_from_parts(2024, 12, 31)), found);
	}
	table_close(&table);
	codes_destroy(codes);
	cr_assert(rows > 20, "%u", rows);
}

/* ---- Dirt ---- */

static void make_dirty(const char *dirt, enum gen_columns columns)
{
	struct gen_options options = small_options();
	struct diag diag;

	diag_init(&diag);
	options.columns = columns;
	cr_assert_eq(gen_dirt_parse(dirt, &options.dirt, &diag), 0, "%s", diag.text);
	make(&options);
}

/* By hand: under ASan strstr() measures the whole rest of the text at each call. */
static size_t occurrences(const char *what)
{
	size_t size, length = strlen(what), count = 0;
	char *text = read_file("claims.csv", &size);

	for (size_t at = 0; at + length <= size; at++)
		count += text[at] == what[0] && memcmp(text + at, what, length) == 0;
	free(text);
	return count;
}

Test(gen, dirt_of_the_text)
{
	static const struct {
		const char *dirt, *what;
		size_t least;
	} kinds[] = {{"crlf", "\r\n", 60001}, {"bom", "\xef\xbb\xbf", 1}, {"dates", "-Jan-", 100},
	        {"dates", "T00:00:00", 100}, {"trailing", ",\n", 1000},
	        {"blank_lines", "\n\n", 100}, {"quotes", "\"\"B\"\"\"", 100},
	        {"quotes", "\nC\"", 100}, {"placeholders", ",9999999999,", 20},
	        {"denied", ",0.00,0.00,", 500}};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		make_dirty("none", GEN_NARROW);
		cr_assert(
		        occurrences(kinds[i].what) < kinds[i].least || i == 4, "%s", kinds[i].dirt);
		make_dirty(kinds[i].dirt, GEN_NARROW);
		cr_assert(occurrences(kinds[i].what) >= kinds[i].least, "%s", kinds[i].dirt);
	}
}

Test(gen, dirt_scatters_the_lines_of_a_claim)
{
	struct table table;
	char claim[32] = "";
	unsigned apart = 0;

	make_dirty("scattered", GEN_NARROW);
	check_rows("claims.csv", 60000);
	table_open(&table, "claims.csv");
	while (table_next(&table)) {
		apart += !is(&table, "claim_line_number", "1") &&
		         strcmp(claim, cell(&table, "claim_id")) != 0;
		snprintf(claim, sizeof(claim), "%s", cell(&table, "claim_id"));
	}
	table_close(&table);
	cr_assert(apart > 20000, "%u", apart);
}

/* Each institutional claim ends in a total, which all its lines show as their own. */
Test(gen, dirt_of_the_amounts)
{
	struct table table;
	char claim[32] = "", charge[32] = "";
	unsigned totals = 0, institutional = 0;

	make_dirty("amounts,totals", GEN_FULL);
	check_rows("claims.csv", 60000);
	table_open(&table, "claims.csv");
	while (table_next(&table)) {
		if (!is(&table, "claim_type", "institutional"))
			continue;
		if (strcmp(claim, cell(&table, "claim_id")) != 0) {
			snprintf(claim, sizeof(claim), "%s", cell(&table, "claim_id"));
			snprintf(charge, sizeof(charge), "%s", cell(&table, "charge_amount"));
			institutional++;
		}
		cr_assert(is(&table, "charge_amount", charge));
		totals += is(&table, "revenue_center_code", "0001");
	}
	table_close(&table);
	cr_assert(totals > 0);
	cr_assert_eq(totals, institutional);
}

/* About half of the adjustments do not say which claim they are about. */
Test(gen, dirt_leaves_adjustments_unnamed)
{
	struct table table;
	unsigned named = 0, unnamed = 0, others = 0;

	make_dirty("unnamed", GEN_FULL);
	table_open(&table, "claims.csv");
	while (table_next(&table)) {
		bool adjusts = is(&table, "claim_frequency_code", "7") ||
		               is(&table, "claim_frequency_code", "8");
		bool names = !is(&table, "original_claim_id", "");

		named += adjusts && names;
		unnamed += adjusts && !names;
		others += !adjusts && names;
	}
	table_close(&table);
	/* A dozen claims, of several lines each. */
	cr_assert(named > 4 && unnamed > 4, "%u and %u", named, unnamed);
	cr_assert_eq(others, 0);
}

Test(gen, dirt_blanks_and_flags)
{
	struct table table;
	unsigned dates = 0, units = 0, flagged = 0, silent = 0;

	make_dirty("blanks,denied", GEN_FULL);
	table_open(&table, "claims.csv");
	while (table_next(&table)) {
		dates += is(&table, "claim_line_start_date", "");
		units += is(&table, "service_unit_quantity", "");
		if (is(&table, "denied_flag", "1"))
			flagged++;
		else if (is(&table, "allowed_amount", "0.00"))
			silent++;
	}
	table_close(&table);
	cr_assert(dates > 10 && units > 10 && flagged > 100 && silent > 100);
}

/* ---- Faults of the user ---- */

Test(gen, names)
{
	struct diag diag;
	uint64_t schemes;
	unsigned dirt;

	diag_init(&diag);
	cr_assert_eq(gen_schemes_parse("none", &schemes, &diag), 0);
	cr_assert_eq(schemes, 0);
	cr_assert_eq(gen_schemes_parse("all", &schemes, &diag), 0);
	cr_assert_eq(schemes, GEN_SCHEMES_ALL);
	cr_assert_eq(gen_schemes_parse("bilateral", &schemes, &diag), 0);
	cr_assert_eq(__builtin_popcountll(schemes), 2); /* and its decoy */
	cr_assert_eq(gen_schemes_parse("two_sides,ambulance", &schemes, &diag), 0);
	cr_assert_eq(__builtin_popcountll(schemes), 3);
	cr_assert_eq(gen_dirt_parse("crlf,bom", &dirt, &diag), 0);
	cr_assert_eq(dirt, GEN_DIRT_CRLF | GEN_DIRT_BOM);
	cr_assert_eq(gen_schemes_parse("bilaterel", &schemes, &diag), FAIL_USAGE);
	cr_assert(strstr(diag.text, "did you mean bilateral?"), "%s", diag.text);
	diag_init(&diag);
	cr_assert_eq(gen_dirt_parse("quote", &dirt, &diag), FAIL_USAGE);
	cr_assert(strstr(diag.text, "quotes"), "%s", diag.text);
}

Test(gen, refuses_what_cannot_be)
{
	struct gen_options options = small_options();
	struct diag diag;

	options.lines = 0;
	cr_assert_eq(run(options, &diag), FAIL_USAGE);
	options = small_options();
	options.months = 37;
	cr_assert_eq(run(options, &diag), FAIL_USAGE);
	options = small_options();
	options.dirt = GEN_DIRT_TOTALS;
	cr_assert_eq(run(options, &diag), FAIL_USAGE);
	options = small_options();
	cr_assert_eq(gen_schemes_parse("late_filing", &options.schemes, &diag), 0);
	cr_assert_eq(run(options, &diag), FAIL_USAGE);
	cr_assert(strstr(diag.text, "--columns full"), "%s", diag.text);
	options.columns = GEN_FULL;
	options.prevalence_ppm = 0;
	cr_assert_eq(run(options, &diag), FAIL_USAGE);
	options.prevalence_ppm = 200001;
	cr_assert_eq(run(options, &diag), FAIL_USAGE);
	cr_assert(strstr(diag.text, "20%"), "%s", diag.text);
	options.schemes = GEN_SCHEMES_ALL;
	options.providers = 400;
	options.prevalence_ppm = 200000;
	cr_assert_eq(run(options, &diag), 0, "%s", diag.text);
	cr_assert_eq(gen_schemes_parse("duplicate", &options.schemes, &diag), 0);
	cr_assert_eq(run(options, &diag), FAIL_USAGE);
	cr_assert(strstr(diag.text, "--prevalence"), "%s", diag.text);
	cr_assert_eq(gen_schemes_parse("late_filing", &options.schemes, &diag), 0);
	options.providers = 2;
	cr_assert_eq(run(options, &diag), FAIL_USAGE);
	cr_assert(strstr(diag.text, "--providers"), "%s", diag.text);
}

Test(gen, an_earlier_result_stays)
{
	struct gen_options options = small_options();
	struct diag diag;
	struct stat stat_of;

	options.lines = 100;
	options.force = false;
	make(&options);
	cr_assert_eq(stat(path_of(""), &stat_of), 0);
	cr_assert_eq(stat_of.st_mode & 0777, 0700);
	cr_assert_eq(stat(path_of("claims.csv"), &stat_of), 0);
	cr_assert_eq(stat_of.st_mode & 0777, 0600);
	options.lines = 200;
	cr_assert_eq(run(options, &diag), FAIL_OUTPUT);
	cr_assert(strstr(diag.text, "--force"), "%s", diag.text);
	check_rows("claims.csv", 100);
	options.force = true;
	make(&options);
	check_rows("claims.csv", 200);
}
