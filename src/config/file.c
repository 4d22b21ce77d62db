/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "config/loader.h"

FILE *file_open(const char *path, struct stat *st)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	FILE *f = NULL;
	int error;

	if (fd < 0)
		return NULL;
	if (!fstat(fd, st))
		f = fdopen(fd, "r");
	if (!f) {
		error = errno;
		close(fd);
		errno = error;
	}
	return f;
}
