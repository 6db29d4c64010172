/* SPDX-License-Identifier: Apache-2.0 */
#include "report/json_read.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A manifest names its inputs: some hundred bytes each. */
enum { FILE_BYTES_MAX = 1 << 30 };

struct json_tree {
	struct json_object *root;
};

static int fail_read(const struct run_folder *folder, const char *name, struct diag *diag)
{
	return diag_set(
	        diag, FAIL_IO, "%s/%s: cannot read: %s", folder->path, name, strerror(errno));
}

static int read_whole(int fd, char *text, size_t size)
{
	for (size_t used = 0; used < size;) {
		ssize_t got = read(fd, text + used, size - used);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return -1;
		used += (size_t)got;
	}
	return 0;
}

/* The file's text; the caller frees it. */
static int load(const struct run_folder *folder, const char *name, char **text, size_t *size,
        struct diag *diag)
{
	struct stat status;
	int fd = run_folder_open_file(folder, name, diag), err = 0;

	if (fd < 0)
		return fd;
	if (fstat(fd, &status) < 0)
		err = fail_read(folder, name, diag);
	else if (status.st_size > FILE_BYTES_MAX)
		err = diag_set(diag, FAIL_DATA, "%s/%s: over 1 GiB", folder->path, name);
	if (err == 0) {
		*size = (size_t)status.st_size;
		*text = malloc(*size + 1);
		if (!*text)
			err = diag_set(diag, FAIL_MEMORY, "%s: no memory", name);
		else if (read_whole(fd, *text, *size) < 0)
			err = fail_read(folder, name, diag);
	}
	close(fd);
	return err;
}

static int parse(struct json_tree *tree, const char *text, size_t size, size_t *offset)
{
	struct json_tokener *tokener = json_tokener_new();

	if (!tokener)
		return FAIL_MEMORY;
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	tree->root = json_tokener_parse_ex(tokener, text, (int)size);
	*offset = json_tokener_get_parse_end(tokener);
	int err = json_tokener_get_error(tokener) == json_tokener_success ? 0 : FAIL_DATA;

	json_tokener_free(tokener);
	return err;
}

int json_read_create(struct json_tree **tree, const struct run_folder *folder, const char *name,
        struct diag *diag)
{
	struct json_tree *made = calloc(1, sizeof(*made));
	char *text = NULL;
	size_t size = 0, offset = 0;
	int err = made ? load(folder, name, &text, &size, diag) : FAIL_MEMORY;

	if (err == 0)
		err = parse(made, text, size, &offset);
	free(text);
	if (err == 0) {
		*tree = made;
		return 0;
	}
	json_read_destroy(made);
	if (err == FAIL_MEMORY)
		return diag_set(diag, err, "%s: no memory", name);
	return diag_set(diag, err, "%s/%s:%zu: no JSON", folder->path, name, offset);
}

void json_read_destroy(struct json_tree *tree)
{
	if (!tree)
		return;
	json_object_put(tree->root);
	free(tree);
}

/* ---- Values.  A json_value is json-c's object under a name of ours. ---- */

static struct json_object *object_of(const struct json_value *value)
{
	return (struct json_object *)value;
}

const struct json_value *json_read_root(const struct json_tree *tree)
{
	return (const struct json_value *)tree->root;
}

const struct json_value *json_read_member(const struct json_value *value, const char *name)
{
	struct json_object *found = NULL;

	json_object_object_get_ex(object_of(value), name, &found);
	return (const struct json_value *)found;
}

size_t json_read_count(const struct json_value *value)
{
	struct json_object *object = object_of(value);

	switch (json_object_get_type(object)) {
	case json_type_array:
		return json_object_array_length(object);
	case json_type_object:
		return (size_t)json_object_object_length(object);
	default:
		return 0;
	}
}

static struct json_object_iterator iterator_at(struct json_object *object, size_t index)
{
	struct json_object_iterator at = json_object_iter_begin(object);

	while (index-- > 0)
		json_object_iter_next(&at);
	return at;
}

const struct json_value *json_read_at(const struct json_value *value, size_t index)
{
	struct json_object *object = object_of(value);

	if (json_object_get_type(object) == json_type_array)
		return (const struct json_value *)json_object_array_get_idx(object, index);
	if (index >= json_read_count(value))
		return NULL;
	struct json_object_iterator at = iterator_at(object, index);

	return (const struct json_value *)json_object_iter_peek_value(&at);
}

const char *json_read_name(const struct json_value *value, size_t index)
{
	struct json_object *object = object_of(value);

	if (json_object_get_type(object) != json_type_object || index >= json_read_count(value))
		return NULL;
	struct json_object_iterator at = iterator_at(object, index);

	return json_object_iter_peek_name(&at);
}

const char *json_read_text(const struct json_value *value)
{
	struct json_object *object = object_of(value);

	if (!object)
		return "";
	if (json_object_get_type(object) == json_type_string)
		return json_object_get_string(object);
	return json_object_to_json_string_ext(
	        object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
}
