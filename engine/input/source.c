/* SPDX-License-Identifier: Apache-2.0 */
#include "input/source.h"

#include "input/files.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
	BEYOND_BYTES_FIRST = 16 << 10, /* doubled each time: most records end soon */
	DROP_BYTES = 1 << 20,          /* fewer, larger calls */
};

static size_t round_up(size_t size)
{
	return (size + SOURCE_ALIGN - 1) / SOURCE_ALIGN * SOURCE_ALIGN;
}

void source_init(struct source *source, const struct reader_options *options, size_t view_bytes)
{
	*source = (struct source){.descriptor = -1,
	        .view_bytes = options->view_bytes ? options->view_bytes : view_bytes,
	        .want_direct = options->direct,
	        .drop_cache = options->drop_cache};
	if (source->view_bytes > SOURCE_VIEW_BYTES_MAX)
		source->view_bytes = SOURCE_VIEW_BYTES_MAX;
	if (source->want_direct)
		source->view_bytes = round_up(source->view_bytes);
}

/* The page cache forgets what was read, in pieces; the rest when a span is left. */
static void drop_behind(struct source *source, uint64_t at_least)
{
	uint64_t size = source->position - source->dropped_to;

	if (!source->drop_cache || size < at_least || size == 0)
		return;
	posix_fadvise(
	        source->descriptor, (off_t)source->dropped_to, (off_t)size, POSIX_FADV_DONTNEED);
	source->dropped_to = source->position;
}

void source_reset(struct source *source)
{
	if (source->descriptor < 0)
		return;
	drop_behind(source, 1);
	if (source->file.spool < 0)
		close(source->descriptor);
	source->descriptor = -1;
}

int source_changed(const struct source *source, struct diag *diag)
{
	return diag_set(diag, -ESTALE, "%s: changed while it was scanned", source->path);
}

bool source_is_open(const struct source *source, const struct plan_file *file)
{
	const struct plan_file *open = &source->file;

	return source->descriptor >= 0 && open->spool == file->spool &&
	       open->device == file->device && open->inode == file->inode &&
	       open->size_bytes == file->size_bytes && open->modified_ns == file->modified_ns;
}

/* It was there when the plan was made: that it is not now is a change. */
static int cannot_open(const struct source *source, struct diag *diag)
{
	int err = errno;

	if (err == ENOENT || err == ENOTDIR)
		return source_changed(source, diag);
	if (err == EACCES || err == EPERM)
		return diag_set(diag, FAIL_INPUT, "%s: %s", source->path, strerror(err));
	return diag_set(diag, FAIL_IO, "%s: %s", source->path, strerror(err));
}

static int open_descriptor(struct source *source, struct diag *diag)
{
	source->direct = false;
	if (source->file.spool >= 0) {
		source->descriptor = source->file.spool;
		return 0;
	}
	if (source->want_direct) {
		source->descriptor = open(source->path, O_RDONLY | O_CLOEXEC | O_DIRECT);
		source->direct = source->descriptor >= 0;
	}
	if (!source->direct)
		source->descriptor = open(source->path, O_RDONLY | O_CLOEXEC);
	return source->descriptor < 0 ? cannot_open(source, diag) : 0;
}

static int check_unchanged(const struct source *source, struct diag *diag)
{
	struct stat status;

	if (fstat(source->descriptor, &status) < 0)
		return diag_set(diag, FAIL_IO, "%s: %s", source->path, strerror(errno));
	return file_has_stat(&source->file, &status) ? 0 : source_changed(source, diag);
}

/*
 * Asked once, behind the read, this tells of a change before and during it:
 * so the file need not be asked for again when all is read.
 */
static int settle(struct source *source, struct diag *diag)
{
	int err = check_unchanged(source, diag);

	if (err == 0 && source->file.settled)
		atomic_store_explicit(source->file.settled, true, memory_order_relaxed);
	source->check_after = false;
	return err;
}

static bool is_read_at_once(const struct source *source, uint64_t from)
{
	uint64_t size_bytes = source->file.size_bytes;

	return from == 0 && size_bytes > 0 && size_bytes <= SOURCE_SMALL_BYTES &&
	       size_bytes <= source->view_bytes;
}

