/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The small lists and the lists of providers: counts and single values, layouts of
 * OIG and NPPES, and what is refused.
 */
#include "import_cases.h"
#include "lookup/rows_lists.h"

#include <sys/resource.h>

/* ---- Small lists ---- */

static void check_lists(struct folder *folder)
{
	const struct pos_row *pos;
	const struct modifiers_row *modifier;
	const struct taxonomy_row *taxonomy;
	const struct carc_row *carc;
	const struct tob_row *tob;

	pos = row_on(folder_set(folder, "pos"), "11", 20200101);
	cr_assert_eq(pos->setting, POS_NONFACILITY);
	cr_assert_str_eq(set_text(folder_set(folder, "pos"), pos->name), "Office");
	pos = row_on(folder_set(folder, "pos"), "21", 20200101);
	cr_assert_eq(pos->setting, POS_FACILITY);
	cr_assert_null(row_on(folder_set(folder, "pos"), "28", 20200101)); /* unassigned */
	modifier = row_on(folder_set(folder, "modifiers"), "25", 20200101);
	cr_assert_eq(modifier->level, MODIFIER_LEVEL_1);
	modifier = row_on(folder_set(folder, "modifiers"), "a1", 20200101);
	cr_assert_eq(modifier->level, MODIFIER_LEVEL_2);
	cr_assert_str_eq(set_text(folder_set(folder, "modifiers"), modifier->text),
	        "Dressing for one wound");
	cr_assert_not_null(row_on(folder_set(folder, "revenue"), "0450", 20200101));
	tob = row_on(folder_set(folder, "tob"), "131", 20200101);
	cr_assert_eq(tob->facility, '1');
	cr_assert_eq(tob->class, '3');
	cr_assert_null(row_on(folder_set(folder, "tob"), "13K", 20200101));
	cr_assert_null(row_on(folder_set(folder, "tob"), "511", 20200101));
	taxonomy = row_on(folder_set(folder, "taxonomy"), "207K00000X", 20200101);
	cr_assert_str_eq(set_text(folder_set(folder, "taxonomy"), taxonomy->classification),
	        "Allergy & Immunology");
	carc = row_on(folder_set(folder, "carc"), "15", 20180501);
	cr_assert_str_eq(set_text(folder_set(folder, "carc"), carc->kind), "CARC");
	cr_assert_eq(day_number(carc->modified), 20171101);
	cr_assert_null(row_on(folder_set(folder, "carc"), "15", 20180502));
	cr_assert_not_null(row_on(folder_set(folder, "carc"), "N895", 20240301));
}

Test(import_lists, files)
{
	static const struct {
		const char *path, *set;
		size_t keys;
	} lists[] = {
	        {"place_of_service.csv", "pos", 52},
	        {"modifiers_2025.csv", "modifiers", 426},
	        {"revenue_codes.csv", "revenue", 554},
	        {"type_of_bill_parts.csv", "tob", 780},
	        {"patient_discharge_status.csv", "discharge", 44},
	        {"cms_provider_specialty.csv", "specialty", 118},
	        {"nucc_taxonomy_251.csv", "taxonomy", 883},
	        {"carc_rarc_codes.csv", "carc", 1581},
	};
	struct folder folder;
	const struct set *set;

	folder_begin(&folder);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		char path[64];

		snprintf(path, sizeof(path), "lists/%s", lists[i].path);
		folder_link(&folder, path, NULL);
	}
	cr_assert_eq(folder_build(&folder), 0, "%s", folder.diag.text);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		set = folder_set(&folder, lists[i].set);
		cr_assert_eq(
		        set->key_count, lists[i].keys, "%s: %zu", lists[i].set, set->key_count);
		cr_assert(set_covers(set, 0));
		cr_assert_not(set->partial);
	}
	check_lists(&folder);
	folder_end(&folder);
}

/* A modifier that a HCPCS release dates stands as the release has it; the list adds the others. */
Test(import_lists, modifiers_of_a_release_and_of_the_list)
{
	struct folder folder;
	const struct set *set;
	const struct modifiers_row *row;

	folder_begin(&folder);
	folder_link(&folder, "hcpcs/HCPC2020_ANWEB_w_disclaimer.txt", NULL);
	folder_file(&folder, "list.csv",
	        "modifier,level,description\n25,CPT,\nA1,HCPCS,in other words\n");
	cr_assert_eq(folder_build(&folder), 0, "%s", folder.diag.text);
	set = folder_set(&folder, "modifiers");
	cr_assert_eq(set->key_count, 370);
	cr_assert_not(set->partial);
	row = row_on(set, "A1", 20200101);
	cr_assert_eq(day_number(row->row.from), 20020701);
	cr_assert_str_eq(set_text(set, row->text), "Dressing for one wound");
	cr_assert_not_null(row_on(set, "25", 20200101));
	folder_end(&folder);
}

