/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads through io_uring: a ring a reader, reads in flight ahead of the caller.
 * The only file that includes liburing.
 *
 * A slot is a place that one read fills, with room before it for the tail of
 * the view before:
 *
 *     slot 0   [........ tail|fresh bytes      ]   shown: the caller works on it
 *     slot 1   [........     |read, complete   ]   queue: oldest first
 *     slot 2   [........     |being read       ]
 *     slot 3   [........     |                 ]   free
 *
 * How many slots are in use follows the file.  Where reads complete as they
 * are submitted (all is in the page cache) one slot, hot in L2, is best: each
 * further one only spoils the cache.  Where the caller had to wait, their
 * number doubles, up to the depth.
 *
 * What is small, or lies beyond what the caller said it wants (the end of a
 * record), is read with pread: a ring gains nothing there.  So is everything
 * where no ring can be made, and what a ring read short or refused.
 *
 * No SQPOLL: its thread takes a core from the parsers.  No registered files:
 * registering is a call a file, and saves nanoseconds a read.  No NO_SQARRAY:
 * liburing 2.3 writes that array without asking.
 */
#include "input/kinds.h"
#include "input/source.h"

#include <liburing.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
	VIEW_BYTES = 256 << 10,
	DEPTH_COLD = 8, /* at most, and at once where the page cache is passed by: 2 MiB */
	DEPTH_MAX = 64,
	HEADROOM = 16 << 10, /* a longer tail goes through the window */
	NO_SLOT = -1,
	ADVICE_MAX = 16, /* pieces of memory being advised at once */
};

static atomic_int forbidden;

void ring_forbid(int err)
{
	atomic_store_explicit(&forbidden, err, memory_order_relaxed);
}

/*
 * Each of these is refused with EINVAL by kernels before it.  The newest is
 * given up first.  A disabled ring belongs to the thread that enables it, not
 * to the one that makes it.
 */
static const unsigned setup_flags[] = {
        IORING_SETUP_R_DISABLED | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN |
                IORING_SETUP_COOP_TASKRUN,                                                /* 6.1 */
        IORING_SETUP_R_DISABLED | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_COOP_TASKRUN, /* 6.0 */
        IORING_SETUP_R_DISABLED | IORING_SETUP_COOP_TASKRUN,                              /* 5.19 */
        IORING_SETUP_R_DISABLED,                                                          /* 5.10 */
        0,
};

/* Returns 0, or a negative errno.  *disabled: to be enabled by its thread. */
static int make_ring(struct io_uring *ring, unsigned entries, bool *disabled)
{
	int err = atomic_load_explicit(&forbidden, memory_order_relaxed);

	if (err < 0)
		return err;
	err = -EINVAL;
	for (size_t i = 0; err == -EINVAL && i < sizeof(setup_flags) / sizeof(setup_flags[0]);
	        i++) {
		err = io_uring_queue_init(entries, ring, setup_flags[i]);
		*disabled = setup_flags[i] & IORING_SETUP_R_DISABLED;
	}
	return err;
}

int ring_probe(void)
{
	struct io_uring ring;
	bool disabled;
	int err = make_ring(&ring, 1, &disabled);

	if (err < 0)
		return err;
	io_uring_queue_exit(&ring);
	return 0;
}

/* Not io_uring_enable_rings(), which the shared library of liburing 2.3 forgot to export. */
static int enable_ring(struct io_uring *ring, bool *disabled)
{
	if (!*disabled)
		return 0;
	*disabled = false;
	return io_uring_register((unsigned)ring->ring_fd, IORING_REGISTER_ENABLE_RINGS, NULL, 0);
}

enum slot_state { SLOT_FREE, SLOT_READING, SLOT_READ };

struct slot {
	uint8_t *place;
	uint64_t offset;
	size_t size; /* that are wanted */
	int result;  /* bytes read, or a negative errno */
	enum slot_state state;
};

struct reader {
	struct source source;
	struct window window;
	const uint8_t *end; /* of the last view */

	struct io_uring ring;
	bool has_ring;
	bool ring_disabled;
	bool register_tried;
	bool registered; /* the slots' memory, as buffer 0 */
	bool depth_fixed;
	bool waited_now; /* for the last read */
	bool waited;     /* for any since the source was opened */

	uint8_t *memory;
	size_t memory_bytes;
	struct slot *slots;
	unsigned depth;  /* slots there are */
	unsigned in_use; /* slots that may be busy, 1 to depth */
	unsigned busy;   /* shown or queued */
	int shown;       /* slot of the last view, or NO_SLOT */
	int free_slots[DEPTH_MAX];
	unsigned free_count;
	int queue[DEPTH_MAX]; /* a circle of depth */
	unsigned queue_first, queue_count;
	unsigned in_flight;
	uint64_t submitted_to; /* offset of the next read */
};

