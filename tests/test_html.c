/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data of the page: small runs written by hand, and the JSON that is made
 * of them; what is damaged is told with its file.
 */
#include "lookup/deflate.h"
#include "report/html.h"
#include "report/names.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder_path[] = "/tmp/test_html_XXXXXX";
static struct run_folder folder;
static struct diag diag;

static const char providers_header[] =
        "npi,id_kind,entity_type,specialty,state,peer_group,peer_n,claims,lines,beneficiaries,"
        "units,charge,allowed,paid,findings,lines_flagged,dollars_flagged,dollars_expected,score,"
        "rank,rank_in_class,families_flagged,rules_evaluable,top_reasons,first_date,last_date,"
        "lead\n";
static const char rules_header[] =
        "npi,id_kind,rule,measure,flag,direction,evaluated,hits,rate,value,shrunk_rate,wilson_low,"
        "peer_n,peer_median,peer_mad,peer_p80,peer_p90,z,p,q,percentile,dollars,sample_claims\n";
static const char counts_header[] = "npi,id_kind,kind,key,lines,units,charge,allowed,paid\n";
static const char codes_header[] = "npi,id_kind,code,lines,units,charge,allowed,paid\n";
static const char findings_header[] =
        "rule,kind,severity,claim_id,line,data_source,npi,id_kind,person,date,code,modifiers,units,"
        "amount,other_claim_id,other_line,detail,dollars,authority\n";

static void write_file(const char *name, const char *header, const char *rows)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder_path, name);
	FILE *file = fopen(path, "w");

	cr_assert_not_null(file);
	fputs(header, file);
	fputs(rows, file);
	fclose(file);
}

/* Two peers of one state and group, and an id that a spreadsheet would reckon with. */
static void write_run(void)
{
	write_file("manifest.json", "", "{\n  \"program\": \"claimscan\"\n}\n");
	write_file("quality.json", "", "{\"files\": 1}\n");
	write_file("rules.csv", "rule,name,state\n", "EM-01,Index,on\nNCC-04,MUE,on\n");
	write_file("providers.csv", providers_header,
	        "1000000001,npi,1,11,NY,11/person/office/"
	        "NY,1,4,9,3,9.5,100.00,60.00,50.00,2,2,40.00,"
	        "12.00,900,2,2,1,2,\"EM-01 office_est: high | NCC-04: "
	        "some\",2024-01-01,2024-03-01,0\n"
	        "1000000002,npi,1,11,NY,11/person/office/"
	        "NY,1,5,8,,8,0.00,0.00,30.25,0,0,0.00,90.10,"
	        "1000,1,1,1,2,NCC-04: all,2024-01-02,2024-02-01,1\n"
	        "'=1+1,other,,,,,,1,1,1,1,0.00,0.00,1.00,0,0,0.00,,,,,,0,,,,\n");
	write_file("provider_rules.csv", rules_header,
	        "1000000001,npi,EM-01,office_est,0,none,9,0,0.000000,3.500000,,,1,4.000000,0."
	        "100000,"
	        "4.100000,4.200000,-3.000000,,,0.000000,0.00,\n"
	        "1000000002,npi,EM-01,office_est,1,high,8,1,0.125000,4.000000,,,1,3.500000,0."
	        "000000,"
	        "3.500000,3.500000,5.000000,1.500000e-04,,50.000000,30.00,\n"
	        "1000000002,npi,NCC-04,,,none,8,2,0.250000,,,,,,,,,,,,,7.00,\"[\"\"C1\"\"]\"\n"
	        "'=1+1,other,NCC-04,,,none,1,1,1.000000,,,,,,,,,,,,,0.00,\n");
	write_file("provider_counts.csv", counts_header,
	        "1000000001,npi,em,office_est_3,9,9,1.00,1.00,50.00\n"
	        "1000000001,npi,month,2024-01,9,9.5,100.00,60.00,50.00\n"
	        "1000000001,npi,sumsq,paid,9,,,,2500.0000\n"
	        "1000000002,npi,month,2024-01,8,8,0.00,0.00,30.25\n");
	write_file("provider_codes.csv", codes_header,
	        "1000000001,npi,99213,9,9.5,100.00,60.00,50.00\n"
	        "1000000002,npi,99213,3,3,0.00,0.00,10.00\n"
	        "1000000002,npi,J9271,5,5,0.00,0.00,20.25\n");
	write_file("findings.csv", findings_header,
	        "NCC-04,limit,medium,C1,1,,1000000002,npi,,2024-01-02,J9271,,5,20.25,,,"
	        "limit=1; found=5,7.00,NCCI\n"
	        "NCC-04,limit,medium,C2,,,1000000002,npi,,2024-01-02,J9271,,5,,,,"
	        "found=2; superseded_by=DUP-01,99.00,NCCI\n");
}

