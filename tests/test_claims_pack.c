/* SPDX-License-Identifier: Apache-2.0 */
#include "regroup/claims_private.h"

#include "base/budget.h"
#include "base/hash.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { RUNS = 2000, TEXT_MOST = 300 };

static uint64_t state;

static uint64_t draw(void)
{
	state++;
	return hash64(&state, sizeof(state));
}

static int64_t draw_amount(void)
{
	static const int64_t edges[] = {AMOUNT_ABSENT, 0, -1, INT32_MAX, INT32_MIN,
	        (int64_t)INT32_MIN + 1, (int64_t)INT32_MAX + 1, AMOUNT_MOST, -AMOUNT_MOST};

	if (draw() % 8)
		return (int64_t)(draw() % 100000);
	return edges[draw() % (sizeof(edges) / sizeof(edges[0]))];
}

static int32_t draw_number(int32_t usual, int32_t none)
{
	const int32_t edges[] = {none, 0, -1, 65534, 65535, 65536, INT32_MAX, INT32_MIN};

	return draw() % 8 ? usual : edges[draw() % (sizeof(edges) / sizeof(edges[0]))];
}

static uint32_t draw_size(void)
{
	static const uint32_t sizes[] = {0, 8, 9, 254, 255, TEXT_MOST};

	return sizes[draw() % 8 ? 1 + draw() % 2 : draw() % (sizeof(sizes) / sizeof(sizes[0]))];
}

static void draw_facts(struct run_facts *facts)
{
	*facts = (struct run_facts){
	        .digest = draw(),
	        .line = draw_number(1, LINE_ABSENT),
	        .lines = 1 + (uint32_t)(draw() % BATCH_LINES),
	        .scope = draw() % 4 ? 0 : (uint32_t)draw(),
	        .evaluated = draw() % 4 ? 0 : (uint32_t)draw(),
	        .fallback = draw() % 2 ? draw() : 0,
	        .order_date = draw_number(19800, INT32_MAX),
	        .service_from = draw_number(19750, DATE_ABSENT),
	        .sums = {draw_amount(), draw_amount(), draw_amount()},
	        .claim_type = (uint8_t)(draw() % CLAIM_TYPES),
	};
}

/* A run of number n; amounts that stand on a claim's level have their place beside. */
static void draw_run(uint64_t n, const char *texts, struct run_parts *run)
{
	static const uint32_t sections[] = {RUN_FACTS, RUN_FACTS | RUN_TEXTS,
	        RUN_FACTS | RUN_AMOUNTS, RUN_FACTS | RUN_AMOUNTS | RUN_TEXTS};

	state = n << 20;
	*run = (struct run_parts){.claim = n,
	        .provider = (uint32_t)draw(),
	        .flags = sections[draw() % 4] | (draw() & 0xff)};
	draw_facts(&run->facts);
	if (run->flags & RUN_AMOUNTS) {
		run->amounts = (struct run_amounts){.everywhere = draw() & 7,
		        .equal = draw() & 7,
		        .layout = (uint32_t)draw(),
		        .claim_level = draw() & 7};
		for (unsigned i = 0; i < AMOUNTS; i++)
			run->amounts.amounts[i] = draw() % 2 ? run->facts.sums[i] : draw_amount();
	}
	if (run->amounts.claim_level) {
		run->amounts.hcpcs = draw() >> 8;
		run->amounts.place = (uint16_t)draw();
		run->amounts.em_family = (uint8_t)draw();
		run->amounts.em_level = (uint8_t)draw();
		for (unsigned i = 0; i < MODIFIERS_MAX; i++)
			run->amounts.modifiers[i] = (uint16_t)draw();
	}
	for (unsigned i = 0; i < 3 && run->flags & RUN_TEXTS; i++)
		run->texts[i] = (struct text){texts + i, draw_size()};
}

static void expect_texts(const struct run_parts *run, const struct run_texts *texts)
{
	const char *at = texts->bytes;
	const uint32_t sizes[] = {
	        texts->claim_id_size, texts->data_source_size, texts->person_id_size};

	for (unsigned i = 0; i < 3; i++) {
		cr_assert_eq(sizes[i], run->texts[i].size);
		cr_assert_arr_eq(at, run->texts[i].at, sizes[i]);
		at += sizes[i];
	}
}

static void expect_run(const struct run_parts *run, const struct run_record *record)
{
	cr_assert_eq(record->head.key, run->claim);
	cr_assert_eq(record->provider, run->provider);
	cr_assert_eq(record->flags, run->flags);
	cr_assert_arr_eq(run_facts(record), &run->facts, sizeof(run->facts));
	cr_assert_eq(run_amounts(record) != NULL, (run->flags & RUN_AMOUNTS) != 0);
	if (run_amounts(record))
		cr_assert_arr_eq(run_amounts(record), &run->amounts, sizeof(run->amounts));
	cr_assert_eq(run_texts(record) != NULL, (run->flags & RUN_TEXTS) != 0);
	if (run_texts(record))
		expect_texts(run, run_texts(record));
}

/* All runs in one partition, each a claim; what is left, and what is read of it. */
static size_t leave_and_expect(const char *texts)
{
	static struct claims_worker worker;
	const struct partition_options options = {.count = 1, .memory_bytes = 64 << 20};
	struct partitions *partitions;
	struct partition_writer *writer;
	struct partition_view view;
	struct partition_stats stats;
	struct run_parts run;
	struct diag diag;

	diag_init(&diag);
	cr_assert_eq(partitions_create(&partitions, &options, &diag), 0);
	cr_assert_eq(partition_writer_create(&writer, partitions, &diag), 0);
	for (uint64_t n = 1; n <= RUNS; n++) {
		draw_run(n, texts, &run);
		cr_assert_eq(claims_put_run(writer, &run), 0);
	}
	cr_assert_eq(partition_writer_finish(writer, &diag), 0);
	partitions_stats(partitions, &stats);
	cr_assert_eq(partition_load(partitions, 0, &view, &diag), 0);
	cr_assert_eq(view.count, RUNS);
	for (uint64_t n = 1; n <= RUNS; n++) {
		const struct record_head **records = claims_unpack_runs(
		        &worker, view.records + n - 1, 1);

		cr_assert_not_null(records);
		draw_run(n, texts, &run);
		expect_run(&run, (const struct run_record *)records[0]);
	}
	partition_release(partitions, &view);
	partition_writer_destroy(writer);
	partitions_destroy(partitions);
	budget_free(worker.group.data);
	budget_free(worker.unpacked.data);
	return stats.bytes;
}

Test(claims_pack, reads_back_what_was_left)
{
	char texts[TEXT_MOST + 3];

	for (size_t i = 0; i < sizeof(texts); i++)
		texts[i] = (char)('a' + i % 26);
	cr_assert_gt(leave_and_expect(texts), RUNS * sizeof(struct run_record));
}

/* Runs of a claim are unpacked together; what is no run with facts stays as it is. */
Test(claims_pack, other_records_stay)
{
	struct claims_worker *worker = calloc(1, sizeof(*worker));
	struct name_record name = {.head = {1, sizeof(name), RECORD_NAME}};
	struct run_record plain = {{1, sizeof(plain), RECORD_RUN}, 7, RUN_DUE};
	const struct record_head *records[] = {&name.head, &plain.head};

	cr_assert_eq(claims_unpack_runs(worker, records, 2), records);
	cr_assert_eq(records[0], &name.head);
	cr_assert_eq(records[1], &plain.head);
	free(worker);
}
