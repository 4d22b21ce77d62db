/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "config.h"

#include "ops/control.h"

#include <errno.h>
#include <grp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "ops/client.h"
#include "ops/show.h"

struct control {
	struct loop *loop;
	int fd;
	struct loop_watch *watch;
	struct timer pause;	/* out of descriptors: accept again later */
	struct sockaddr_un address;
	struct stat made;	/* our socket's inode: take away only that */
	struct client_list clients;
};

json_t *control_error(const char *format, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	return json_pack("{s:b,s:o}", "ok", 0, "error", show_text(text));
}

static void on_connect(void *arg, int fd, short revents);

static void accept_again(void *arg)
{
	struct control *c = arg;

	loop_watch_for(c->loop, c->watch, POLLIN);
}

static void refuse(int fd)
{
	static const char text[] = "{\"ok\":false,\"error\":\"too many clients of "
		"the control socket; close one\"}\n";

	/* Best effort: a new socket has room. */
	if (send(fd, text, sizeof(text) - 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		log_debug("control: refusal not sent: %s", strerror(errno));
	close(fd);
}

static void on_connect(void *arg, int fd, short revents)
{
	struct control *c = arg;
	int client;

	(void)revents;
	client = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (client < 0) {
		if (errno != EMFILE && errno != ENFILE && errno != ENOMEM &&
		    errno != ENOBUFS)
			return;
		/* It stays readable: without a pause this would spin. */
		log_warning("control: cannot take a client: %s", strerror(errno));
		loop_watch_for(c->loop, c->watch, 0);
		timer_start(&c->loop->timers, &c->pause, 1000, accept_again, c);
		return;
	}
	if (c->clients.count >= CONTROL_CLIENTS)
		refuse(client);
	else if (client_new(&c->clients, client))
		log_warning("control: cannot take a client: out of memory");
}

/* Clears the way for our socket. */
static int replace_stale(struct control *c, char *why, size_t size)
{
	const char *path = c->address.sun_path;
	struct stat st;
	int fd, err = 0;

	if (lstat(path, &st))
		return 0;
	if (!S_ISSOCK(st.st_mode)) {
		snprintf(why, size, "control socket: %s is there and is not a "
			 "socket; remove it, or set another path as control", path);
		return -EEXIST;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return 0;	/* what follows will say why */
	/* EAGAIN: somebody lives there, with a full queue. */
	if (!connect(fd, (struct sockaddr *)&c->address, sizeof(c->address)) ||
	    errno == EAGAIN) {
		snprintf(why, size, "another tipringd runs: it answers at %s; "
			 "stop it first (systemctl stop tipring), or set another "
			 "path as control", path);
		err = -EADDRINUSE;
	} else if (errno == ECONNREFUSED && !unlink(path)) {
		log_info("control: replaced %s, left by a tipringd that is gone",
			 path);
	}
	close(fd);
	return err;
}

/* /run/tipring is systemd's to make; by hand we make the last directory. */
static void make_directory(const char *path)
{
	char dir[sizeof(((struct sockaddr_un *)0)->sun_path)];
	char *slash;

	snprintf(dir, sizeof(dir), "%s", path);
	slash = strrchr(dir, '/');
	if (!slash || slash == dir)
		return;
	*slash = 0;
	if (mkdir(dir, 0755) && errno != EEXIST)
		log_debug("control: cannot make %s: %s", dir, strerror(errno));
}

static void set_group(const char *path, const char *group)
{
	struct group gr, *found = NULL;
	char buf[16384];

	if (!*group)
		return;
	if (getgrnam_r(group, &gr, buf, sizeof(buf), &found) || !found)
		log_warning("control: there is no group %s; only the owner of %s "
			    "may use it (groupadd %s, or change control_group)",
			    group, path, group);
	else if (chown(path, (uid_t)-1, found->gr_gid))
		log_warning("control: cannot give %s to group %s: %s; tipringd's "
			    "user must be a member of it", path, group,
			    strerror(errno));
	else if (chmod(path, 0660))
		log_warning("control: cannot open %s to group %s: %s", path,
			    group, strerror(errno));
}

static int open_socket(struct control *c, const char *group, char *why,
		       size_t size)
{
	const char *path = c->address.sun_path;
	mode_t mask;
	int err;

	make_directory(path);
	err = replace_stale(c, why, size);
	if (err)
		return err;
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->fd < 0)
		goto failed;
	mask = umask(0177);	/* never open to others, not for a moment */
	err = bind(c->fd, (struct sockaddr *)&c->address, sizeof(c->address));
	umask(mask);
	if (err)
		goto failed;
	if (lstat(path, &c->made))
		goto failed;
	set_group(path, group);
	if (listen(c->fd, 16))
		goto failed;
	return 0;
failed:
	err = -errno;
	snprintf(why, size, "control socket %s: %s; %s", path, strerror(-err),
		 err == -ENOENT ? "make its directory, or set another path as control" :
		 err == -EACCES ? "tipringd's user must own its directory" :
		 "set another path as control");
	return err;
}

struct control *control_new(struct loop *loop, const char *path,
			    const char *group, control_fn *fn, void *arg,
			    char *why, size_t size)
{
	struct control *c = calloc(1, sizeof(*c));

	snprintf(why, size, "out of memory");
	if (!c)
		return NULL;
	c->loop = loop;
	c->fd = -1;
	c->address.sun_family = AF_UNIX;
	clients_init(&c->clients, loop, fn, arg);
	if (strlen(path) >= sizeof(c->address.sun_path)) {
		snprintf(why, size, "control socket: the path has more than %zu "
			 "bytes: %s", sizeof(c->address.sun_path) - 1, path);
		goto failed;
	}
	strcpy(c->address.sun_path, path);
	if (open_socket(c, group, why, size))
		goto failed;
	c->watch = loop_watch(loop, c->fd, POLLIN, on_connect, c);
	if (!c->watch)
		goto failed;
	return c;
failed:
	control_free(c);
	return NULL;
}

void control_tell_gone(struct control *c, control_gone_fn *fn)
{
	c->clients.gone = fn;
}

void control_free(struct control *c)
{
	struct stat st;

	if (!c)
		return;
	timer_stop(&c->pause);
	clients_fini(&c->clients);
	loop_unwatch(c->loop, c->watch);
	if (c->fd >= 0)
		close(c->fd);
	if (c->made.st_ino && !lstat(c->address.sun_path, &st) &&
	    st.st_ino == c->made.st_ino && st.st_dev == c->made.st_dev)
		unlink(c->address.sun_path);
	free(c);
}

bool control_watched(const struct control *c)
{
	return c->clients.watching;
}

void control_event(struct control *c, json_t *event)
{
	char *text = event ? json_dumps(event, SHOW_FLAGS) : NULL;

	if (text)
		clients_tell(&c->clients, text, strlen(text));
	free(text);
	json_decref(event);
}
