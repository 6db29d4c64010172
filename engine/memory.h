/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What this process may use: CPUs and memory by the affinity mask and the
 * cgroup (v1 and v2), not by the machine.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <stdint.h>

uint64_t memory_usable(void); /* bytes */
unsigned cpus_usable(void);   /* at least 1 */

/* Bytes of anonymous memory that the process holds; 0: not known, as under a sanitizer. */
uint64_t memory_held(void);

#endif
