/* SPDX-License-Identifier: Apache-2.0 */
#include "report/ordered.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

enum { THREADS_MAX = 256 };

struct turns {
	const struct ordered_work *work;
	size_t count;
	atomic_size_t next_beside;
	atomic_size_t next; /* chunk to be made */

	pthread_mutex_t lock;
	pthread_cond_t turned;
	size_t turn; /* the chunk that may be put */
	int error;
};

/* False: an earlier chunk failed. */
static bool wait_turn(struct turns *turns, size_t chunk)
{
	pthread_mutex_lock(&turns->lock);
	while (turns->turn != chunk && turns->error == 0)
		pthread_cond_wait(&turns->turned, &turns->lock);
	bool fine = turns->error == 0;

	pthread_mutex_unlock(&turns->lock);
	return fine;
}

/* turn: the next may be put. */
static void tell(struct turns *turns, bool turn, int err)
{
	pthread_mutex_lock(&turns->lock);
	turns->turn += turn;
	if (turns->error == 0)
		turns->error = err;
	pthread_cond_broadcast(&turns->turned);
	pthread_mutex_unlock(&turns->lock);
}

static size_t take(atomic_size_t *next)
{
	return atomic_fetch_add_explicit(next, 1, memory_order_relaxed);
}

static void run_beside(struct turns *turns)
{
	const struct ordered_work *work = turns->work;

	for (size_t at; (at = take(&turns->next_beside)) < work->beside_count;) {
		int err = work->beside(work->context, at);

		if (err < 0)
			tell(turns, false, err);
	}
}

static void *run_thread(void *context)
{
	struct turns *turns = context;
	const struct ordered_work *work = turns->work;
	void *own = NULL;

	run_beside(turns);
	int err = work->begin(&own, work->context);

	for (size_t chunk; (chunk = take(&turns->next)) < turns->count;) {
		if (err == 0)
			err = work->make(own, chunk);
		if (!wait_turn(turns, chunk))
			break;
		if (err == 0 && work->put)
			err = work->put(own, chunk);
		tell(turns, true, err);
	}
	work->end(own);
	return NULL;
}

int ordered_run(const struct ordered_work *work, size_t count, unsigned threads)
{
	struct turns turns = {.work = work, .count = count};
	pthread_t started[THREADS_MAX];
	unsigned running = 0;

	if (threads > count + work->beside_count)
		threads = (unsigned)(count + work->beside_count);
	if (threads > THREADS_MAX)
		threads = THREADS_MAX;
	pthread_mutex_init(&turns.lock, NULL);
	pthread_cond_init(&turns.turned, NULL);
	while (running + 1 < threads &&
	        pthread_create(&started[running], NULL, run_thread, &turns) == 0)
		running++;
	if (count + work->beside_count > 0)
		run_thread(&turns);
	for (unsigned i = 0; i < running; i++)
		pthread_join(started[i], NULL);
	pthread_cond_destroy(&turns.turned);
	pthread_mutex_destroy(&turns.lock);
	return turns.error;
}
