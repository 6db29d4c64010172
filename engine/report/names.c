/* SPDX-License-Identifier: Apache-2.0 */
#include "report/names.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 64 }; /* a power of two */

struct name {
	uint64_t hash;
	uint32_t at, size; /* in texts */
};

struct names {
	struct name *names;
	uint32_t *slots; /* number + 1; 0: free.  At most half are taken. */
	char *texts;
	uint32_t count, slot_count;
	size_t used, capacity; /* of texts */
};

int names_create(struct names **names, struct diag *diag)
{
	struct names *made = calloc(1, sizeof(*made));

	*names = made;
	if (made) {
		made->slot_count = FIRST_SLOTS;
		made->slots = calloc(FIRST_SLOTS, sizeof(*made->slots));
		made->names = calloc(FIRST_SLOTS / 2, sizeof(*made->names));
	}
	if (made && made->slots && made->names)
		return 0;
	names_destroy(made);
	*names = NULL;
	return diag_set(diag, FAIL_MEMORY, "no memory for names");
}

void names_destroy(struct names *names)
{
	if (!names)
		return;
	free(names->names);
	free(names->slots);
	free(names->texts);
	free(names);
}

static bool is_name(const struct names *names, const struct name *name, uint64_t hash,
        const void *text, size_t size)
{
	return name->hash == hash && name->size == size &&
	       (size == 0 || memcmp(names->texts + name->at, text, size) == 0);
}

/* The slot that holds the text, or where it would stand. */
static uint32_t *slot_of(const struct names *names, uint64_t hash, const void *text, size_t size)
{
	uint32_t mask = names->slot_count - 1, at = (uint32_t)hash & mask;

	while (names->slots[at] != 0 &&
	        !is_name(names, &names->names[names->slots[at] - 1], hash, text, size))
		at = (at + 1) & mask;
	return &names->slots[at];
}

static int grow_slots(struct names *names)
{
	uint32_t count = names->slot_count * 2;
	uint32_t *slots = calloc(count, sizeof(*slots));
	struct name *kept = slots ? realloc(names->names, count / 2 * sizeof(*kept)) : NULL;

	if (!kept) {
		free(slots);
		return FAIL_MEMORY;
	}
	free(names->slots);
	names->names = kept;
	names->slots = slots;
	names->slot_count = count;
	for (uint32_t i = 0; i < names->count; i++) {
		uint32_t at = (uint32_t)kept[i].hash & (count - 1);

		while (slots[at] != 0)
			at = (at + 1) & (count - 1);
		slots[at] = i + 1;
	}
	return 0;
}

static int grow_texts(struct names *names, size_t size)
{
	size_t capacity = (names->capacity + size) * 2;

	if (names->used + size <= names->capacity)
		return 0;
	char *texts = capacity <= UINT32_MAX ? realloc(names->texts, capacity) : NULL;

	if (!texts)
		return FAIL_MEMORY;
	names->texts = texts;
	names->capacity = capacity;
	return 0;
}

int32_t names_add(struct names *names, const void *text, size_t size)
{
	uint64_t hash = hash64_short(text, size);
	uint32_t *slot = slot_of(names, hash, text, size);

	if (*slot != 0)
		return (int32_t)(*slot - 1);
	if (names->count == INT32_MAX || grow_texts(names, size) < 0)
		return FAIL_MEMORY;
	if (names->count == names->slot_count / 2) {
		if (grow_slots(names) < 0)
			return FAIL_MEMORY;
		slot = slot_of(names, hash, text, size);
	}
	if (size > 0)
		memcpy(names->texts + names->used, text, size);
	names->names[names->count] = (struct name){hash, (uint32_t)names->used, (uint32_t)size};
	names->used += size;
	*slot = ++names->count;
	return (int32_t)(names->count - 1);
}

int32_t names_find(const struct names *names, const void *text, size_t size)
{
	return (int32_t)*slot_of(names, hash64_short(text, size), text, size) - 1;
}

uint32_t names_count(const struct names *names)
{
	return names->count;
}

struct text names_at(const struct names *names, uint32_t number)
{
	const struct name *name = &names->names[number];

	return (struct text){names->texts + name->at, name->size};
}
