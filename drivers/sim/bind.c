/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* bind.c - the socket at which the far end of a line or span listens. */
#define _GNU_SOURCE
#include "drivers/sim/wire.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* A socket that a dead process left is replaced, a live one is not. */
static int make_way(const char *path, char *why, size_t size)
{
	struct stat st;
	int fd;

	if (lstat(path, &st) < 0)
		return 0;
	if (!S_ISSOCK(st.st_mode)) {
		snprintf(why, size, "%s is in the way and not a socket; "
			 "remove it or use another directory", path);
		return -EEXIST;
	}
	fd = wire_connect(path);
	if (fd >= 0 || fd == -EAGAIN) {
		if (fd >= 0)
			close(fd);
		snprintf(why, size, "%s: another tipring-pbx holds this line; "
			 "stop it or use another directory", path);
		return -EADDRINUSE;
	}
	return unlink(path) < 0 && errno != ENOENT ? -errno : 0;
}

static int bind_line(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int err;

	if (fd < 0)
		return -errno;
	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0 && listen(fd, 8) == 0)
		return fd;
	err = -errno;
	close(fd);
	return err;
}

int sim_bind(char path[WIRE_PATH], const char *directory, const char *address,
	     char *why, unsigned size)
{
	int err = wire_path(path, WIRE_PATH, directory, address), fd = -1;

	*why = 0;
	if (!err && mkdir(directory, 0755) < 0 && errno != EEXIST)
		err = -errno;
	if (!err)
		err = make_way(path, why, size);
	if (!err) {
		fd = bind_line(path);
		err = fd < 0 ? fd : 0;
	}
	if (err == -EINVAL && !*why)
		snprintf(why, size, "\"%.*s\" is not a line's name; use letters, "
			 "digits, '.', '_', '-'", PORT_NAME_SIZE, address);
	else if (err && !*why)
		snprintf(why, size, "%s/%.*s: %s", directory, PORT_NAME_SIZE,
			 address, strerror(-err));
	return err ? err : fd;
}