/* NUCC's own header, cells of several lines, bytes of cp1252. */
Test(import_lists, taxonomy_as_published)
{
	struct folder folder;
	const struct set *set;
	const struct taxonomy_row *row;

	folder_begin(&folder);
	folder_file(&folder, "nucc_taxonomy_240.csv",
	        "\"Code\",\"Grouping\",\"Classification\",\"Specialization\",\"Definition\","
	        "\"Notes\",\"Display Name\",\"Section\"\r\n"
	        "\"207KA0200X\",\"Physicians\",\"Allergy\",\"\",\"A \"\"definition\"\",\r\nof\r\n"
	        "three lines\",\"\",\"Physician\x92s\",\"Individual\"\r\n"
	        "\"208D00000X\",\"Physicians\",\"General\",\"\",\"\",\"\",\"GP\","
	        "\"Individual\"\r\n");
	cr_assert_eq(folder_build(&folder), 0, "%s", folder.diag.text);
	set = folder_set(&folder, "taxonomy");
	cr_assert_eq(set->key_count, 2);
	row = row_on(set, "207KA0200X", 20200101);
	cr_assert_str_eq(set_text(set, row->section), "Individual");
	folder_end(&folder);
}

Test(import_lists, refused)
{
	refuses("pos.csv", "pos_code,pos_name,pos_type\n1,Office,\n",
	        "pos.csv:2: the place of service is not two digits");
	refuses("mod.csv", "modifier,level,description\n25,AMA,\n",
	        "mod.csv:2: the level is neither CPT nor HCPCS");
	refuses("mod.csv", "modifier,level,description\n259,CPT,\n",
	        "mod.csv:2: modifier has no 2");
	refuses("rev.csv", "revenue_code,category\n", "rev.csv:1: a header without a single row");
	refuses("mod.csv", "modifier,level\n\n", "a header without a single row");
	refuses("tob.csv", "part,facility_digit,value\n", "a header without a single row");
	refuses("rev.csv", "revenue_code,category\n045,x\n", "rev.csv:2: revenue_code has no 4");
	refuses("rev.csv", "revenue_code,category\n045X,x\n",
	        "rev.csv:2: revenue_code is not four digits");
	refuses("tob.csv", "part,facility_digit,value\nclassification,,1\n",
	        "tob.csv:2: a classification without its facility_digit");
	refuses("tob.csv", "part,facility_digit,value\nkind,,1\n", "tob.csv:2: part is none of");
	refuses("tax.csv", "Code,Grouping,Classification,Specialization\n207K,x,y,z\n",
	        "tax.csv:2: Code has no 10");
	refuses("tax.csv", "Code,Grouping,Classification,Specialization\n207K00000X,\"x,y,z\n",
	        "a quote");
	refuses("carc.csv",
	        "adj_code,adj_type,adj_start_date,adj_end_date\n1,CARC,2020-01-01,2019-01-01\n",
	        "carc.csv:2: adj_end_date is before adj_start_date");
	refuses("carc.csv", "adj_code,adj_type,adj_start_date,adj_end_date\n1,CARC,2020-13-01,\n",
	        "carc.csv:2: adj_start_date is no date");
}

/* ---- LEIE ---- */

#define LEIE_HEAD \
	"LASTNAME,FIRSTNAME,MIDNAME,BUSNAME,GENERAL,SPECIALTY,UPIN,NPI,DOB,ADDRESS,CITY,STATE," \
	"ZIP,EXCLTYPE,EXCLDATE,REINDATE,WAIVERDATE,WVRSTATE\r\n"

