/* SPDX-License-Identifier: Apache-2.0 */
#include "base/tasks.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

enum { THREADS_MAX = 256 };

struct tasks {
	int (*run)(void *context, size_t at);
	void *context;
	size_t count;
	atomic_size_t next;
	atomic_bool failed;
	pthread_mutex_t lock; /* of what failed first */
	size_t failed_at;
	int err;
};

static void tell_failure(struct tasks *tasks, size_t at, int err)
{
	pthread_mutex_lock(&tasks->lock);
	if (tasks->err == 0 || at < tasks->failed_at) {
		tasks->err = err;
		tasks->failed_at = at;
	}
	pthread_mutex_unlock(&tasks->lock);
	atomic_store_explicit(&tasks->failed, true, memory_order_relaxed);
}

static void *work(void *context)
{
	struct tasks *tasks = context;

	while (!atomic_load_explicit(&tasks->failed, memory_order_relaxed)) {
		size_t at = atomic_fetch_add_explicit(&tasks->next, 1, memory_order_relaxed);

		if (at >= tasks->count)
			break;
		int err = tasks->run(tasks->context, at);

		if (err < 0)
			tell_failure(tasks, at, err);
	}
	return NULL;
}

int tasks_run(unsigned threads, size_t count, int (*run)(void *context, size_t at), void *context)
{
	struct tasks tasks = {.run = run, .context = context, .count = count};
	pthread_t ids[THREADS_MAX];
	unsigned started = 0;

	pthread_mutex_init(&tasks.lock, NULL);
	threads = threads > THREADS_MAX ? THREADS_MAX : threads;
	while (started + 1 < threads && started + 1 < count &&
	        pthread_create(&ids[started], NULL, work, &tasks) == 0)
		started++;
	work(&tasks);
	for (unsigned i = 0; i < started; i++)
		pthread_join(ids[i], NULL);
	pthread_mutex_destroy(&tasks.lock);
	return tasks.err;
}
