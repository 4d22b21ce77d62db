/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#define _GNU_SOURCE
#include "drivers/sim/wire.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

union control {
	struct cmsghdr header;
	char room[CMSG_SPACE(sizeof(int) * WIRE_FDS)];
};

int wire_send(int socket, const struct wire_message *m, const int *fds, int count)
{
	struct iovec iov = { (void *)m, sizeof(*m) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	union control control;

	if (count) {
		struct cmsghdr *c;

		memset(&control, 0, sizeof(control));
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)count);
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)count);
		memcpy(CMSG_DATA(c), fds, sizeof(int) * (size_t)count);
	}
	return sendmsg(socket, &msg, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? -errno : 0;
}

/* Moves the descriptors out of a message, closes those there is no room for. */
static int take_fds(struct msghdr *msg, int fds[WIRE_FDS])
{
	int count = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		size_t n;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
			if (count < WIRE_FDS)
				fds[count++] = fd;
			else
				close(fd);
		}
	}
	return count;
}

static bool is_ours(const struct wire_message *m, ssize_t size, int flags, int fds)
{
	if (size != (ssize_t)sizeof(*m) || flags & (MSG_TRUNC | MSG_CTRUNC))
		return false;
	if (m->magic != WIRE_MAGIC || m->version != WIRE_VERSION)
		return false;
	if (m->type < WIRE_HELLO || m->type > WIRE_STATE)
		return false;
	return fds == 0 || (fds == WIRE_FDS && m->type == WIRE_HELLO);
}

int wire_receive(int socket, struct wire_message *m, int fds[WIRE_FDS])
{
	struct iovec iov = { m, sizeof(*m) };
	union control control;
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
			      .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	ssize_t size;
	int count;

	for (int i = 0; i < WIRE_FDS; i++)
		fds[i] = -1;
	size = recvmsg(socket, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (size < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -ECONNRESET;
	count = take_fds(&msg, fds);
	/* An empty message and the end of the connection look alike. */
	if (size == 0) {
		wire_close_fds(fds);
		return -ECONNRESET;
	}
	if (!is_ours(m, size, msg.msg_flags, count)) {
		wire_close_fds(fds);
		return -EBADMSG;
	}
	return 1;
}

void wire_close_fds(int fds[WIRE_FDS])
{
	for (int i = 0; i < WIRE_FDS; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
}

int wire_connect(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int err;

	if (fd < 0)
		return -errno;
	snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

int wire_path(char *path, unsigned size, const char *directory, const char *line)
{
	int n;

	if (!*line || *line == '.')
		return -EINVAL;
	for (const char *c = line; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("._-", *c))
			return -EINVAL;
	n = snprintf(path, size, "%s/%s", directory, line);
	return n < 0 || (unsigned)n >= size ? -ENAMETOOLONG : 0;
}

uint64_t wire_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}