/* OIG's layout, its own quoting, nine rows in ten without an NPI. */
Test(import_leie, updated_csv)
{
	struct folder folder;
	const struct set *set;
	const struct leie_row *row;
	FILE *file;

	folder_begin(&folder);
	file = folder_open(&folder, "UPDATED.csv");
	fputs(LEIE_HEAD, file);
	for (int i = 0; i < 80000; i++)
		fprintf(file,
		        "\"LAST\",\"FIRST\",\"\",\"\",\"INDIVIDUAL\",\"NURSE/NURSES AIDE\",\"\","
		        "\"%010d\",\"19600101\",\"1 ROAD, FLOOR \"\"2\"\"\",\"TOWN\",\"OH\","
		        "\"43001\",\"1128b4\",\"%04d0220\",\"00000000\",\"%s\",\"%s\"\r\n",
		        i % 10 ? 0 : 1000000000 + i, 1990 + i % 36,
		        i == 20 ? "20210101" : "00000000", i == 20 ? "KY" : "");
	fclose(file);
	cr_assert_eq(folder_build(&folder), 0, "%s", folder.diag.text);
	set = folder_set(&folder, "leie");
	cr_assert_eq(set->key_count, 8000);
	cr_assert_eq(file_at(&folder, "UPDATED.csv")->skipped, 72000 + 1);
	row = row_on(set, "1000000010", 20240101);
	cr_assert_eq(day_number(row->row.from), 20000220);
	cr_assert_eq(day_number(row->row.to), 0);
	cr_assert_eq(row->state, TWO_CHARS('O', 'H'));
	cr_assert_str_eq(set_text(set, row->type), "1128b4");
	cr_assert_str_eq(set_text(set, row->specialty), "NURSE/NURSES AIDE");
	cr_assert_null(row_on(set, "1000000010", 20000219));
	row = row_on(set, "1000000020", 20240101);
	cr_assert_eq(day_number(row->waiver_day), 20210101);
	cr_assert_eq(row->waiver_state, TWO_CHARS('K', 'Y'));
	cr_assert(set_covers(set, date_from_parts(2025, 2, 28)));
	cr_assert_not(set_covers(set, date_from_parts(2025, 3, 1)));
	folder_end(&folder);
}

#define LEIE_ROW(npi, excluded, reinstated) \
	",,,CLINIC,OTHER BUSINESS,CLINIC,," npi ",,,,TX,,1128a1," excluded "," reinstated \
	",00000000,\r\n"

/* A supplement of reinstatements closes what the list leaves open; a second exclusion stays. */
Test(import_leie, reinstatement)
{
	struct folder folder;
	const struct set *set;

	folder_begin(&folder);
	folder_file(&folder, "UPDATED.csv",
	        LEIE_HEAD LEIE_ROW("1234567893", "20100120", "00000000")
	                LEIE_ROW("1234567893", "20200120", "00000000"));
	folder_file(
	        &folder, "2407rein.csv", LEIE_HEAD LEIE_ROW("1234567893", "20100120", "20150301"));
	cr_assert_eq(folder_build(&folder), 0, "%s", folder.diag.text);
	set = folder_set(&folder, "leie");
	cr_assert_not_null(row_on(set, "1234567893", 20150228));
	cr_assert_null(row_on(set, "1234567893", 20150301));
	cr_assert_not_null(row_on(set, "1234567893", 20240101));
	folder_end(&folder);
}

Test(import_leie, refused)
{
	refuses("leie.csv", LEIE_HEAD LEIE_ROW("123456789", "20100120", "00000000"),
	        "leie.csv:2: NPI is not ten digits");
	refuses("leie.csv", LEIE_HEAD LEIE_ROW("1234567893", "20101320", "00000000"),
	        "leie.csv:2: EXCLDATE, REINDATE or WAIVERDATE is no date");
	refuses("leie.csv", LEIE_HEAD LEIE_ROW("1234567893", "20100120", "20090101"),
	        "leie.csv:2: REINDATE is before EXCLDATE");
	refuses("leie.csv", LEIE_HEAD LEIE_ROW("1234567893", "00000000", "00000000"),
	        "leie.csv:2: EXCLDATE is blank");
	refuses("leie.csv", LEIE_HEAD ",,,CLINIC,OTHER",
	        "leie.csv:2: 5 cells where the header has 18");
	refuses("leie.csv", LEIE_HEAD, "a header without a single row");
}

/* ---- NPPES ---- */

enum { NPPES_COLUMNS = 330, NPPES_ROWS = 200000 };

