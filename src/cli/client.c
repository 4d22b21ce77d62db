/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cli/cli.h"

struct daemon_link {
	FILE *in;
	int fd;
	char *line;
	size_t size;
};

static void explain(const struct cli *c, int err)
{
	const char *cure;

	switch (err) {
	case ENOENT:
	case ECONNREFUSED:
		fprintf(stderr, "tipring: tipringd does not run (nobody answers "
			"at %s); start it: systemctl start tipring\n", c->socket);
		return;
	case EACCES:
	case EPERM:
		cure = "become a member of its group (adduser USER tipring, "
			"then log in again), or use sudo";
		break;
	case EAGAIN:
		cure = "tipringd does not take connections; see journalctl -u tipring";
		break;
	default:
		cure = "is --socket right?";
	}
	fprintf(stderr, "tipring: %s: %s; %s\n", c->socket, strerror(err), cure);
}

struct daemon_link *daemon_connect(const struct cli *c)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	struct daemon_link *l;

	if (strlen(c->socket) >= sizeof(a.sun_path)) {
		fprintf(stderr, "tipring: the socket's path is too long: %s\n",
			c->socket);
		return NULL;
	}
	strcpy(a.sun_path, c->socket);
	l = calloc(1, sizeof(*l));
	if (!l)
		return NULL;
	l->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (l->fd < 0 || connect(l->fd, (struct sockaddr *)&a, sizeof(a)) ||
	    !(l->in = fdopen(l->fd, "r"))) {
		explain(c, errno);
		daemon_close(l);
		return NULL;
	}
	return l;
}

void daemon_close(struct daemon_link *l)
{
	if (!l)
		return;
	if (l->in)
		fclose(l->in);
	else if (l->fd >= 0)
		close(l->fd);
	free(l->line);
	free(l);
}

int daemon_send(struct daemon_link *l, json_t *request)
{
	char *text = json_dumps(request, JSON_COMPACT);
	size_t len, done = 0;
	int err = 0;

	json_decref(request);
	if (!text)
		return -EINVAL;	/* an argument that is not UTF-8 */
	len = strlen(text);
	text[len++] = '\n';	/* in place of the ending zero */
	while (done < len && !err) {
		ssize_t n = send(l->fd, text + done, len - done, MSG_NOSIGNAL);

		if (n > 0)
			done += (size_t)n;
		else if (n < 0 && errno != EINTR)
			err = -errno;
	}
	free(text);
	return err;
}

json_t *daemon_receive(struct daemon_link *l, const char **text)
{
	ssize_t n = getline(&l->line, &l->size, l->in);

	if (n <= 0)
		return NULL;
	if (l->line[n - 1] == '\n')
		l->line[n - 1] = 0;
	if (text)
		*text = l->line;
	return json_loads(l->line, 0, NULL);
}

static void say_error(const json_t *reply)
{
	const json_t *errors = json_object_get(reply, "errors"), *e;
	size_t i;

	fprintf(stderr, "tipring: %s\n", cli_text(reply, "error"));
	json_array_foreach(errors, i, e)
		fprintf(stderr, "%s\n", json_string_value(e));
}

json_t *daemon_ask(const struct cli *c, json_t *request)
{
	struct daemon_link *l = NULL;
	json_t *reply = NULL;
	const char *text;
	int err;

	if (!request) {
		fputs("tipring: an argument is not UTF-8 text\n", stderr);
		return NULL;
	}
	l = daemon_connect(c);
	if (!l) {
		json_decref(request);
		return NULL;
	}
	err = daemon_send(l, request);
	if (!err)
		reply = daemon_receive(l, &text);
	if (!reply) {
		fprintf(stderr, "tipring: tipringd gave no answer; see "
			"journalctl -u tipring\n");
		goto out;
	}
	if (c->json)
		puts(text);
	if (!cli_true(reply, "ok")) {
		if (!c->json)
			say_error(reply);
		json_decref(reply);
		reply = NULL;
	}
out:
	daemon_close(l);
	return reply;
}
