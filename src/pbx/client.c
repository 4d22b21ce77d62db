/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#define _GNU_SOURCE
#include "pbx/client.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pbx/line.h"
#include "pbx/speech.h"

/* What the control socket's clients have seen: one memory for all of them,
 * since many open a connection for each command. */
static uint64_t control_seen[PBX_LINES];
static uint64_t script_seen[PBX_LINES];

static void turn(void *arg);

static void again(struct client *c)
{
	timer_start(&c->pbx->loop->timers, &c->turn, 0, turn, c);
}

static void put(struct client *c, const char *text)
{
	size_t len = strlen(text);

	/* A reader that does not read loses its answers, we do not wait. */
	if (c->out >= 0 && write(c->out, text, len) < 0 && errno == EPIPE)
		c->ended = true;
}

void client_tell(struct client *c, const char *text)
{
	put(c, text);
	put(c, "\n");
}

static void free_client(struct client *c)
{
	timer_stop(&c->timer);
	timer_stop(&c->turn);
	speech_cancel(c->speech);
	loop_unwatch(c->pbx->loop, c->watch);
	list_remove(&c->node);
	if (c->in > 2)
		close(c->in);
	free(c);
}

/* The end of the input. A script's is the program's. */
static void finish(struct client *c, int status)
{
	struct pbx *p = c->pbx;
	bool stop = c->kind == CLIENT_TERMINAL ||
		    (c->kind == CLIENT_SCRIPT && (!c->stays || status));

	free_client(c);
	if (stop) {
		if (status)
			p->status = status;
		loop_stop(p->loop);
	}
}

static void answer(struct client *c, int err)
{
	char line[sizeof(c->text) + 192];

	if (c->kind == CLIENT_SCRIPT) {
		if (err)
			fprintf(stderr, "%s:%u: %s\n", c->name, c->line_number, c->text);
		else if (*c->text)
			printf("%s\n", c->text);
		fflush(stdout);
		if (err) {
			finish(c, 1);
			return;
		}
	} else {
		snprintf(line, sizeof(line), "%s%s%s\n", err ? "error: " : "ok",
			 !err && *c->text ? " " : "", c->text);
		put(c, line);
		if (c->kind == CLIENT_TERMINAL && isatty(c->in))
			put(c, "> ");
	}
	again(c);
}

void client_done(struct client *c, int err)
{
	c->wait = WAIT_NONE;
	c->line = NULL;
	timer_stop(&c->timer);
	answer(c, err);
}

/* Takes the next line out of the buffer; NULL: there is none yet. */
static char *next_line(struct client *c, char line[CLIENT_BUFFER])
{
	char *end = memchr(c->buffer, '\n', c->used);
	size_t len;

	if (!end && c->used && (c->ended || c->used == sizeof(c->buffer)))
		end = c->buffer + c->used - 1;
	if (!end)
		return NULL;
	len = (size_t)(end - c->buffer) + 1;
	memcpy(line, c->buffer, len);
	line[len < CLIENT_BUFFER ? len : CLIENT_BUFFER - 1] = 0;
	memmove(c->buffer, c->buffer + len, c->used - len);
	c->used -= len;
	c->line_number++;
	return line;
}

static void fill(struct client *c)
{
	ssize_t n;

	if (c->ended || c->used == sizeof(c->buffer))
		return;
	n = read(c->in, c->buffer + c->used, sizeof(c->buffer) - c->used);
	if (n > 0)
		c->used += (size_t)n;
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		c->ended = true;
}

/* Nothing to read for now. A connection is still watched for its end. */
static void rest(struct client *c)
{
	if (c->kind == CLIENT_CONTROL) {
		loop_watch_for(c->pbx->loop, c->watch, 0);
		return;
	}
	loop_unwatch(c->pbx->loop, c->watch);
	c->watch = NULL;
}

