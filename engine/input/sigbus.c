/* SPDX-License-Identifier: Apache-2.0 */
#include "input/sigbus.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* In a list that only grows, so that the handler may walk it at any time; reused. */
struct sigbus_guard {
	struct sigbus_guard *next;
	atomic_bool used;
	atomic_bool hit;
	atomic_uintptr_t from;
	atomic_uintptr_t to; /* 0: guards nothing */
};

static _Atomic(struct sigbus_guard *) guards;
static struct sigaction before;
static uintptr_t page_bytes;
static pthread_once_t installed = PTHREAD_ONCE_INIT;

/* Everything from the page on is gone too: one mapping, not a signal a page. */
static bool put_zeros(struct sigbus_guard *guard, uintptr_t address)
{
	uintptr_t to = atomic_load_explicit(&guard->to, memory_order_relaxed);
	uintptr_t from = address & ~(page_bytes - 1);

	if (address < atomic_load_explicit(&guard->from, memory_order_relaxed) || address >= to)
		return false;
	if (mmap((void *)from, to - from, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
	            0) == MAP_FAILED)
		return false;
	atomic_store_explicit(&guard->hit, true, memory_order_relaxed);
	return true;
}

/*
 * Only what is safe in a handler: atomics that are lock-free, and mmap, which
 * is a bare system call.  Not ours: the old handler is put back, and the
 * faulting instruction, run again, meets it.
 */
static void handle(int number, siginfo_t *info, void *context)
{
	uintptr_t address = (uintptr_t)info->si_addr;
	struct sigbus_guard *guard = atomic_load_explicit(&guards, memory_order_acquire);

	(void)context;
	for (; guard; guard = guard->next) {
		if (put_zeros(guard, address))
			return;
	}
	sigaction(number, &before, NULL);
}

static void install(void)
{
	struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO};

	page_bytes = (uintptr_t)sysconf(_SC_PAGESIZE);
	sigemptyset(&action.sa_mask);
	sigaction(SIGBUS, &action, &before);
}

static struct sigbus_guard *reuse(void)
{
	struct sigbus_guard *guard = atomic_load_explicit(&guards, memory_order_acquire);

	for (; guard; guard = guard->next) {
		bool used = false;

		if (atomic_compare_exchange_strong_explicit(
		            &guard->used, &used, true, memory_order_acquire, memory_order_relaxed))
			return guard;
	}
	return NULL;
}

static struct sigbus_guard *make(void)
{
	struct sigbus_guard *guard = calloc(1, sizeof(*guard));

	if (!guard)
		return NULL;
	atomic_init(&guard->used, true);
	guard->next = atomic_load_explicit(&guards, memory_order_relaxed);
	while (!atomic_compare_exchange_weak_explicit(
	        &guards, &guard->next, guard, memory_order_release, memory_order_relaxed))
		;
	return guard;
}

struct sigbus_guard *sigbus_guard(void *memory, size_t size)
{
	struct sigbus_guard *guard;

	pthread_once(&installed, install);
	guard = reuse();
	if (!guard)
		guard = make();
	if (!guard)
		return NULL;
	atomic_store_explicit(&guard->hit, false, memory_order_relaxed);
	atomic_store_explicit(&guard->from, (uintptr_t)memory, memory_order_relaxed);
	atomic_store_explicit(&guard->to, (uintptr_t)memory + size, memory_order_relaxed);
	return guard;
}

void sigbus_release(struct sigbus_guard *guard)
{
	if (!guard)
		return;
	atomic_store_explicit(&guard->to, 0, memory_order_relaxed);
	atomic_store_explicit(&guard->used, false, memory_order_release);
}

bool sigbus_was_hit(const struct sigbus_guard *guard)
{
	return atomic_load_explicit(&guard->hit, memory_order_relaxed);
}
