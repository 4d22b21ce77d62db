/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "base/loop.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

struct loop_watch {
	struct list_head node;
	struct loop_epoll *loop;
	int fd;
	loop_fn *fn;	/* NULL: unwatched, freed at the end of the turn */
	void *arg;
};

struct loop_epoll {
	struct loop loop;
	int epoll_fd;
	bool stopped;
	struct list_head watches, dead;
};

uint64_t clock_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

/* poll's and epoll's bits are the same in Linux. */
static int control(struct loop_watch *w, int op, short events)
{
	struct epoll_event ev = { .events = (uint32_t)events, .data.ptr = w };

	return epoll_ctl(w->loop->epoll_fd, op, w->fd, &ev) < 0 ? -errno : 0;
}

static struct loop_watch *epoll_watch(struct loop *l, int fd, short events,
				      loop_fn *fn, void *arg)
{
	struct loop_epoll *le = (struct loop_epoll *)l;
	struct loop_watch *w = calloc(1, sizeof(*w));
	int err;

	if (!w)
		return NULL;
	w->loop = le;
	w->fd = fd;
	w->fn = fn;
	w->arg = arg;
	err = control(w, EPOLL_CTL_ADD, events);
	if (err) {
		free(w);
		errno = -err;
		return NULL;
	}
	list_add_before(&le->watches, &w->node);
	return w;
}

static int epoll_watch_for(struct loop_watch *w, short events)
{
	return control(w, EPOLL_CTL_MOD, events);
}

static void epoll_unwatch(struct loop_watch *w)
{
	control(w, EPOLL_CTL_DEL, 0);
	w->fn = NULL;
	list_remove(&w->node);
	list_add_before(&w->loop->dead, &w->node);
}

static void bury(struct list_head *l)
{
	while (!list_empty(l)) {
		struct loop_watch *w = list_entry(l->next, struct loop_watch, node);

		list_remove(&w->node);
		free(w);
	}
}

static int wait_ms(struct loop_epoll *le)
{
	int64_t ms = timers_wait(&le->loop.timers, clock_ms());

	return ms > INT_MAX ? INT_MAX : (int)ms;
}

static void epoll_run(struct loop *l)
{
	struct loop_epoll *le = (struct loop_epoll *)l;
	struct epoll_event ev[32];

	le->stopped = false;
	while (!le->stopped) {
		int n = epoll_wait(le->epoll_fd, ev, 32, wait_ms(le));

		timers_advance(&l->timers, clock_ms());
		for (int i = 0; i < n && !le->stopped; i++) {
			struct loop_watch *w = ev[i].data.ptr;

			if (w->fn)
				w->fn(w->arg, w->fd, (short)ev[i].events);
		}
		bury(&le->dead);
	}
}

static void epoll_stop(struct loop *l)
{
	((struct loop_epoll *)l)->stopped = true;
}

static void epoll_free(struct loop *l)
{
	struct loop_epoll *le = (struct loop_epoll *)l;

	bury(&le->dead);
	bury(&le->watches);
	close(le->epoll_fd);
	free(le);
}

static const struct loop_ops epoll_ops = {
	.watch = epoll_watch,
	.watch_for = epoll_watch_for,
	.unwatch = epoll_unwatch,
	.run = epoll_run,
	.stop = epoll_stop,
	.free = epoll_free,
};

struct loop *loop_epoll_new(void)
{
	struct loop_epoll *le = calloc(1, sizeof(*le));

	if (!le)
		return NULL;
	le->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (le->epoll_fd < 0) {
		free(le);
		return NULL;
	}
	le->loop.ops = &epoll_ops;
	timers_init(&le->loop.timers, clock_ms());
	list_init(&le->watches);
	list_init(&le->dead);
	return &le->loop;
}
