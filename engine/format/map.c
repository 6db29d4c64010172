/* SPDX-License-Identifier: Apache-2.0 */
#include "format/map.h"

#include "format/cells.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { COLUMN_NAME_SIZE = 128 };

struct column_map {
	struct field_set mapped;
	char columns[FIELD_COUNT][COLUMN_NAME_SIZE];
	uint32_t positions[FIELD_COUNT]; /* 0-based, if headerless */
	bool headerless;
	uint8_t delimiter;
};

/* Trim blanks and one pair of quotes, in place. */
static char *trimmed(char *text)
{
	size_t size;

	while (isspace((unsigned char)*text))
		text++;
	size = strlen(text);
	while (size > 0 && isspace((unsigned char)text[size - 1]))
		text[--size] = '\0';
	if (size >= 2 && text[0] == '"' && text[size - 1] == '"') {
		text[size - 1] = '\0';
		return text + 1;
	}
	return text;
}

static int field_of(const char *name)
{
	for (int field = 0; field < FIELD_COUNT; field++) {
		if (field_name((enum field)field)[0] &&
		        strcasecmp(field_name((enum field)field), name) == 0)
			return field;
	}
	return -1;
}

static int set_delimiter(struct column_map *map, const char *value)
{
	static const struct {
		const char *name;
		uint8_t byte;
	} names[] = {{"comma", ','}, {",", ','}, {"tab", '\t'}, {"\\t", '\t'}, {"pipe", '|'},
	        {"|", '|'}, {"semicolon", ';'}, {";", ';'}};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcasecmp(names[i].name, value) == 0) {
			map->delimiter = names[i].byte;
			return 0;
		}
	}
	return FAIL_TABLE;
}

static int set_line(struct column_map *map, const char *name, const char *value)
{
	int field;

	if (strcasecmp(name, "delimiter") == 0)
		return set_delimiter(map, value);
	if (strcasecmp(name, "header") == 0) {
		map->headerless = strcasecmp(value, "no") == 0;
		return map->headerless || strcasecmp(value, "yes") == 0 ? 0 : FAIL_TABLE;
	}
	field = field_of(name);
	if (field < 0 || value[0] == '\0' || strlen(value) >= COLUMN_NAME_SIZE)
		return FAIL_TABLE;
	field_set_add(&map->mapped, (enum field)field);
	strcpy(map->columns[field], value);
	return 0;
}

static int read_lines(struct column_map *map, FILE *file, const char *path, struct diag *diag)
{
	char line[1024];

	for (unsigned number = 1; fgets(line, sizeof(line), file); number++) {
		char *text = trimmed(line);
		char *equals = strchr(text, '=');

		if (text[0] == '\0' || text[0] == '#')
			continue;
		if (!equals)
			return diag_set(diag, FAIL_TABLE, "%s:%u: no '=' (canonical_name = column)",
			        path, number);
		*equals = '\0';
		if (set_line(map, trimmed(text), trimmed(equals + 1)) < 0)
			return diag_set(diag, FAIL_TABLE,
			        "%s:%u: no such field, or a value that does not fit (rules "
			        "template map "
			        "shows the form)",
			        path, number);
	}
	return 0;
}

static int number_positions(struct column_map *map, const char *path, struct diag *diag)
{
	for (unsigned field = 0; field < FIELD_COUNT; field++) {
		char *end;
		unsigned long position;

		if (!field_set_has(&map->mapped, (enum field)field))
			continue;
		position = strtoul(map->columns[field], &end, 10);
		if (*end != '\0' || position < 1 || position > 65535)
			return diag_set(diag, FAIL_TABLE,
			        "%s: %s: with header = no a column is a position from 1", path,
			        field_name((enum field)field));
		map->positions[field] = (uint32_t)position - 1;
	}
	return 0;
}

int column_map_read(struct column_map **map, const char *path, struct diag *diag)
{
	FILE *file = fopen(path, "re");
	struct column_map *made;
	int err;

	if (!file)
		return diag_set(diag, FAIL_INPUT, "%s: %s (--map)", path, strerror(errno));
	made = calloc(1, sizeof(*made));
	err = made ? read_lines(made, file, path, diag) : diag_set(diag, FAIL_MEMORY, "no memory");
	fclose(file);
	if (err == 0 && made->headerless)
		err = number_positions(made, path, diag);
	if (err < 0) {
		column_map_destroy(made);
		return err;
	}
	*map = made;
	return 0;
}

void column_map_destroy(struct column_map *map)
{
	free(map);
}

int column_map_find(const struct column_map *map, const char *name, uint32_t position)
{
	for (int field = 0; field < FIELD_COUNT; field++) {
		if (!field_set_has(&map->mapped, (enum field)field))
			continue;
		if (map->headerless ? map->positions[field] == position
		                    : strcasecmp(map->columns[field], name) == 0)
			return field;
	}
	return -1;
}

int column_map_check(const struct column_map *map, const struct field_set *found, const char *path,
        struct diag *diag)
{
	for (unsigned field = 0; field < FIELD_COUNT; field++) {
		if (field_set_has(&map->mapped, (enum field)field) &&
		        !field_set_has(found, (enum field)field))
			return diag_set(diag, FAIL_DATA, "%s:0: no column \"%s\" for %s (--map)",
			        path, map->columns[field], field_name((enum field)field));
	}
	return 0;
}

bool column_map_headerless(const struct column_map *map)
{
	return map->headerless;
}

uint8_t column_map_delimiter(const struct column_map *map)
{
	return map->delimiter;
}
