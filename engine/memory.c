/* SPDX-License-Identifier: Apache-2.0 */
#include "memory.h"

#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATH_SIZE = 4096 };

/* A number in a file; no for "max" and for what cannot be read. */
static int read_number(const char *path, uint64_t *value)
{
	FILE *file = fopen(path, "re");
	unsigned long long number;
	int found;

	if (!file)
		return 0;
	found = fscanf(file, "%llu", &number) == 1;
	fclose(file);
	*value = number;
	return found;
}

/* The path of this process's cgroup for a controller; "" of v2. */
static int own_group(const char *controller, char *path, size_t size)
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	char line[PATH_SIZE];
	int found = 0;

	if (!file)
		return 0;
	while (!found && fgets(line, sizeof(line), file)) {
		char *names = strchr(line, ':');
		char *where = names ? strchr(names + 1, ':') : NULL;

		if (!where)
			continue;
		*where++ = '\0';
		where[strcspn(where, "\n")] = '\0';
		found = controller[0] ? strstr(names + 1, controller) != NULL : names[1] == '\0';
		if (found)
			snprintf(path, size, "%s", strcmp(where, "/") == 0 ? "" : where);
	}
	fclose(file);
	return found;
}

/* The least limit of a group and those above it. */
static uint64_t least_limit(const char *root, char *group, const char *name)
{
	uint64_t least = UINT64_MAX;

	for (;;) {
		char path[2 * PATH_SIZE];
		uint64_t value;
		char *slash;

		snprintf(path, sizeof(path), "%s%s/%s", root, group, name);
		if (read_number(path, &value) && value < least)
			least = value;
		slash = strrchr(group, '/');
		if (!slash)
			return least;
		*slash = '\0';
	}
}

uint64_t memory_usable(void)
{
	uint64_t usable = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
	char group[PATH_SIZE];
	uint64_t limit = UINT64_MAX;

	if (own_group("", group, sizeof(group)))
		limit = least_limit("/sys/fs/cgroup", group, "memory.max");
	if (limit == UINT64_MAX && own_group("memory", group, sizeof(group)))
		limit = least_limit("/sys/fs/cgroup/memory", group, "memory.limit_in_bytes");
	return limit < usable ? limit : usable;
}

/* CPUs that a quota gives, rounded up; v2: "quota period" in cpu.max. */
static uint64_t quota_cpus(void)
{
	char group[PATH_SIZE], path[2 * PATH_SIZE];
	unsigned long long quota = 0, period = 0;
	FILE *file;

	if (!own_group("", group, sizeof(group)))
		return UINT64_MAX;
	snprintf(path, sizeof(path), "/sys/fs/cgroup%s/cpu.max", group);
	file = fopen(path, "re");
	if (!file)
		return UINT64_MAX;
	if (fscanf(file, "%llu %llu", &quota, &period) != 2 || period == 0)
		quota = 0;
	fclose(file);
	return quota ? (quota + period - 1) / period : UINT64_MAX;
}

unsigned cpus_usable(void)
{
	uint64_t quota = quota_cpus();
	uint64_t count = 1;
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		count = (uint64_t)CPU_COUNT(&set);
	if (quota < count)
		count = quota;
	return count > 0 ? (unsigned)count : 1;
}

/* Pages that are there, and those of them that stand in files. */
uint64_t memory_held(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	return 0;
#else
	FILE *file = fopen("/proc/self/statm", "re");
	unsigned long long resident, shared;
	bool read;

	if (!file)
		return 0;
	read = fscanf(file, "%*u %llu %llu", &resident, &shared) == 2 && resident > shared;
	fclose(file);
	return read ? (resident - shared) * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
#endif
}
