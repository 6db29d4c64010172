/* SPDX-License-Identifier: Apache-2.0 */
#include "input/reader.h"

#include "input/kinds.h"

#include <stdatomic.h>
#include <string.h>

const struct reader_kind *const reader_kinds[] = {
#define READER(suffix, word) &reader_##suffix,
#include "input/readers.def"
#undef READER
        NULL,
};

static const char *const reader_words[] = {
#define READER(suffix, word) word,
#include "input/readers.def"
#undef READER
};

int reader_keeps_too_much(size_t keep, struct diag *diag)
{
	return diag_set(diag, FAIL_INTERNAL, "a reader was told to keep %zu bytes", keep);
}

static const struct reader_kind *find(const char *word)
{
	for (size_t i = 0; reader_kinds[i]; i++) {
		if (strcmp(word, reader_words[i]) == 0 || strcmp(word, reader_kinds[i]->name) == 0)
			return reader_kinds[i];
	}
	return NULL;
}

/* A build without liburing has nothing to try, and auto nothing to warn of. */
static const struct reader_kind *find_uring(void)
{
#ifdef HAVE_URING
	return &reader_uring;
#else
	return NULL;
#endif
}

void ring_warn_refused(int err, struct diag *diag)
{
	static atomic_flag warned = ATOMIC_FLAG_INIT;

	if (!atomic_flag_test_and_set_explicit(&warned, memory_order_relaxed))
		diag_warn(diag, "io_uring is not to be had here (%s): reading with pread",
		        strerror(-err));
}

int reader_choose(const struct reader_kind **kind, const char *io, struct diag *diag)
{
	bool automatic = strcmp(io, "auto") == 0;
	int err;

	*kind = automatic ? find_uring() : find(io);
	if (!*kind && (strcmp(io, "uring") == 0 || strcmp(io, "io_uring") == 0))
		return diag_set(diag, FAIL_ABSENT, "--io %s: built without liburing", io);
	if (!*kind && !automatic)
		return diag_set(diag, FAIL_USAGE,
		        "--io %s: no such reader; there are auto, uring, pread and mmap", io);
	if (*kind && *kind != find_uring())
		return 0;
	err = *kind ? ring_probe() : 0;
	if (err < 0)
		ring_warn_refused(err, diag);
	if (err < 0 || !*kind)
		*kind = &reader_pread;
	return 0;
}
