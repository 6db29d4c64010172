/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file's pages are mapped where they stand in one stretch of addresses that
 * is set aside when the first is needed:
 *
 *     addresses  | slab | slab |  nothing  | slab |      nothing ...
 *     file       | used | used |   hole    | used | not there yet
 *
 * so that an address tells whether it is of the file, and where in it.  What is
 * given back becomes a hole, which reads as zeros when it is used again.
 */
#include "base/budget.h"

#include "base/unlinked.h"

#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { HEAD_BYTES = 64, PAGE_BYTES = 4096, HOLES_FIRST = 64 };

/* Addresses to set aside: more than disks hold; less where that many may not be had. */
#define STRETCH_BYTES_MOST ((size_t)1 << 39)
#define STRETCH_BYTES_LEAST ((size_t)1 << 30)

/*
 * Below this much memory the C library keeps little of what is freed to it: by
 * itself it may hold back twice the largest block that was.
 */
#define SMALL_BYTES ((uint64_t)1 << 30)
enum { SMALL_BLOCK_BYTES = 256 << 10, SMALL_KEPT_BYTES = 1 << 20, SMALL_ARENAS = 2 };

/* Stands before an array. */
struct head {
	size_t bytes;   /* of the array */
	size_t counted; /* of the budget; 0 of a small one, and of one in the file */
};
_Static_assert(sizeof(struct head) == 16, "what malloc aligns to");

struct hole {
	size_t from, to;
};

static struct {
	_Atomic uint64_t taken, limit;
	_Atomic(uint8_t *) stretch;
	_Atomic uint64_t mapped, mapped_most;

	/* Of the file: under the lock. */
	pthread_mutex_t lock;
	const char *tmp;
	int fd;
	size_t stretch_bytes, end; /* pages from end on were never used */
	struct hole *holes;        /* by place; no two touch */
	size_t hole_count, hole_room;
	int error; /* errno of the first failure */
	const char *failed;
} budget = {.limit = UINT64_MAX, .lock = PTHREAD_MUTEX_INITIALIZER, .fd = -1};

static size_t whole_pages(size_t bytes)
{
	return (bytes + PAGE_BYTES - 1) & ~(size_t)(PAGE_BYTES - 1);
}

/* ---- What is anonymous ---- */

void budget_open(uint64_t bytes, const char *tmp)
{
	uint64_t taken = atomic_load_explicit(&budget.taken, memory_order_relaxed);

	pthread_mutex_lock(&budget.lock);
	budget.tmp = tmp;
	budget.error = 0;
	pthread_mutex_unlock(&budget.lock);
	atomic_store_explicit(&budget.mapped_most,
	        atomic_load_explicit(&budget.mapped, memory_order_relaxed), memory_order_relaxed);
	atomic_store_explicit(&budget.limit, taken + bytes, memory_order_relaxed);
	if (bytes < SMALL_BYTES) {
		mallopt(M_MMAP_THRESHOLD, SMALL_BLOCK_BYTES);
		mallopt(M_TRIM_THRESHOLD, SMALL_KEPT_BYTES);
		mallopt(M_ARENA_MAX, SMALL_ARENAS);
	}
}

bool budget_take(size_t bytes)
{
	uint64_t limit = atomic_load_explicit(&budget.limit, memory_order_relaxed);
	uint64_t before = atomic_fetch_add_explicit(&budget.taken, bytes, memory_order_relaxed);

	if (bytes == 0 || before + bytes <= limit)
		return true;
	budget_give(bytes);
	return false;
}

void budget_reserve(size_t bytes)
{
	atomic_fetch_add_explicit(&budget.taken, bytes, memory_order_relaxed);
}

void budget_give(size_t bytes)
{
	atomic_fetch_sub_explicit(&budget.taken, bytes, memory_order_relaxed);
}

uint64_t budget_left(void)
{
	uint64_t taken = atomic_load_explicit(&budget.taken, memory_order_relaxed);
	uint64_t limit = atomic_load_explicit(&budget.limit, memory_order_relaxed);

	return taken < limit ? limit - taken : 0;
}

/* ---- Pages that the disk does not give back ---- */

static struct sigaction other; /* what SIGBUS did until now */
static void (*told_of_loss)(void);

void budget_when_lost(void (*told)(void))
{
	told_of_loss = told;
}

/* Signals of other addresses are those of who was there before. */
static void lost(int number, siginfo_t *info, void *context)
{
	if (told_of_loss && budget_is_mapped(info->si_addr))
		told_of_loss();
	else if (other.sa_flags & SA_SIGINFO)
		other.sa_sigaction(number, info, context);
	else
		sigaction(number, &other, NULL); /* which the instruction, run again, meets */
}

static void watch(void)
{
	struct sigaction action = {.sa_sigaction = lost, .sa_flags = SA_SIGINFO};

	sigemptyset(&action.sa_mask);
	sigaction(SIGBUS, &action, &other);
}

/* ---- The file; all of it under the lock ---- */