static void begin(void)
{
	cr_assert_not_null(mkdtemp(folder_path));
	diag_init(&diag);
	write_run();
	cr_assert_eq(run_folder_open(&folder, folder_path, &diag), 0, "%s", diag.text);
}

static void end(void)
{
	char command[128];

	run_folder_close(&folder);
	snprintf(command, sizeof(command), "rm -r %s", folder_path);
	cr_assert_eq(system(command), 0);
}

static int make(struct html_blocks *blocks)
{
	const struct report_context context = {.folder = &folder};

	diag_init(&diag);
	return html_make_blocks(&context, blocks, &diag);
}

/* The block's text, ended by NUL; valid until the next call. */
static const char *text_of(const struct out *block)
{
	static char text[1 << 16];
	size_t size;
	const char *from = out_memory_text(block, &size);

	cr_assert_lt(size, sizeof(text));
	memcpy(text, from, size);
	text[size] = '\0';
	return text;
}

static void has(const struct out *block, const char *words)
{
	cr_assert_not_null(strstr(text_of(block), words), "no %s\nin %s", words, text_of(block));
}

TestSuite(html, .init = begin, .fini = end);

Test(html, lists_providers_by_rank_column_by_column)
{
	struct html_blocks blocks;

	cr_assert_eq(make(&blocks), 0, "%s", diag.text);
	has(blocks.list,
	        "{\"rows\":3,\"kinds\":[\"npi\",\"other\"],\"specialties\":[\"11\",\"\"],");
	has(blocks.list, "\"id\":[1000000002,1000000001,\"=1+1\"]");
	has(blocks.list, "\"top\":[1,0,-1]");
	has(blocks.list, "\"beneficiaries\":[null,3,1]");
	has(blocks.list, "\"amount\":[3025,5000,100]");
	has(blocks.list, "\"expected\":[9010,1200,null]");
	has(blocks.list, "\"rank\":[1,1,null]");
	has(blocks.list, "\"lead\":[1,0,null]");
	has(blocks.list, "\"hits\":[[0],[0,2]],\"flags\":[[0],[]]");
	cr_assert_eq(html_blocks_close(&blocks, 0, &diag), 0);
}

Test(html, sums_the_run_with_what_is_blank)
{
	struct html_blocks blocks;

	cr_assert_eq(make(&blocks), 0, "%s", diag.text);
	has(blocks.run, "\"totals\":{\"providers\":3,\"ranked\":2,\"leads\":1,\"lines\":18,");
	has(blocks.run, "\"paid\":8125,\"findings\":2,\"lines_flagged\":2,\"dollars_flagged\":4000,"
	                "\"dollars_expected\":10210},\"amount\":\"paid\"");
	has(blocks.run, "\"months\":[[\"2024-01\",17,10000,6000,8025]]");
	has(blocks.run, "\"overlap\":[[0,0,1],[0,1,1],[1,1,2]]");
	has(blocks.run, "\"rules\":{\"columns\":[\"rule\",\"name\",\"state\"],\"rows\":[[\"EM-01\","
	                "\"Index\",\"on\"],[\"NCC-04\",\"MUE\",\"on\"]]}");
	has(blocks.run, "{\"manifest\":\"{\\n  \\\"program\\\": \\\"claimscan\\\"\\n}\\n\"");
	cr_assert_eq(html_blocks_close(&blocks, 0, &diag), 0);
}

Test(html, has_the_first_in_full_with_their_evidence)
{
	struct html_blocks blocks;

	cr_assert_eq(make(&blocks), 0, "%s", diag.text);
	has(blocks.full,
	        "{\"providers\":[\n{\"row\":0,\"facts\":[[8,0.00,0.00,30.25,2,1,1,\"2024-01-02\","
	        "\"2024-02-01\",\"NCC-04: all\"]]");
	has(blocks.full,
	        "[1,\"\",null,\"none\",8,2,0.250000,null,null,null,null,null,null,null,null,"
	        "null,null,null,null,7.00,\"[\\\"C1\\\"]\",-1,-1,-1,-1,-1]");
	has(blocks.full,
	        "\"codes\":[[\"J9271\",5,5,0.00,0.00,20.25],[\"99213\",3,3,0.00,0.00,10.00]]");
	/* The one that stands comes before the dearer one that does not. */
	has(blocks.full, "\"findings\":[[1,2,[[\"limit\",\"medium\",\"C1\",1,\"\",\"2024-01-02\","
	                 "\"J9271\",\"\",5,20.25,\"\",null,\"limit=1; found=5\",7.00,\"NCCI\"],"
	                 "[\"limit\",\"medium\",\"C2\",null,");
	has(blocks.full, "\"counts\":[[\"em\",\"office_est_3\",9,9,1.00,1.00,50.00],"
	                 "[\"month\",\"2024-01\",9,9.5,100.00,60.00,50.00]]");
	cr_assert_eq(html_blocks_close(&blocks, 0, &diag), 0);
}

