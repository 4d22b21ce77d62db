/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "config.h"

#include "ops/client.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "ops/show.h"

struct client {
	struct list_head node;
	struct client_list *list;
	int fd;
	struct loop_watch *watch;
	struct ucred who;
	char *in;		/* the request so far */
	size_t in_len, in_size;
	char *out;		/* what waits to be read */
	size_t out_len, out_size;
	struct timer stuck;	/* runs while something waits */
	struct timer resume;	/* after an answer that came later */
	json_t *id;		/* of the request that is served */
	bool watching, eof, dead;
	bool later;		/* its answer is to come */
	bool put_off;		/* within serve(): there is no answer now */
};

/* A client may go while it is being served or while events are told; so it
 * leaves at once but is freed later. */
static void reap(void *arg)
{
	struct client_list *l = arg;

	while (!list_empty(&l->dead)) {
		struct client *c = list_entry(l->dead.next, struct client, node);

		list_remove(&c->node);
		free(c->in);
		free(c->out);
		free(c);
	}
}

static void drop(struct client *c)
{
	struct client_list *l = c->list;

	if (c->dead)
		return;
	c->dead = true;
	timer_stop(&c->stuck);
	timer_stop(&c->resume);
	json_decref(c->id);
	c->id = NULL;
	loop_unwatch(l->loop, c->watch);
	close(c->fd);
	l->count--;
	if (c->watching)
		l->watching--;
	list_remove(&c->node);
	list_add_before(&l->dead, &c->node);
	timer_start(&l->loop->timers, &l->reaper, 0, reap, l);
	if (c->later && l->gone)
		l->gone(l->arg, c);
	c->later = false;
}

static void on_stuck(void *arg)
{
	struct client *c = arg;

	log_warning("control: a client (pid %ld) does not read its replies, dropped",
		    (long)c->who.pid);
	drop(c);
}

/* What to wait for: while replies wait no further request is read. */
static void wait_again(struct client *c)
{
	bool full = c->later && c->in_len >= CONTROL_LINE;
	short events = c->out_len ? POLLOUT : c->eof || full ? 0 : POLLIN;

	if (c->dead)
		return;
	if (!c->out_len && c->eof && !c->watching && !c->later)
		drop(c);
	else if (loop_watch_for(c->list->loop, c->watch, events))
		drop(c);
}