static void readable(void *arg, int fd, short revents)
{
	struct client *c = arg;

	fill(c);
	if (c->kind == CLIENT_CONTROL && revents & (POLLHUP | POLLERR)) {
		/* Nobody hears the answer any more. */
		c->wait = WAIT_NONE;
		c->ended = true;
		timer_stop(&c->timer);
		speech_cancel(c->speech);
	}
	if (c->ended || c->used == sizeof(c->buffer))
		rest(c);
	if (c->wait == WAIT_NONE)
		again(c);
}

static void resume(struct client *c)
{
	if (!c->watched)
		return;
	if (c->watch)
		loop_watch_for(c->pbx->loop, c->watch, POLLIN);
	else
		c->watch = loop_watch(c->pbx->loop, c->in, POLLIN, readable, c);
}

/* One command a turn, so that nothing starves. */
static void turn(void *arg)
{
	struct client *c = arg;
	char line[CLIENT_BUFFER];
	int err;

	if (c->wait != WAIT_NONE)
		return;
	if (!c->watched)
		fill(c);
	if (!next_line(c, line)) {
		if (c->ended)
			finish(c, 0);
		else
			resume(c);
		return;
	}
	c->text[0] = 0;
	err = command_run(c, line);
	if (err <= 0)
		answer(c, err);
}

static struct client *client_new(struct pbx *p, enum client_kind kind, int in, int out)
{
	struct client *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->pbx = p;
	c->kind = kind;
	c->in = in;
	c->out = out;
	c->seen = kind == CLIENT_CONTROL ? control_seen : script_seen;
	list_add_before(&p->clients, &c->node);
	/* A plain file cannot be waited for, it is always ready. */
	c->watch = loop_watch(p->loop, in, POLLIN, readable, c);
	c->watched = c->watch;
	again(c);
	return c;
}

int client_script(struct pbx *p, const char *file, bool stays, char *why, size_t size)
{
	bool standard = !strcmp(file, "-");
	int fd = standard ? 0 : open(file, O_RDONLY | O_CLOEXEC);
	struct client *c = fd < 0 ? NULL : client_new(p, CLIENT_SCRIPT, fd, -1);
	int err = c ? 0 : -errno;

	if (!c) {
		snprintf(why, size, "%s: %s", file, strerror(-err));
		if (fd > 0)
			close(fd);
		return err;
	}
	c->stays = stays;
	snprintf(c->name, sizeof(c->name), "%s", standard ? "(input)" : file);
	return 0;
}

int client_terminal(struct pbx *p)
{
	struct client *c = client_new(p, CLIENT_TERMINAL, 0, 1);

	if (!c)
		return -ENOMEM;
	if (isatty(0))
		put(c, "tipring-pbx: one command a line; help tells them\n> ");
	return 0;
}

int client_control(struct pbx *p, int fd)
{
	if (client_new(p, CLIENT_CONTROL, fd, fd))
		return 0;
	close(fd);
	return -ENOMEM;
}

void clients_free(struct pbx *p)
{
	while (!list_empty(&p->clients))
		free_client(list_entry(p->clients.next, struct client, node));
}

static unsigned line_number(const struct pbx_line *l)
{
	unsigned i = 0;

	while (l->pbx->lines[i] != l)
		i++;
	return i;
}

/* client_done() may free the client: it is the last thing done with it. */
static void look(struct client *c)
{
	struct pbx_line *l = c->line;

	switch (c->wait) {
	case WAIT_EXPECT:
		if (expect_look(&c->expect, l, &c->seen[line_number(l)], c->text,
				sizeof(c->text)))
			client_done(c, 0);
		break;
	case WAIT_PLAYED:
	case WAIT_DIALLED:
		if (c->wait == WAIT_PLAYED ? l->out.kind != SOURCE_SAMPLES : !l->dialling) {
			client_done(c, 0);
		} else if (!l->connected) {
			snprintf(c->text, sizeof(c->text),
				 "line %s: the gateway is gone", l->name);
			client_done(c, -ENOTCONN);
		}
		break;
	default:
		break;
	}
}

void clients_look(struct pbx *p)
{
	struct list_head *n, *next;

	list_for_each_safe(n, next, &p->clients)
		look(list_entry(n, struct client, node));
}