Test(html, has_the_words_of_codes_where_the_run_has)
{
	struct html_blocks blocks;

	write_file("provider_codes.csv",
	        "npi,id_kind,code,lines,units,charge,allowed,paid,description\n",
	        "1000000002,npi,J9271,5,5,0.00,0.00,20.25,'=drug\n");
	cr_assert_eq(make(&blocks), 0, "%s", diag.text);
	has(blocks.full, "\"codes\":[[\"J9271\",5,5,0.00,0.00,20.25,\"=drug\"]]");
	cr_assert_eq(html_blocks_close(&blocks, 0, &diag), 0);
}

/* Groups: medical, nation, northeast, NY; the last is what both are held against. */
Test(html, holds_them_against_the_sums_of_their_groups)
{
	struct html_blocks blocks;

	cr_assert_eq(make(&blocks), 0, "%s", diag.text);
	has(blocks.list, "\"groups\":[\"11/person/office/NY\",");
	has(blocks.full, "[0,\"month\",\"2024-01\",17,8025]");
	has(blocks.full, "\"peer_codes\":[[0,\"99213\",12,6000],[0,\"J9271\",5,2025]]");
	has(blocks.full, "\"group_sizes\":[2,");
	cr_assert_eq(html_blocks_close(&blocks, 0, &diag), 0);
}

/*
 * The first asks for 4.0 +- 5 * 0.2, the second, whose peers are all alike, for
 * 3.5 to 4.0: of 3.0 to 5.0 in 40 bins the values 3.5 and 4.0 are in 10 and 20.
 */
Test(html, counts_values_of_peers_into_bins)
{
	struct html_blocks blocks;

	cr_assert_eq(make(&blocks), 0, "%s", diag.text);
	has(blocks.full,
	        "\"shapes\":[[2,3,5,[0,0,0,0,0,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,1,0,0,0,0,0,0,"
	        "0,0,0,0,0,0,0,0,0,0,0,0,0]],");
	has(blocks.full, "-3.000000,null,null,0.000000,0.00,\"\",0,1,2,3,4]");
	cr_assert_eq(html_blocks_close(&blocks, 0, &diag), 0);
}

Test(html, is_the_same_bytes_again)
{
	struct html_blocks first, second;
	size_t size, again;

	cr_assert_eq(make(&first), 0, "%s", diag.text);
	cr_assert_eq(make(&second), 0, "%s", diag.text);
	const char *a = out_memory_text(first.full, &size),
	           *b = out_memory_text(second.full, &again);

	cr_assert_eq(size, again);
	cr_assert_eq(memcmp(a, b, size), 0);
	cr_assert_eq(html_blocks_close(&first, 0, &diag), 0);
	cr_assert_eq(html_blocks_close(&second, 0, &diag), 0);
}

Test(html, of_a_run_without_providers_is_empty)
{
	struct html_blocks blocks;

	write_file("providers.csv", providers_header, "");
	write_file("provider_rules.csv", rules_header, "");
	write_file("provider_counts.csv", counts_header, "");
	write_file("provider_codes.csv", codes_header, "");
	write_file("findings.csv", findings_header, "");
	cr_assert_eq(make(&blocks), 0, "%s", diag.text);
	has(blocks.list, "{\"rows\":0,");
	has(blocks.full, "{\"providers\":[],");
	has(blocks.run, "\"totals\":{\"providers\":0,\"ranked\":0,\"leads\":0,\"lines\":0,");
	cr_assert_eq(html_blocks_close(&blocks, 0, &diag), 0);
}