static bool fail(int error, const char *what)
{
	if (!budget.error) {
		budget.error = error;
		budget.failed = what;
	}
	return false;
}

/* Addresses without memory behind them, in place of what stood there. */
static void *set_aside(void *at, size_t bytes)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | (at ? MAP_FIXED : 0);

	return mmap(at, bytes, PROT_NONE, flags, -1, 0);
}

static bool make_stretch(void)
{
	size_t bytes = STRETCH_BYTES_MOST;
	void *at = MAP_FAILED;

	if (atomic_load_explicit(&budget.stretch, memory_order_relaxed))
		return true;
	while (at == MAP_FAILED && bytes >= STRETCH_BYTES_LEAST) {
		at = set_aside(NULL, bytes);
		if (at == MAP_FAILED)
			bytes /= 2;
	}
	if (at == MAP_FAILED)
		return fail(ENOMEM, "map");
	budget.stretch_bytes = bytes;
	watch();
	atomic_store_explicit(&budget.stretch, at, memory_order_release);
	return true;
}

static bool make_file(void)
{
	if (budget.fd >= 0)
		return true;
	budget.fd = unlinked_open(budget.tmp ? budget.tmp : "/tmp");
	return budget.fd >= 0 || fail(errno, "make");
}

/* When the last page is back and nobody asks for more. */
static void drop_file(void)
{
	close(budget.fd);
	free(budget.holes);
	budget.fd = -1;
	budget.end = budget.hole_count = budget.hole_room = 0;
	budget.holes = NULL;
}

static void drop_if_done(void)
{
	if (budget.fd >= 0 && atomic_load_explicit(&budget.mapped, memory_order_relaxed) == 0 &&
	        atomic_load_explicit(&budget.limit, memory_order_relaxed) == UINT64_MAX)
		drop_file();
}

void budget_close(void)
{
	pthread_mutex_lock(&budget.lock);
	atomic_store_explicit(&budget.limit, UINT64_MAX, memory_order_relaxed);
	budget.tmp = NULL;
	drop_if_done();
	pthread_mutex_unlock(&budget.lock);
}

static bool has_hole_room(void)
{
	size_t room = budget.hole_room ? 2 * budget.hole_room : HOLES_FIRST;

	if (budget.hole_count < budget.hole_room)
		return true;
	struct hole *larger = realloc(budget.holes, room * sizeof(*larger));

	if (!larger)
		return false;
	budget.holes = larger;
	budget.hole_room = room;
	return true;
}

static void insert_hole(size_t at, struct hole hole)
{
	/* Without memory to note it, its place is lost to the file. */
	if (!has_hole_room())
		return;
	memmove(&budget.holes[at + 1], &budget.holes[at], (budget.hole_count - at) * sizeof(hole));
	budget.holes[at] = hole;
	budget.hole_count++;
}

static void remove_hole(size_t at)
{
	budget.hole_count--;
	memmove(&budget.holes[at], &budget.holes[at + 1],
	        (budget.hole_count - at) * sizeof(*budget.holes));
}

/* The first hole that is large enough, else the end; SIZE_MAX: there are no more addresses. */
static size_t take_range(size_t bytes)
{
	for (size_t i = 0; i < budget.hole_count; i++) {
		struct hole *hole = &budget.holes[i];
		size_t from = hole->from;

		if (hole->to - from < bytes)
			continue;
		hole->from += bytes;
		if (hole->from == hole->to)
			remove_hole(i);
		return from;
	}
	if (budget.stretch_bytes - budget.end < bytes)
		return SIZE_MAX;
	budget.end += bytes;
	return budget.end - bytes;
}

/* Joined with the holes before and behind it. */
static void give_range(size_t from, size_t to)
{
	size_t at = 0;

	while (at < budget.hole_count && budget.holes[at].from < from)
		at++;
	if (at < budget.hole_count && budget.holes[at].from == to) {
		to = budget.holes[at].to;
		remove_hole(at);
	}
	if (at > 0 && budget.holes[at - 1].to == from)
		budget.holes[at - 1].to = to;
	else
		insert_hole(at, (struct hole){from, to});
}

static void *map_range(size_t from, size_t bytes)
{
	uint8_t *stretch = atomic_load_explicit(&budget.stretch, memory_order_relaxed);
	int error = posix_fallocate(budget.fd, (off_t)from, (off_t)bytes);

	if (error) {
		fail(error, "write");
		return NULL;
	}
	void *at = mmap(stretch + from, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
	        budget.fd, (off_t)from);

	if (at == MAP_FAILED)
		fail(errno, "map");
	return at == MAP_FAILED ? NULL : at;
}

/* Into the most, whoever else is at it. */
static void note_mapped(size_t bytes)
{
	uint64_t now = atomic_fetch_add_explicit(&budget.mapped, bytes, memory_order_relaxed);

	now += bytes;
	if (now > atomic_load_explicit(&budget.mapped_most, memory_order_relaxed))
		atomic_store_explicit(&budget.mapped_most, now, memory_order_relaxed);
}