/* The publisher's columns that matter, where they stand; the others under names like theirs. */
static const char *nppes_name(int column, char text[96])
{
	static const struct {
		int column;
		const char *name;
	} names[] = {
	        {0, "NPI"},
	        {1, "Entity Type Code"},
	        {23, "Provider Business Mailing Address State Name"},
	        {31, "Provider Business Practice Location Address State Name"},
	        {36, "Provider Enumeration Date"},
	        {37, "Last Update Date"},
	        {39, "NPI Deactivation Date"},
	        {40, "NPI Reactivation Date"},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].column == column)
			return names[i].name;
	if (column >= 47 && column < 47 + 60 && (column - 47) % 4 == 0)
		sprintf(text, "Healthcare Provider Taxonomy Code_%d", (column - 47) / 4 + 1);
	else if (column >= 47 && column < 47 + 60 && (column - 47) % 4 == 3)
		sprintf(text, "Healthcare Provider Primary Taxonomy Switch_%d",
		        (column - 47) / 4 + 1);
	else
		sprintf(text, "Other Provider Identifier_%d", column);
	return text;
}

static void nppes_head(FILE *file)
{
	char text[96];

	for (int i = 0; i < NPPES_COLUMNS; i++)
		fprintf(file, "%s\"%s\"", i ? "," : "", nppes_name(i, text));
	fputs("\n", file);
}

/* A row; cells are pairs of a column and a text, ended by -1. */
struct nppes_cell {
	int column;
	const char *text;
};

/* The cells come in the order of their columns. */
static void nppes_row(FILE *file, const struct nppes_cell cells[])
{
	char line[4 * NPPES_COLUMNS + 512], *at = line;

	for (int i = 0; i < NPPES_COLUMNS; i++) {
		*at++ = '"';
		if (cells->column == i)
			at = stpcpy(at, cells++->text);
		*at++ = '"';
		*at++ = i + 1 < NPPES_COLUMNS ? ',' : '\n';
	}
	fwrite(line, 1, (size_t)(at - line), file);
}

#define NPPES_NAME "npidata_pfile_20050523-20240707.csv"

Test(import_nppes, windows_and_taxonomies)
{
	struct folder folder;
	const struct set *set;
	const struct nppes_row *row;
	FILE *file;

	folder_begin(&folder);
	file = folder_open(&folder, NPPES_NAME);
	nppes_head(file);
	nppes_row(file, (struct nppes_cell[]){{0, "1234567893"}, {1, "1"}, {23, "KY"}, {31, "OH"},
	                        {36, "05/23/2005"}, {47, "207K00000X"}, {50, "N"},
	                        {51, "208D00000X"}, {54, "Y"}, {-1, NULL}});
	nppes_row(file, (struct nppes_cell[]){{0, "1245319599"}, {1, "2"}, {31, "ONTARIO"},
	                        {36, "01/02/2010"}, {39, "06/01/2015"}, {40, "09/01/2016"},
	                        {47, "282N00000X"}, {-1, NULL}});
	nppes_row(file, (struct nppes_cell[]){{0, "1003000126"}, {39, "07/01/2020"}, {-1, NULL}});
	fclose(file);
	cr_assert_eq(folder_build(&folder), 0, "%s", folder.diag.text);
	set = folder_set(&folder, "nppes");
	cr_assert_eq(set->key_count, 3);
	cr_assert_eq(set->row_count, 4);
	cr_assert_eq(day_number(set->to), 20240707);

	row = row_on(set, "1234567893", 20200101);
	cr_assert_eq(row->entity, 1);
	cr_assert_eq(row->state, TWO_CHARS('O', 'H'));
	cr_assert_str_eq(set_text(set, row->taxonomy), "208D00000X");
	cr_assert_null(row_on(set, "1234567893", 20050522));
	cr_assert_not_null(row_on(set, "1234567893", 20050523));

	row = row_on(set, "1245319599", 20150531);
	cr_assert_eq(row->entity, 2);
	cr_assert_eq(row->state, 0);
	cr_assert_eq(day_number(row->deactivation), 20150601);
	cr_assert_null(row_on(set, "1245319599", 20150601));
	cr_assert_null(row_on(set, "1245319599", 20160831));
	cr_assert_not_null(row_on(set, "1245319599", 20160901));
	row = row_on(set, "1003000126", 20200630);
	cr_assert_eq(row->entity, 0);
	cr_assert_null(row_on(set, "1003000126", 20200701));
	folder_end(&folder);
}

