/* SPDX-License-Identifier: Apache-2.0 */
#include "report/pseudonym.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DIGEST_SIZE = 32, LAST_MAX = 64 };

struct pseudonym {
	EVP_MAC_CTX *keyed;
	size_t last_size; /* 0: none */
	char last[LAST_MAX];
	char text[PSEUDONYM_SIZE + 1];
};

static int read_key(const char *path, unsigned char *key, size_t *size, struct diag *diag)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;

	if (fd < 0)
		return diag_set(diag, FAIL_TABLE, "%s: cannot read the key (--id-key): %s", path,
		        strerror(errno));
	*size = 0;
	ssize_t got = -1;

	if (fstat(fd, &status) == 0) {
		do {
			got = read(fd, key + *size, PSEUDONYM_KEY_MAX + 1 - *size);
			*size += got > 0 ? (size_t)got : 0;
		} while (got > 0 || (got < 0 && errno == EINTR));
	}
	int err = errno;

	close(fd);
	if (got < 0)
		return diag_set(diag, FAIL_TABLE, "%s: cannot read the key (--id-key): %s", path,
		        strerror(err));
	if (status.st_mode & (S_IRWXG | S_IRWXO))
		return diag_set(diag, FAIL_TABLE,
		        "%s: the key (--id-key) must be open to its owner only: chmod 600", path);
	if (*size < PSEUDONYM_KEY_MIN || *size > PSEUDONYM_KEY_MAX)
		return diag_set(diag, FAIL_TABLE,
		        "%s: the key (--id-key) must have at least %d bytes and at most %d", path,
		        PSEUDONYM_KEY_MIN, PSEUDONYM_KEY_MAX);
	return 0;
}

static EVP_MAC_CTX *keyed_context(const unsigned char *key, size_t size)
{
	char digest[] = "SHA256";
	const OSSL_PARAM params[] = {
	        OSSL_PARAM_construct_utf8_string("digest", digest, 0), OSSL_PARAM_construct_end()};
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *context = mac ? EVP_MAC_CTX_new(mac) : NULL;

	EVP_MAC_free(mac);
	if (context && EVP_MAC_init(context, key, size, params) == 1)
		return context;
	EVP_MAC_CTX_free(context);
	return NULL;
}

static int take_context(struct pseudonym **pseudonym, EVP_MAC_CTX *keyed, struct diag *diag)
{
	struct pseudonym *made = keyed ? calloc(1, sizeof(*made)) : NULL;

	if (!made) {
		EVP_MAC_CTX_free(keyed);
		return diag_set(diag, FAIL_MEMORY, "no HMAC-SHA-256 for --id-key");
	}
	made->keyed = keyed;
	*pseudonym = made;
	return 0;
}

int pseudonym_create(struct pseudonym **pseudonym, const char *path, struct diag *diag)
{
	unsigned char *key = malloc(PSEUDONYM_KEY_MAX + 1);
	size_t size = 0;

	if (!key)
		return diag_set(diag, FAIL_MEMORY, "no memory for a key");
	int err = read_key(path, key, &size, diag);

	if (err == 0)
		err = take_context(pseudonym, keyed_context(key, size), diag);
	OPENSSL_cleanse(key, PSEUDONYM_KEY_MAX + 1);
	free(key);
	return err;
}

int pseudonym_copy(struct pseudonym **pseudonym, const struct pseudonym *from, struct diag *diag)
{
	return take_context(pseudonym, EVP_MAC_CTX_dup(from->keyed), diag);
}

void pseudonym_destroy(struct pseudonym *pseudonym)
{
	if (!pseudonym)
		return;
	EVP_MAC_CTX_free(pseudonym->keyed);
	OPENSSL_cleanse(pseudonym, sizeof(*pseudonym));
	free(pseudonym);
}

static void keep_last(struct pseudonym *pseudonym, const char *text, size_t size)
{
	pseudonym->last_size = size <= LAST_MAX ? size : 0;
	memcpy(pseudonym->last, text, pseudonym->last_size);
}

const char *pseudonym_of(struct pseudonym *pseudonym, const char *text, size_t size)
{
	unsigned char digest[DIGEST_SIZE];
	size_t digest_size = 0;

	if (size == 0)
		return "";
	if (size == pseudonym->last_size && !memcmp(text, pseudonym->last, size))
		return pseudonym->text;
	pseudonym->last_size = 0;
	/* Without a key, init begins anew under the one that was given. */
	if (EVP_MAC_init(pseudonym->keyed, NULL, 0, NULL) != 1 ||
	        EVP_MAC_update(pseudonym->keyed, (const unsigned char *)text, size) != 1 ||
	        EVP_MAC_final(pseudonym->keyed, digest, &digest_size, sizeof(digest)) != 1)
		return NULL;
	for (size_t i = 0; i < PSEUDONYM_SIZE; i++)
		pseudonym->text[i] = "0123456789abcdef"[digest[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15];
	keep_last(pseudonym, text, size);
	return pseudonym->text;
}