int source_open(struct source *source, const struct plan_file *file, uint64_t from,
        uint64_t hint_to, struct diag *diag)
{
	int err;

	if (source_is_open(source, file)) {
		drop_behind(source, 1);
		source->path = file->path;
		source->file = *file;
	} else {
		source_reset(source);
		source->path = file->path;
		source->file = *file;
		err = open_descriptor(source, diag);
		if (err < 0)
			return err;
	}
	source->check_after = is_read_at_once(source, from);
	err = source->check_after ? 0 : check_unchanged(source, diag);
	if (err < 0)
		return err;
	source->position = from;
	source->dropped_to = from;
	source->wanted_to = hint_to < file->size_bytes ? hint_to : file->size_bytes;
	source->beyond_bytes = BEYOND_BYTES_FIRST;
	return 0;
}

static uint64_t left_of(const struct source *source)
{
	uint64_t size_bytes = source->file.size_bytes;

	return source->position < size_bytes ? size_bytes - source->position : 0;
}

bool source_is_small(const struct source *source)
{
	return left_of(source) <= source->view_bytes;
}

size_t source_want(const struct source *source)
{
	uint64_t left = left_of(source);
	uint64_t want = source->view_bytes;

	if (left <= want)
		return (size_t)left;
	if (source->position >= source->wanted_to)
		return want < source->beyond_bytes ? want : source->beyond_bytes;
	left = source->wanted_to - source->position;
	return (size_t)(left < want ? left : want);
}

size_t source_read_size(const struct source *source, size_t size)
{
	return source->direct ? round_up(size) : size;
}

/*
 * Whether to try again: the file system that took the flag O_DIRECT may still
 * refuse a read, and one cut short leaves an offset that is not aligned.
 */
static bool may_retry(struct source *source)
{
	if (errno == EINTR || errno == EAGAIN)
		return true;
	if (errno != EINVAL || !source->direct)
		return false;
	source->direct = false;
	return fcntl(source->descriptor, F_SETFL, 0) == 0;
}

int source_read(
        struct source *source, uint8_t *data, size_t size, uint64_t offset, struct diag *diag)
{
	size_t done = 0;

	while (done < size) {
		ssize_t count = pread(source->descriptor, data + done,
		        source_read_size(source, size - done), (off_t)(offset + done));

		if (count > 0)
			done += (size_t)count;
		else if (count == 0)
			return source_changed(source, diag);
		else if (!may_retry(source))
			return diag_set(diag, FAIL_IO, "%s:%llu: %s", source->path,
			        (unsigned long long)(offset + done), strerror(errno));
	}
	return 0;
}

/* A read that may not wait says so; mincore() only tells who may write the file. */
bool source_is_cached(const struct source *source, uint64_t offset)
{
	uint8_t byte;
	struct iovec one = {&byte, sizeof(byte)};

	return preadv2(source->descriptor, &one, 1, (off_t)offset, RWF_NOWAIT) == 1;
}

void source_show(
        struct source *source, const uint8_t *fresh, size_t size, size_t keep, struct view *view)
{
	*view = (struct view){.data = fresh - keep,
	        .size = keep + size,
	        .fresh = size,
	        .offset = source->position - keep};
	drop_behind(source, DROP_BYTES);
	if (source->position >= source->wanted_to && source->beyond_bytes < source->view_bytes)
		source->beyond_bytes *= 2;
	source->position += size;
	view->last = source->position >= source->file.size_bytes;
}

int window_make(struct window *window, size_t view_bytes, struct diag *diag)
{
	size_t before = round_up(READER_KEEP_MAX);
	void *memory;

	if (window->memory)
		return 0;
	window->memory_bytes = before + round_up(view_bytes) + round_up(READER_SLACK);
	memory = mmap(NULL, window->memory_bytes, PROT_READ | PROT_WRITE,
	        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED)
		return diag_set(diag, FAIL_MEMORY, "no memory to read into");
	window->memory = memory;
	window->place = window->memory + before;
	return 0;
}

void window_reset(struct window *window)
{
	if (window->memory)
		munmap(window->memory, window->memory_bytes);
	*window = (struct window){.memory = NULL};
}

void window_keep(struct window *window, const uint8_t *tail_end, size_t keep)
{
	if (keep > 0)
		memmove(window->place - keep, tail_end - keep, keep);
}

int window_next(struct window *window, struct source *source, const uint8_t *tail_end, size_t keep,
        struct view *view, struct diag *diag)
{
	size_t size = source_want(source);
	int err;

	if (size == 0)
		return 0;
	err = window_make(window, source->view_bytes, diag);
	if (err < 0)
		return err;
	window_keep(window, tail_end, keep);
	err = source_read(source, window->place, size, source->position, diag);
	if (err == 0 && source->check_after)
		err = settle(source, diag);
	if (err < 0)
		return err;
	source_show(source, window->place, size, keep, view);
	return 1;
}