static void flush(struct client *c)
{
	ssize_t n;

	while (!c->dead && c->out_len) {
		n = send(c->fd, c->out, c->out_len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			break;
		if (n < 0) {
			drop(c);
			return;
		}
		c->out_len -= (size_t)n;
		memmove(c->out, c->out + n, c->out_len);
		timer_stop(&c->stuck);
	}
	if (c->dead)
		return;
	if (!c->out_len)
		timer_stop(&c->stuck);
	else if (!timer_runs(&c->stuck))
		timer_start(&c->list->loop->timers, &c->stuck, CONTROL_STUCK_MS,
			    on_stuck, c);
}

static int reserve(char **buf, size_t *size, size_t need)
{
	size_t n = *size ? *size : 1024;
	char *p;

	while (n < need)
		n *= 2;
	if (n == *size)
		return 0;
	p = realloc(*buf, n);
	if (!p)
		return -ENOMEM;
	*buf = p;
	*size = n;
	return 0;
}

static void put(struct client *c, const char *line, size_t len)
{
	if (c->dead)
		return;
	if (reserve(&c->out, &c->out_size, c->out_len + len + 1)) {
		drop(c);
		return;
	}
	memcpy(c->out + c->out_len, line, len);
	c->out[c->out_len + len] = '\n';
	c->out_len += len + 1;
	flush(c);
	wait_again(c);
}

static void reply(struct client *c, json_t *answer)
{
	char *text;

	if (answer && c->id)
		json_object_set(answer, "id", c->id);
	json_decref(c->id);
	c->id = NULL;
	text = answer ? json_dumps(answer, SHOW_FLAGS) : NULL;
	if (text)
		put(c, text, strlen(text));
	else
		put(c, "{\"ok\":false,\"error\":\"out of memory\"}", 37);
	free(text);
	json_decref(answer);
}

static void serve(struct client *c, const char *line, size_t len)
{
	json_error_t e;
	json_t *request, *answer;

	while (len && (line[len - 1] == '\r' || line[len - 1] == ' '))
		len--;
	if (!len)
		return;
	request = json_loadb(line, len, JSON_REJECT_DUPLICATES, &e);
	if (!request)
		answer = control_error("not JSON: column %d: %s; a request looks "
				       "like {\"cmd\":\"status\"}", e.position, e.text);
	else if (!json_is_object(request))
		answer = control_error("not a JSON object; a request looks like "
				       "{\"cmd\":\"status\"}");
	else {
		c->id = json_incref(json_object_get(request, "id"));
		answer = c->list->fn(c->list->arg, c, request);
	}
	if (!c->put_off)
		reply(c, answer);
	c->put_off = false;
	json_decref(request);
}

/* Serves whole lines, one at a time while the client reads its replies. */
static void serve_lines(struct client *c)
{
	size_t done = 0;
	char *nl;

	while (!c->dead && !c->out_len && !c->later &&
	       (nl = memchr(c->in + done, '\n', c->in_len - done))) {
		serve(c, c->in + done, (size_t)(nl - c->in) - done);
		done = (size_t)(nl - c->in) + 1;
	}
	if (c->dead)
		return;
	c->in_len -= done;
	memmove(c->in, c->in + done, c->in_len);
	if (c->out_len || c->later)
		return;
	if (c->eof && c->in_len) {	/* a last line without its newline */
		size_t len = c->in_len;

		c->in_len = 0;
		serve(c, c->in, len);
	} else if (c->in_len >= CONTROL_LINE) {
		c->in_len = 0;
		c->eof = true;
		reply(c, control_error("a request has at most %d bytes",
				       CONTROL_LINE));
	}
}

static void resume(void *arg)
{
	struct client *c = arg;

	serve_lines(c);
	wait_again(c);
}

void client_later(struct client *c)
{
	c->later = c->put_off = true;
}

/* Within a request it has its turn when that is through. */
void client_answer(struct client *c, json_t *answer)
{
	c->later = false;
	reply(c, answer);
	if (!c->dead && !c->put_off)
		timer_start(&c->list->loop->timers, &c->resume, 0, resume, c);
}

static void receive(struct client *c)
{
	ssize_t n;

	if (reserve(&c->in, &c->in_size, c->in_len + 4096)) {
		drop(c);
		return;
	}
	n = recv(c->fd, c->in + c->in_len, c->in_size - c->in_len, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0) {
		drop(c);
		return;
	}
	if (!n)
		c->eof = true;
	c->in_len += (size_t)n;
}

static void on_ready(void *arg, int fd, short revents)
{
	struct client *c = arg;

	(void)fd;
	if (c->dead)
		return;
	if (revents & POLLOUT)
		flush(c);
	else if (revents & POLLIN && !c->eof)
		receive(c);
	else if (revents & (POLLHUP | POLLERR)) {
		drop(c);
		return;
	}
	if (!c->dead && c->in)
		serve_lines(c);
	wait_again(c);
}

void clients_init(struct client_list *l, struct loop *loop, control_fn *fn,
		  void *arg)
{
	memset(l, 0, sizeof(*l));
	l->loop = loop;
	list_init(&l->live);
	list_init(&l->dead);
	l->fn = fn;
	l->arg = arg;
}

void clients_fini(struct client_list *l)
{
	while (!list_empty(&l->live)) {
		struct client *c = list_entry(l->live.next, struct client, node);

		flush(c);
		drop(c);
	}
	timer_stop(&l->reaper);
	reap(l);
}

int client_new(struct client_list *l, int fd)
{
	struct client *c = calloc(1, sizeof(*c));
	socklen_t size = sizeof(c->who);

	if (!c) {
		close(fd);
		return -ENOMEM;
	}
	c->list = l;
	c->fd = fd;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &c->who, &size))
		c->who.uid = (uid_t)-1;
	c->watch = loop_watch(l->loop, fd, POLLIN, on_ready, c);
	if (!c->watch) {
		int err = -errno;

		close(fd);
		free(c);
		return err;
	}
	list_add_before(&l->live, &c->node);
	l->count++;
	return 0;
}

void clients_tell(struct client_list *l, const char *line, size_t len)
{
	struct list_head *pos, *tmp;

	list_for_each_safe(pos, tmp, &l->live) {
		struct client *c = list_entry(pos, struct client, node);

		if (!c->watching)
			continue;
		if (c->out_len + len > CONTROL_EVENTS) {
			log_warning("control: a watching client (pid %ld) does "
				    "not keep up, dropped", (long)c->who.pid);
			drop(c);
			continue;
		}
		put(c, line, len);
	}
}

void client_watch(struct client *c)
{
	if (c->watching || c->dead)
		return;
	c->watching = true;
	c->list->watching++;
}

void client_who(const struct client *c, char *text, size_t size)
{
	struct passwd pw, *found = NULL;
	char buf[2048];

	getpwuid_r(c->who.uid, &pw, buf, sizeof(buf), &found);
	snprintf(text, size, "uid %ld (%s), pid %ld", (long)c->who.uid,
		 found ? found->pw_name : "?", (long)c->who.pid);
}
