/* SPDX-License-Identifier: Apache-2.0 */
/* A build without liburing: no ring is ever to be had. */
#ifndef HAVE_URING

#include "input/kinds.h"

int ring_probe(void)
{
	return -ENOSYS;
}

void ring_forbid(int err)
{
	(void)err;
}

struct advisor *advisor_create(void)
{
	return NULL;
}

void advisor_destroy(struct advisor *advisor)
{
	(void)advisor;
}

int advisor_give(struct advisor *advisor, void *address, size_t size, int advice)
{
	(void)advisor;
	(void)address;
	(void)size;
	(void)advice;
	return -ENOSYS;
}

void advisor_settle(struct advisor *advisor)
{
	(void)advisor;
}

#endif
