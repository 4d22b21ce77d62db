/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * loop.h - descriptors and timers of one thread. Two bodies: plain epoll
 * (loop_epoll.c: tipring-pbx, the command, tests) and sofia's su_root
 * (src/sip/loop_su.c: the daemon's signalling thread). Rooms that wait for
 * something use only this.
 */
#ifndef BASE_LOOP_H
#define BASE_LOOP_H

#include <poll.h>
#include <stdbool.h>

#include "base/timer.h"

struct loop;
struct loop_watch;

/* revents: POLLIN, POLLOUT, POLLPRI, POLLERR, POLLHUP. */
typedef void loop_fn(void *arg, int fd, short revents);

struct loop_ops {
	struct loop_watch *(*watch)(struct loop *, int fd, short events,
				    loop_fn *, void *arg);
	int (*watch_for)(struct loop_watch *, short events);
	void (*unwatch)(struct loop_watch *);
	void (*run)(struct loop *);
	void (*stop)(struct loop *);
	void (*free)(struct loop *);
};

/* A body begins with this. */
struct loop {
	const struct loop_ops *ops;
	struct timers timers;
};

/* NULL and errno on error. The descriptor stays the caller's. */
static inline struct loop_watch *loop_watch(struct loop *l, int fd, short events,
					    loop_fn *fn, void *arg)
{
	return l->ops->watch(l, fd, events, fn, arg);
}

static inline int loop_watch_for(struct loop *l, struct loop_watch *w, short events)
{
	return l->ops->watch_for(w, events);
}

/* Allowed inside the watch's own function; NULL is legal. */
static inline void loop_unwatch(struct loop *l, struct loop_watch *w)
{
	if (w)
		l->ops->unwatch(w);
}

/* Runs until loop_stop(). */
static inline void loop_run(struct loop *l)
{
	l->ops->run(l);
}

static inline void loop_stop(struct loop *l)
{
	l->ops->stop(l);
}

static inline void loop_free(struct loop *l)
{
	if (l)
		l->ops->free(l);
}

/* NULL and errno on error. */
struct loop *loop_epoll_new(void);

/* The machine's monotonic clock in ms. */
uint64_t clock_ms(void);

#endif
