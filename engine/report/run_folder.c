/* SPDX-License-Identifier: Apache-2.0 */
#include "report/run_folder.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int run_folder_open(struct run_folder *folder, const char *path, struct diag *diag)
{
	int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (directory < 0)
		return diag_set(
		        diag, FAIL_INPUT, "%s: no run directory: %s", path, strerror(errno));
	if (!run_is_ours(directory)) {
		close(directory);
		return diag_set(diag, FAIL_DATA,
		        "%s: not a run directory: it has no manifest.json of claimscan", path);
	}
	*folder = (struct run_folder){.directory = directory, .path = path};
	return 0;
}

void run_folder_close(struct run_folder *folder)
{
	close(folder->directory);
	folder->directory = -1;
}

struct run_folder run_folder_of(const struct run *run)
{
	return (struct run_folder){.directory = run_directory(run), .path = run_path(run)};
}

bool run_folder_has(const struct run_folder *folder, const char *name)
{
	return faccessat(folder->directory, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* O_NONBLOCK: a pipe laid there by someone is refused, not waited for. */
int run_folder_open_file(const struct run_folder *folder, const char *name, struct diag *diag)
{
	struct stat status;
	int fd = openat(folder->directory, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return diag_set(diag, FAIL_INPUT, "%s/%s: %s", folder->path, name, strerror(errno));
	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
		close(fd);
		return diag_set(diag, FAIL_DATA, "%s/%s: not a file", folder->path, name);
	}
	return fd;
}
