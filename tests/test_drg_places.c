/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base DRGs by the titles of a list, by hand; and those of the list that the
 * publisher's release has against the table that ships.
 */
#include "lookup/build.h"
#include "stats/drg_places.h"
#include "stats/shipped.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { PATH_SIZE = 128, YEAR = 2024 };

static char folder[PATH_SIZE], images[2 * PATH_SIZE];
static struct set list;
static struct stats stats;

static void put_list(const char *rows)
{
	char path[3 * PATH_SIZE];

	snprintf(path, sizeof(path), "%s/msdrg_v41_1_list.csv", folder);
	FILE *file = fopen(path, "w");

	cr_assert_not_null(file);
	fprintf(file, "\"drg\",\"mdc\",\"drg_abb\",\"drg_description\"\n%s", rows);
	fclose(file);
}

static void open_list(const char *from)
{
	static const struct build_options options = {.threads = 1};
	struct build_result result = {0};
	char path[3 * PATH_SIZE];
	struct diag diag;

	diag_init(&diag);
	snprintf(images, sizeof(images), "%s/images", folder);
	cr_assert_eq(codes_build(from, images, &options, &result, &diag), 0, "%s", diag.text);
	build_result_reset(&result);
	snprintf(path, sizeof(path), "%s/msdrg.set", images);
	cr_assert_eq(set_map(&list, path, &diag), 0, "%s", diag.text);
	cr_assert_eq(set_verify(&list, &diag), 0, "%s", diag.text);
	stats.options.drg_lists[0] = &list;
}

static void begin(void)
{
	struct diag diag;

	diag_init(&diag);
	snprintf(folder, sizeof(folder), "/tmp/claimscan-drg-XXXXXX");
	cr_assert_not_null(mkdtemp(folder));
	cr_assert_eq(shipped_families(&stats.families, &diag), 0);
}

static void end(void)
{
	char command[2 * PATH_SIZE];

	set_close(&list);
	payer_destroy(stats.families);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	cr_assert_eq(system(command), 0);
}

TestSuite(drg_places, .init = begin, .fini = end);

/* Families by their first DRG, 0 for none; h: with a CC or MCC. */
Test(drg_places, titles)
{
	static const struct {
		unsigned drg, first;
		bool is_high, is_surgical;
	} wanted[] = {
	        {1, 1, true, true}, {2, 1, false, true}, /* MCC and none */
	        {10, 10, true, false}, {11, 10, true, false}, {12, 10, false, false}, /* three */
	        {20, 20, true, true}, {21, 20, false, true},                          /* CC/MCC */
	        {30, 30, true, true}, {31, 30, false, true},   /* words behind, two blanks */
	        {40, 40, true, false}, {41, 40, false, false}, /* W and W/O, small letters */
	        {50, 0, false, false},                         /* no severity */
	        {51, 0, false, false},                         /* the only one of its base */
	        {60, 60, true, false}, {61, 60, false, false}, /* WITHOUT in the base */
	        {62, 0, false, false},                         /* the base of 60 WITH */
	        {70, 0, false, false}, {71, 0, false, false},  /* medical and surgical */
	        {80, 0, false, false}, {81, 0, false, false},  /* of two categories */
	        {90, 0, false, false}, {91, 0, false, false},  /* MCCA is no severity */
	};
	struct drg_places places;

	put_list("001,05,P,HEART TRANSPLANT WITH MCC\n002,05,P,HEART TRANSPLANT WITHOUT MCC\n"
	         "010,05,M,HEART FAILURE WITH MCC\n011,05,M,HEART FAILURE WITH CC\n"
	         "012,05,M,HEART FAILURE WITHOUT CC/MCC\n"
	         "020,05,P,VALVE WITH CC/MCC\n021,05,P,VALVE WITHOUT CC/MCC\n"
	         "030,05,P,STENT  WITH MCC OR 4+ VESSELS\n031,05,P,STENT WITHOUT  MCC\n"
	         "040,05,M,Syncope w mcc\n041,05,M,Syncope w/o mcc\n"
	         "050,05,M,CHEST PAIN\n051,05,M,ANGINA WITH MCC\n"
	         "060,18,M,SEPSIS WITHOUT MV >96 HOURS WITH MCC\n"
	         "061,18,M,SEPSIS WITHOUT MV >96 HOURS WITHOUT MCC\n"
	         "062,18,M,SEPSIS WITH MV >96 HOURS\n"
	         "070,05,M,SHOCK WITH MCC\n071,05,P,SHOCK WITHOUT MCC\n"
	         "080,05,M,TRAUMA WITH MCC\n081,06,M,TRAUMA WITHOUT MCC\n"
	         "090,05,M,FEVER WITH MCCA\n091,05,M,FEVER WITHOUT MCCA\n");
	open_list(folder);
	cr_assert_eq(drg_places_read(&places, &stats, YEAR), 0);
	cr_assert_eq(places.family_count, 6);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		struct drg_place place = places.of[wanted[i].drg];
		uint16_t family = wanted[i].first ? places.of[wanted[i].first].family : 0;

		cr_expect_eq(place.family, family, "%u", wanted[i].drg);
		cr_expect_eq(place.family != 0, wanted[i].first != 0, "%u", wanted[i].drg);
		cr_expect_eq(place.is_high, wanted[i].is_high, "%u", wanted[i].drg);
		cr_expect_eq(place.is_surgical, wanted[i].is_surgical, "%u", wanted[i].drg);
	}
}

Test(drg_places, a_year_that_the_list_does_not_cover_has_the_table_that_ships)
{
	struct drg_places places;

	put_list("010,05,M,HEART FAILURE WITH MCC\n012,05,M,HEART FAILURE WITHOUT MCC\n");
	open_list(folder);
	cr_assert_eq(drg_places_read(&places, &stats, 2019), 0);
	cr_assert_gt(places.family_count, 200);
	cr_assert(places.of[291].is_high);
	cr_assert_eq(places.of[291].family, places.of[293].family);
	cr_assert_eq(drg_places_read(&places, &stats, YEAR), 0);
	cr_assert_eq(places.family_count, 1);
}

/*
 * The table that ships is of version 41: the release's titles must say the same, but
 * of 837, whose title is worded otherwise than those of 838 and 839.
 */
Test(drg_places, the_release_says_what_the_table_does)
{
	static const char shared[] = SOURCE_DIR "/../shared/codesets/msdrg";
	struct drg_places of_list, of_table;
	struct stat status;

	if (stat(shared, &status) != 0)
		cr_skip_test("no releases beside the sources");
	cr_assert_eq(drg_places_read(&of_table, &stats, YEAR), 0);
	open_list(shared);
	cr_assert_eq(drg_places_read(&of_list, &stats, YEAR), 0);
	cr_expect_eq(of_list.family_count, of_table.family_count, "%u and %u", of_list.family_count,
	        of_table.family_count);
	for (unsigned drg = 0; drg < DRG_COUNT; drg++) {
		struct drg_place listed = of_list.of[drg], shipped = of_table.of[drg];

		if (drg == 837)
			continue;
		cr_expect_eq(listed.family != 0, shipped.family != 0, "%u", drg);
		cr_expect_eq(listed.is_high, shipped.is_high, "%u", drg);
		cr_expect_eq(listed.is_surgical, shipped.is_surgical, "%u", drg);
	}
}
