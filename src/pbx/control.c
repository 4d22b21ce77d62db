/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "pbx/client.h"

struct control {
	struct pbx *pbx;
	int fd;
	struct loop_watch *watch;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
};

static void incoming(void *arg, int fd, short revents)
{
	struct control *c = arg;
	int client = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (client >= 0)
		client_control(c->pbx, client);
}

static int dial(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), err;

	if (fd < 0)
		return -errno;
	snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
	if (!connect(fd, (struct sockaddr *)&to, sizeof(to)))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

/* What a dead process left may go, nothing else. */
static int make_way(const char *path, char *why, size_t size)
{
	struct stat st;
	int fd;

	if (lstat(path, &st) < 0)
		return 0;
	fd = S_ISSOCK(st.st_mode) ? dial(path) : -EEXIST;
	if (fd == -ECONNREFUSED)
		return unlink(path) ? -errno : 0;
	if (fd >= 0)
		close(fd);
	snprintf(why, size, fd == -EEXIST ? "%s is in the way and not a socket" :
		 "%s: another program answers there", path);
	return -EADDRINUSE;
}

int control_open(struct control **control, struct pbx *p, const char *path,
		 char *why, size_t size)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct control *c = calloc(1, sizeof(*c));
	int err;

	if (!c)
		return -ENOMEM;
	c->pbx = p;
	c->fd = -1;
	*why = 0;
	err = strlen(path) < sizeof(c->path) ? make_way(path, why, size) : -ENAMETOOLONG;
	if (err)
		goto out;
	strcpy(c->path, path);
	strcpy(at.sun_path, path);
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || bind(c->fd, (struct sockaddr *)&at, sizeof(at)) ||
	    listen(c->fd, 32)) {
		err = -errno;
		goto out;
	}
	c->watch = loop_watch(p->loop, c->fd, POLLIN, incoming, c);
	if (!c->watch)
		err = -errno;
out:
	if (err) {
		if (!*why)
			snprintf(why, size, "%s: %s", path, strerror(-err));
		if (c->fd >= 0)
			close(c->fd);
		free(c);
		return err;
	}
	*control = c;
	return 0;
}

void control_close(struct control *c)
{
	if (!c)
		return;
	loop_unwatch(c->pbx->loop, c->watch);
	unlink(c->path);
	close(c->fd);
	free(c);
}

/* ---------------------------------------------------------- the other end */

static int send_all(int fd, const char *text, size_t n)
{
	while (n) {
		ssize_t sent = send(fd, text, n, MSG_NOSIGNAL);

		if (sent <= 0)
			return -1;
		text += sent;
		n -= (size_t)sent;
	}
	return 0;
}

/* Prints what comes until a command's last line. 1: an error; -1: it hung up. */
static int print_answer(FILE *from)
{
	char line[CLIENT_BUFFER];

	while (fgets(line, sizeof(line), from)) {
		fputs(line, stdout);
		fflush(stdout);
		if (!strncmp(line, "error: ", 7))
			return 1;
		if (!strncmp(line, "ok", 2) && (line[2] == '\n' || line[2] == ' '))
			return 0;
	}
	return -1;
}

int control_connect(const char *path, char **commands, int count)
{
	char line[CLIENT_BUFFER];
	int fd = dial(path), status = 0, got = 0;
	FILE *in;

	if (fd < 0) {
		fprintf(stderr, "tipring-pbx: %s: %s; is a tipring-pbx with --control "
			"%s running?\n", path, strerror(-fd), path);
		return 2;
	}
	in = fdopen(fd, "r");
	for (int i = 0; got >= 0; i++) {
		if (count ? i == count : (isatty(0) && (fputs("> ", stdout), fflush(stdout),
		    false)) || !fgets(line, sizeof(line), stdin))
			break;
		if (count)
			snprintf(line, sizeof(line), "%s\n", commands[i]);
		if (send_all(fd, line, strlen(line)))
			break;
		got = print_answer(in);
		if (got)
			status = 1;
	}
	if (got < 0)
		fprintf(stderr, "tipring-pbx: it has ended\n");
	fclose(in);
	return status;
}