static void *map_pages(size_t bytes)
{
	if (!make_stretch() || !make_file())
		return NULL;
	size_t from = take_range(bytes);

	if (from == SIZE_MAX) {
		fail(ENOMEM, "map");
		return NULL;
	}
	void *at = map_range(from, bytes);

	if (at)
		note_mapped(bytes);
	else
		give_range(from, from + bytes);
	return at;
}

void *budget_map(size_t bytes)
{
	pthread_mutex_lock(&budget.lock);
	void *at = map_pages(whole_pages(bytes));

	pthread_mutex_unlock(&budget.lock);
	return at;
}

void budget_unmap(void *at, size_t bytes)
{
	uint8_t *stretch = atomic_load_explicit(&budget.stretch, memory_order_acquire);
	size_t from = (size_t)((uint8_t *)at - stretch);

	bytes = whole_pages(bytes);
	pthread_mutex_lock(&budget.lock);
	/* Where a file system knows no holes, they are made of zeros. */
	if (fallocate(budget.fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)from,
	            (off_t)bytes))
		memset(at, 0, bytes);
	set_aside(at, bytes);
	give_range(from, from + bytes);
	atomic_fetch_sub_explicit(&budget.mapped, bytes, memory_order_relaxed);
	drop_if_done();
	pthread_mutex_unlock(&budget.lock);
}

bool budget_is_mapped(const void *at)
{
	const uint8_t *stretch = atomic_load_explicit(&budget.stretch, memory_order_acquire);

	return stretch && (size_t)((const uint8_t *)at - stretch) < budget.stretch_bytes;
}

int budget_failure(struct diag *diag)
{
	int err = 0;

	pthread_mutex_lock(&budget.lock);
	if (budget.error) {
		diag->text[0] = '\0'; /* "no memory" is what those say who were refused */
		err = diag_set(diag, FAIL_IO,
		        "%s: cannot %s the spill file: %s (--tmp names another directory, "
		        "--memory keeps more in memory)",
		        budget.tmp ? budget.tmp : "/tmp", budget.failed, strerror(budget.error));
	}
	pthread_mutex_unlock(&budget.lock);
	return err;
}

struct budget_figures budget_figures(void)
{
	return (struct budget_figures){
	        .mapped = atomic_load_explicit(&budget.mapped, memory_order_relaxed),
	        .mapped_most = atomic_load_explicit(&budget.mapped_most, memory_order_relaxed)};
}

/* ---- Arrays ---- */

static struct head *head_of(void *array)
{
	return (struct head *)array - 1;
}

static void *behind(struct head *head, size_t bytes, size_t counted)
{
	*head = (struct head){bytes, counted};
	return head + 1;
}

/* In the file an array begins at a cache line. */
static void *map_array(size_t bytes)
{
	uint8_t *at = budget_map(HEAD_BYTES + bytes);

	return at ? behind((struct head *)(void *)(at + HEAD_BYTES) - 1, bytes, 0) : NULL;
}

static void *make_array(size_t bytes, void *(*make)(size_t bytes))
{
	size_t counted = bytes >= BUDGET_ARRAY_BYTES ? bytes : 0;

	if (bytes > SIZE_MAX / 2)
		return NULL;
	if (!budget_take(counted))
		return map_array(bytes);
	struct head *head = make(sizeof(*head) + bytes);

	if (!head)
		budget_give(counted);
	return head ? behind(head, bytes, counted) : NULL;
}

static void *make_zeroed(size_t bytes)
{
	return calloc(1, bytes);
}

void *budget_alloc(size_t bytes)
{
	return make_array(bytes, malloc);
}

void *budget_calloc(size_t count, size_t size)
{
	size_t bytes;

	return __builtin_mul_overflow(count, size, &bytes) ? NULL : make_array(bytes, make_zeroed);
}

void budget_free(void *array)
{
	if (!array)
		return;
	struct head *head = head_of(array);

	if (budget_is_mapped(array)) {
		budget_unmap((uint8_t *)array - HEAD_BYTES, HEAD_BYTES + head->bytes);
	} else {
		budget_give(head->counted);
		free(head);
	}
}

/* To wherever there is room. */
static void *move_array(void *array, size_t bytes)
{
	size_t old = head_of(array)->bytes;
	void *moved = budget_alloc(bytes);

	if (!moved)
		return NULL;
	memcpy(moved, array, old < bytes ? old : bytes);
	budget_free(array);
	return moved;
}

void *budget_resize(void *array, size_t bytes)
{
	if (!array)
		return budget_alloc(bytes);
	struct head *head = head_of(array);
	size_t counted = bytes >= BUDGET_ARRAY_BYTES ? bytes : 0, before = head->counted;
	size_t more = counted > before ? counted - before : 0;

	if (bytes > SIZE_MAX / 2)
		return NULL;
	if (budget_is_mapped(array) || !budget_take(more))
		return move_array(array, bytes);
	head = realloc(head, sizeof(*head) + bytes);
	if (!head) {
		budget_give(more);
		return NULL;
	}
	budget_give(before + more - counted);
	return behind(head, bytes, counted);
}