#if defined(__SANITIZE_ADDRESS__)
enum { MEMORY_TOLD = false };
#else
enum { MEMORY_TOLD = true };
#endif

/* A file of 200 MB is read in a small part of that: the rows that are kept, and the image. */
Test(import_nppes, streamed)
{
	enum { MEMORY_MAX_KB = 48 * 1024 };
	struct folder folder;
	const struct set *set;
	const struct nppes_row *row;
	struct rusage before, after;
	FILE *file;

	folder_begin(&folder);
	file = folder_open(&folder, NPPES_NAME);
	nppes_head(file);
	for (int i = 0; i < NPPES_ROWS; i++) {
		char npi[16], taxonomy[16];

		/* In no order, as NPIs are given. */
		snprintf(npi, sizeof(npi), "1%09d", (int)((int64_t)i * 7919 % 999999937));
		snprintf(taxonomy, sizeof(taxonomy), "%03d000000X", 100 + i % 800);
		nppes_row(file, (struct nppes_cell[]){{0, npi}, {1, i % 5 ? "1" : "2"}, {31, "OH"},
		                        {36, "05/23/2005"}, {37, "07/08/2007"}, {47, taxonomy},
		                        {50, "Y"}, {-1, NULL}});
	}
	fclose(file);
	getrusage(RUSAGE_SELF, &before);
	cr_assert_eq(folder_build(&folder), 0, "%s", folder.diag.text);
	getrusage(RUSAGE_SELF, &after);
	cr_assert_gt(file_at(&folder, NPPES_NAME)->size, (size_t)190 << 20);
	if (MEMORY_TOLD)
		cr_assert_lt(after.ru_maxrss - before.ru_maxrss, MEMORY_MAX_KB);
	set = folder_set(&folder, "nppes");
	cr_assert_eq(set->key_count, NPPES_ROWS);
	for (int i = 0; i < NPPES_ROWS; i += 997) {
		char npi[16], taxonomy[16];

		snprintf(npi, sizeof(npi), "1%09d", (int)((int64_t)i * 7919 % 999999937));
		snprintf(taxonomy, sizeof(taxonomy), "%03d000000X", 100 + i % 800);
		row = row_on(set, npi, 20200101);
		cr_assert_not_null(row);
		cr_assert_eq(row->entity, i % 5 ? 1 : 2);
		cr_assert_str_eq(set_text(set, row->taxonomy), taxonomy);
	}
	folder_end(&folder);
}

static void refuses_npi(
        const char *name, const struct nppes_cell cells[], bool twice, const char *words)
{
	struct folder folder;
	FILE *file;

	folder_begin(&folder);
	for (int i = 0; i <= twice; i++) {
		file = folder_open(&folder, i ? "npidata_pfile_20240708-20240714.csv" : name);
		nppes_head(file);
		nppes_row(file, cells);
		fclose(file);
	}
	cr_assert_eq(folder_build(&folder), FAIL_TABLE, "%s", folder.diag.text);
	cr_assert_not_null(
	        strstr(folder.diag.text, words), "\"%s\" in \"%s\"", words, folder.diag.text);
	folder_end(&folder);
}

Test(import_nppes, refused)
{
	const struct nppes_cell good[] = {{0, "1234567893"}, {1, "1"}, {-1, NULL}};
	const struct nppes_cell npi[] = {{0, "12345678"}, {1, "1"}, {-1, NULL}};
	const struct nppes_cell entity[] = {{0, "1234567893"}, {1, "3"}, {-1, NULL}};
	const struct nppes_cell day[] = {{0, "1234567893"}, {36, "13/23/2005"}, {-1, NULL}};
	const struct nppes_cell turned[] = {
	        {0, "1234567893"}, {39, "06/01/2015"}, {40, "06/01/2014"}, {-1, NULL}};

	refuses_npi("npis.csv", good, false, "the name does not say up to when it knows");
	refuses_npi(NPPES_NAME, npi, false, ".csv:2: NPI is not ten digits");
	refuses_npi(NPPES_NAME, entity, false, ".csv:2: Entity Type Code is neither 1 nor 2");
	refuses_npi(NPPES_NAME, day, false, ".csv:2: Provider Enumeration Date is no date");
	refuses_npi(NPPES_NAME, turned, false,
	        ".csv:2: NPI Reactivation Date is before NPI Deactivation Date");
	refuses_npi(NPPES_NAME, good, true, "keep the newest monthly file only");
}