static int make_slots(struct reader *reader, struct diag *diag)
{
	size_t view = (reader->source.view_bytes + SOURCE_ALIGN - 1) & ~(size_t)(SOURCE_ALIGN - 1);
	size_t stride = HEADROOM + view + SOURCE_ALIGN; /* the last: slack behind the view */

	reader->memory_bytes = stride * reader->depth;
	reader->memory = mmap(NULL, reader->memory_bytes, PROT_READ | PROT_WRITE,
	        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (reader->memory == MAP_FAILED)
		reader->memory = NULL;
	reader->slots = calloc(reader->depth, sizeof(reader->slots[0]));
	if (!reader->memory || !reader->slots)
		return diag_set(diag, FAIL_MEMORY, "no memory to read into");
	for (unsigned i = 0; i < reader->depth; i++) {
		reader->slots[i].place = reader->memory + i * stride + HEADROOM;
		reader->free_slots[reader->free_count++] = (int)(reader->depth - 1 - i);
	}
	return 0;
}

/*
 * Once there are reads to wait for: it saves pinning pages for each, but pins
 * all slots, which is nothing gained (and 2 % lost) where all is in the page
 * cache.  Refused where the memory-lock limit is too low: reads then name
 * their memory each time.
 */
static void register_slots(struct reader *reader)
{
	struct iovec memory = {reader->memory, reader->memory_bytes};

	if (reader->register_tried)
		return;
	reader->register_tried = true;
	reader->registered = io_uring_register_buffers(&reader->ring, &memory, 1) == 0;
}

static int make_reader_ring(struct reader *reader, struct diag *diag)
{
	int err = make_ring(&reader->ring, reader->depth, &reader->ring_disabled);

	if (err < 0) {
		ring_warn_refused(err, diag);
		return 0;
	}
	reader->has_ring = true;
	return make_slots(reader, diag);
}

/* All reads in flight come to their end: the kernel writes into our memory until then. */
static void drain(struct reader *reader);

static void uring_destroy(struct reader *reader)
{
	if (!reader)
		return;
	if (reader->has_ring) {
		drain(reader);
		io_uring_queue_exit(&reader->ring);
	}
	source_reset(&reader->source);
	window_reset(&reader->window);
	if (reader->memory)
		munmap(reader->memory, reader->memory_bytes);
	free(reader->slots);
	free(reader);
}

static int uring_create(
        struct reader **out, const struct reader_options *options, struct diag *diag)
{
	struct reader *reader = calloc(1, sizeof(*reader));
	int err;

	*out = NULL;
	if (!reader)
		return diag_set(diag, FAIL_MEMORY, "no memory for a reader");
	source_init(&reader->source, options, VIEW_BYTES);
	reader->shown = NO_SLOT;
	reader->depth_fixed = options->depth > 0;
	reader->depth = options->depth > 0 ? options->depth : DEPTH_COLD;
	if (reader->depth > DEPTH_MAX)
		reader->depth = DEPTH_MAX;
	reader->in_use = reader->depth_fixed || options->direct ? reader->depth : 1;
	err = make_reader_ring(reader, diag);
	if (err < 0) {
		uring_destroy(reader);
		return err;
	}
	*out = reader;
	return 0;
}

static int take_slot(struct reader *reader)
{
	reader->busy++;
	return reader->free_slots[--reader->free_count];
}

/* Last in, first out: the slot that was free the shortest time is the hottest. */
static void give_slot(struct reader *reader, int index)
{
	reader->slots[index].state = SLOT_FREE;
	reader->free_slots[reader->free_count++] = index;
	reader->busy--;
}

static void note_completions(struct reader *reader)
{
	struct io_uring_cqe *cqe;
	unsigned head;
	unsigned count = 0;

	io_uring_for_each_cqe(&reader->ring, head, cqe)
	{
		struct slot *slot = io_uring_cqe_get_data(cqe);

		slot->result = cqe->res;
		slot->state = SLOT_READ;
		count++;
	}
	io_uring_cq_advance(&reader->ring, count);
	reader->in_flight -= count;
}

static void drain(struct reader *reader)
{
	while (reader->in_flight > 0) {
		int err = io_uring_submit_and_wait(&reader->ring, 1);

		note_completions(reader);
		if (err < 0 && err != -EINTR && err != -EAGAIN && err != -EBUSY)
			break; /* not our thread, or no ring any more: nothing to wait for */
	}
	if (reader->shown != NO_SLOT)
		give_slot(reader, reader->shown);
	reader->shown = NO_SLOT;
	for (; reader->queue_count > 0; reader->queue_count--) {
		give_slot(reader, reader->queue[reader->queue_first]);
		reader->queue_first = (reader->queue_first + 1) % reader->depth;
	}
}

/* Put the next read into a slot, at the end of the queue.  Not submitted yet. */
static void queue_read(struct reader *reader, int index)
{
	struct source *source = &reader->source;
	uint64_t left = source->wanted_to - reader->submitted_to;
	struct slot *slot = &reader->slots[index];
	struct io_uring_sqe *sqe = io_uring_get_sqe(&reader->ring);

	slot->size = left < source->view_bytes ? (size_t)left : source->view_bytes;
	slot->offset = reader->submitted_to;
	slot->state = SLOT_READING;
	if (reader->registered)
		io_uring_prep_read_fixed(sqe, source->descriptor, slot->place,
		        (unsigned)source_read_size(source, slot->size), slot->offset, 0);
	else
		io_uring_prep_read(sqe, source->descriptor, slot->place,
		        (unsigned)source_read_size(source, slot->size), slot->offset);
	io_uring_sqe_set_data(sqe, slot);
	reader->submitted_to += slot->size;
	reader->queue[(reader->queue_first + reader->queue_count++) % reader->depth] = index;
	reader->in_flight++;
}

static void queue_ahead(struct reader *reader)
{
	while (reader->busy < reader->in_use && reader->submitted_to < reader->source.wanted_to)
		queue_read(reader, take_slot(reader));
}

static int ring_failed(const struct reader *reader, int err, struct diag *diag)
{
	return diag_set(diag, FAIL_IO, "%s: io_uring: %s", reader->source.path, strerror(-err));
}

/* Submit what is queued; wait until the slot is read. */
static int wait_for(struct reader *reader, const struct slot *slot, struct diag *diag)
{
	int err = 0;

	if (io_uring_sq_ready(&reader->ring) > 0)
		err = io_uring_submit(&reader->ring);
	note_completions(reader);
	while (slot->state != SLOT_READ) {
		if (err < 0 && err != -EINTR && err != -EAGAIN && err != -EBUSY)
			return ring_failed(reader, err, diag);
		if (err == -EAGAIN || err == -EBUSY)
			sched_yield();
		reader->waited_now = true;
		err = io_uring_submit_and_wait(&reader->ring, 1);
		note_completions(reader);
	}
	return 0;
}

/* A read that was cut short, interrupted or refused is ended, or found out, by pread. */
static int finish_read(struct reader *reader, struct slot *slot, struct diag *diag)
{
	size_t done = slot->result > 0 ? (size_t)slot->result : 0;

	if (done >= slot->size)
		return 0;
	return source_read(
	        &reader->source, slot->place + done, slot->size - done, slot->offset + done, diag);
}

/*
 * The slot that the next view is in, with the tail in front of it where it has
 * the room, else in the window.  With one slot in use the tail moves within it.
 */
static struct slot *move_on(struct reader *reader, size_t keep)
{
	bool empty = reader->queue_count == 0;
	int shown = reader->shown;
	struct slot *next;
	int index;

	if (empty)
		index = shown != NO_SLOT ? shown : take_slot(reader);
	else
		index = reader->queue[reader->queue_first];
	next = &reader->slots[index];
	if (keep > HEADROOM)
		window_keep(&reader->window, reader->end, keep);
	else if (keep > 0)
		memmove(next->place - keep, reader->end - keep, keep);
	reader->shown = NO_SLOT;
	if (empty)
		queue_read(reader, index);
	else if (shown != NO_SLOT)
		give_slot(reader, shown);
	queue_ahead(reader);
	return next;
}

/* More slots where the caller had to wait: reads are to be further ahead. */
static void deepen(struct reader *reader)
{
	if (!reader->waited_now)
		return;
	reader->waited_now = false;
	reader->waited = true;
	if (!reader->depth_fixed && reader->in_use * 2 <= reader->depth)
		reader->in_use *= 2;
	register_slots(reader);
}

static int next_from_ring(struct reader *reader, size_t keep, struct view *view, struct diag *diag)
{
	struct slot *slot;
	uint8_t *fresh;
	int err = 0;

	if (keep > HEADROOM)
		err = window_make(&reader->window, reader->source.view_bytes, diag);
	if (err < 0)
		return err;
	slot = move_on(reader, keep);
	err = wait_for(reader, slot, diag);
	if (err == 0)
		err = finish_read(reader, slot, diag);
	if (err < 0)
		return err;
	deepen(reader);
	reader->shown = reader->queue[reader->queue_first];
	reader->queue_first = (reader->queue_first + 1) % reader->depth;
	reader->queue_count--;
	fresh = slot->place;
	if (keep > HEADROOM)
		fresh = memcpy(reader->window.place, slot->place, slot->size);
	source_show(&reader->source, fresh, slot->size, keep, view);
	return 1;
}

static int uring_open(struct reader *reader, const struct plan_file *file, uint64_t from,
        uint64_t hint_to, struct diag *diag)
{
	int err;

	if (reader->has_ring) {
		drain(reader);
		err = reader->in_flight ? -EIO : enable_ring(&reader->ring, &reader->ring_disabled);
		if (err < 0)
			return ring_failed(reader, err, diag);
	}
	if (!reader->waited && !reader->depth_fixed && !reader->source.want_direct)
		reader->in_use = 1;
	reader->waited = false;
	reader->submitted_to = from;
	return source_open(&reader->source, file, from, hint_to, diag);
}

/* What is left is small, or is the end of a record: there is nothing to read ahead. */
static bool is_for_window(const struct reader *reader)
{
	if (!reader->has_ring)
		return true;
	return reader->queue_count == 0 && (reader->source.position >= reader->source.wanted_to ||
	                                           source_is_small(&reader->source));
}

static int next_from_window(
        struct reader *reader, size_t keep, struct view *view, struct diag *diag)
{
	int got = window_next(&reader->window, &reader->source, reader->end, keep, view, diag);

	if (got > 0 && reader->shown != NO_SLOT) {
		give_slot(reader, reader->shown);
		reader->shown = NO_SLOT;
	}
	return got;
}

static int uring_next(struct reader *reader, size_t keep, struct view *view, struct diag *diag)
{
	int got;

	if (keep > READER_KEEP_MAX)
		return reader_keeps_too_much(keep, diag);
	if (is_for_window(reader))
		got = next_from_window(reader, keep, view, diag);
	else
		got = next_from_ring(reader, keep, view, diag);
	if (got > 0)
		reader->end = view->data + view->size;
	return got;
}

const struct reader_kind reader_uring = {
        .name = "io_uring",
        .create = uring_create,
        .destroy = uring_destroy,
        .open = uring_open,
        .next = uring_next,
};

struct advisor {
	struct io_uring ring;
	bool disabled;
	unsigned under_way;
};

struct advisor *advisor_create(void)
{
	struct advisor *advisor = calloc(1, sizeof(*advisor));

	if (!advisor || make_ring(&advisor->ring, ADVICE_MAX, &advisor->disabled) < 0) {
		free(advisor);
		return NULL;
	}
	return advisor;
}

void advisor_destroy(struct advisor *advisor)
{
	if (!advisor)
		return;
	advisor_settle(advisor);
	io_uring_queue_exit(&advisor->ring);
	free(advisor);
}

/* Whether the advice was taken does not matter: what it did not bring in is brought in by use. */
static void note_advice(struct advisor *advisor)
{
	struct io_uring_cqe *cqe;
	unsigned head;
	unsigned count = 0;

	io_uring_for_each_cqe(&advisor->ring, head, cqe) count++;
	io_uring_cq_advance(&advisor->ring, count);
	advisor->under_way -= count;
}

void advisor_settle(struct advisor *advisor)
{
	while (advisor->under_way > 0) {
		int err = io_uring_submit_and_wait(&advisor->ring, 1);

		note_advice(advisor);
		if (err < 0 && err != -EINTR && err != -EAGAIN && err != -EBUSY)
			break;
	}
}

int advisor_give(struct advisor *advisor, void *address, size_t size, int advice)
{
	struct io_uring_sqe *sqe;
	int err = enable_ring(&advisor->ring, &advisor->disabled);

	if (err < 0)
		return err;
	io_uring_get_events(&advisor->ring);
	note_advice(advisor);
	if (advisor->under_way == ADVICE_MAX)
		return -EBUSY;
	sqe = io_uring_get_sqe(&advisor->ring);
	if (!sqe)
		return -EBUSY;
	io_uring_prep_madvise(sqe, address, (off_t)size, advice);
	advisor->under_way++;
	io_uring_submit(&advisor->ring); /* what it does not take goes with the next */
	return 0;
}