/* What one file of the run is replaced by, and what is told. */
Test(html, of_a_damaged_run_says_where)
{
	static const struct {
		const char *file, *header, *rows, *words;
	} cases[] = {
	        {"rules.csv", "rule,name,state\n", "EM-01,Index,on\n", "provider_rules.csv"},
	        {"rules.csv", "name\n", "x\n", "rules.csv"},
	        {"provider_rules.csv", "npi,id_kind\n", "", "provider_rules.csv"},
	        {"provider_counts.csv", counts_header, "9,npi,em,x,1,1,1.00,1.00,1.00\n",
	                "provider_counts.csv"},
	        {"provider_codes.csv", codes_header, "1000000002,npi,J9271,x,5,0.00,0.00,20.25\n",
	                "provider_codes.csv"},
	        {"findings.csv", findings_header, "NCC-04,cut\n", "findings.csv"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct html_blocks blocks;

		write_run();
		write_file(cases[i].file, cases[i].header, cases[i].rows);
		cr_assert_eq(make(&blocks), FAIL_DATA, "case %zu", i);
		cr_assert_not_null(strstr(diag.text, cases[i].words), "case %zu: %s", i, diag.text);
		cr_assert_null(blocks.run);
	}
}

Test(html, of_a_run_that_lacks_a_table_says_which)
{
	struct html_blocks blocks;
	char path[128];

	snprintf(path, sizeof(path), "%s/provider_codes.csv", folder_path);
	cr_assert_eq(unlink(path), 0);
	cr_assert_eq(make(&blocks), FAIL_INPUT);
	cr_assert_not_null(strstr(diag.text, "provider_codes.csv"), "%s", diag.text);
}

static int stop(void)
{
	return 1;
}

Test(html, ends_when_it_is_told_to_stop)
{
	const struct report_context context = {.folder = &folder, .stopped = stop};
	struct html_blocks blocks;

	cr_assert_eq(html_make_blocks(&context, &blocks, &diag), FAIL_STOPPED);
}

Test(html, is_written_with_the_data_in_their_places)
{
	const struct report_context context = {.folder = &folder};
	char path[128];

	if (report_kind_html.absent)
		cr_skip("the page is not in this build");
	snprintf(path, sizeof(path), "%s/report.html", folder_path);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	cr_assert_eq(html_write(&context, fd, &diag), 0, "%s", diag.text);
	off_t size = lseek(fd, 0, SEEK_END);
	char *text = calloc(1, (size_t)size + 1);

	cr_assert_eq(pread(fd, text, (size_t)size, 0), size);
	close(fd);
	cr_assert_null(strstr(text, "@@run@@"));
	cr_assert_null(strstr(text, "@@full@@"));
	/* A zlib stream of the default level begins with 78 9c. */
	cr_assert_not_null(strstr(text, "id=\"data-list\">eJ"));
	cr_assert_not_null(strstr(text, "default-src 'none'"));
	cr_assert_str_eq(text + size - 8, "</html>\n");
	free(text);
}

Test(names, number_texts_in_the_order_in_which_they_come)
{
	struct names *names;
	char text[16];

	cr_assert_eq(names_create(&names, &diag), 0);
	for (unsigned round = 0; round < 2; round++) {
		for (int i = 0; i < 1000; i++) {
			int size = snprintf(text, sizeof(text), "%d", i * 7);

			cr_assert_eq(names_add(names, text, (size_t)size), i);
		}
	}
	cr_assert_eq(names_count(names), 1000);
	cr_assert_eq(names_find(names, "6993", 4), 999);
	cr_assert_eq(names_find(names, "6994", 4), -1);
	cr_assert_eq(names_add(names, "", 0), 1000);
	cr_assert_eq(names_find(names, "", 0), 1000);
	cr_assert_eq(names_add(names, "a\0b", 3), 1001);
	cr_assert_eq(names_find(names, "a\0c", 3), -1);
	cr_assert_eq(names_at(names, 2).size, 2);
	cr_assert_eq(memcmp(names_at(names, 2).at, "14", 2), 0);
	names_destroy(names);
}

Test(deflate, gives_one_stream_of_equal_bytes)
{
	uint8_t *packed, *again;
	size_t size, again_size;

	cr_assert_eq(deflate_bytes("aaaaaaaaaaaaaaaaaaaa", 20, &packed, &size, &diag), 0);
	cr_assert_eq(deflate_bytes("aaaaaaaaaaaaaaaaaaaa", 20, &again, &again_size, &diag), 0);
	cr_assert_eq(packed[0], 0x78);
	cr_assert_lt(size, 20);
	cr_assert_eq(size, again_size);
	cr_assert_eq(memcmp(packed, again, size), 0);
	free(packed);
	free(again);
	cr_assert_eq(deflate_bytes("", 0, &packed, &size, &diag), 0);
	cr_assert_eq(size, 8);
	free(packed);
}
