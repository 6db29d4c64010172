/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Workers add findings of the same few providers at once; then threads sort
 * and print them.  Run under the tsan preset, where Criterion cannot start.
 * The evidence must be the same as when one worker adds everything.
 */
#include "report/findings.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WORKERS = 6, FINDINGS = 60000, PROVIDERS = 40, RULES = 4 };

static struct profile *profile;
static uint32_t numbers[PROVIDERS];

static void fail(const char *what, const struct diag *diag)
{
	fprintf(stderr, "%s: %s\n", what, diag->text);
	exit(1);
}

static int add(const struct finding_sink *sink, uint64_t i)
{
	char claim[24];
	uint64_t mixed = (i + 1) * 0x9e3779b97f4a7c15;
	int size = snprintf(claim, sizeof(claim), "C%u", (unsigned)(mixed >> 40) % 90000);
	struct finding finding = {
	        .rule = (uint8_t)(mixed >> 8) % RULES,
	        .provider = numbers[(mixed >> 20) % PROVIDERS],
	        .line = (int32_t)(mixed >> 30) % 9,
	        .other_line = LINE_ABSENT,
	        .dollars = mixed & 1 ? 0 : (int64_t)(mixed >> 33) % 300,
	        .digest = mixed,
	        .kind = {"kind", 4},
	        .claim_id = {claim, (uint32_t)size},
	};

	return sink->add(sink->context, &finding);
}

struct share {
	struct finding_sink sink;
	uint64_t first, step;
};

static void *add_share(void *context)
{
	const struct share *share = context;

	for (uint64_t i = share->first; i < FINDINGS; i += share->step) {
		if (add(&share->sink, i) < 0)
			abort();
	}
	return NULL;
}

/* Write findings.csv in directory out by so many workers; returns the rows. */
static uint64_t write_findings(const char *out, enum findings_mode mode, unsigned workers)
{
	struct findings_options options = {.mode = mode,
	        .workers = workers,
	        .memory_bytes = 1 << 20,
	        .tmp = ".",
	        .profile = profile};
	struct share shares[WORKERS];
	pthread_t threads[WORKERS];
	struct findings *findings = NULL;
	struct out *file = NULL;
	struct run *run = NULL;
	struct diag diag;
	uint64_t rows = 0;

	diag_init(&diag);
	if (findings_create(&findings, &options, &diag) < 0)
		fail("findings", &diag);
	for (unsigned i = 0; i < workers; i++) {
		shares[i] = (struct share){findings_sink(findings, i), i, workers};
		if (pthread_create(&threads[i], NULL, add_share, &shares[i]) != 0)
			abort();
	}
	for (unsigned i = 0; i < workers; i++)
		pthread_join(threads[i], NULL);
	if (run_create(&run, out, false, &diag) < 0 ||
	        out_create(&file, run, "findings.csv", &diag) < 0 ||
	        findings_write(findings, file, &rows, &diag) < 0 || out_close(file, &diag) < 0 ||
	        run_commit(run, &diag) < 0)
		fail(out, &diag);
	run_destroy(run);
	findings_destroy(findings);
	return rows;
}

static void make_profile(void)
{
	struct profile_options options = {.workers = 1};
	struct diag diag;
	char npi[16];

	diag_init(&diag);
	rules_init();
	if (profile_create(&profile, &options, &diag) < 0)
		fail("profile", &diag);
	for (unsigned i = 0; i < PROVIDERS; i++) {
		int size = snprintf(npi, sizeof(npi), "%u", 1003000000 + i);

		numbers[i] = profile_number(profile,
		        (uint64_t)ID_BAD_CHECK << ID_KIND_SHIFT | (1003000000 + i), npi,
		        (size_t)size);
	}
}

int main(void)
{
	char home[] = "/tmp/claimscan-race-XXXXXX";
	int same;

	if (!mkdtemp(home) || chdir(home) != 0)
		return 1;
	make_profile();
	uint64_t sampled = write_findings("sample-many", FINDINGS_SAMPLE, WORKERS);
	uint64_t alone = write_findings("sample-one", FINDINGS_SAMPLE, 1);
	uint64_t all = write_findings("all-many", FINDINGS_ALL, WORKERS);

	write_findings("all-one", FINDINGS_ALL, 1);
	same = system("cmp sample-many/findings.csv sample-one/findings.csv &&"
	              " cmp all-many/findings.csv all-one/findings.csv");
	printf("%llu of %llu rows in the sample\n", (unsigned long long)sampled,
	        (unsigned long long)all);
	profile_destroy(profile);
	if (system("rm -r sample-many sample-one all-many all-one") != 0 || chdir("/") != 0 ||
	        rmdir(home) != 0)
		return 1;
	return same != 0 || sampled != alone || all != FINDINGS;
}
