/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * timer.h - timers on a clock that is told the time: the loop tells it the
 * machine's, a test tells it what it likes. Everything that waits in tipring's
 * signalling waits on one of these.
 */
#ifndef BASE_TIMER_H
#define BASE_TIMER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"

struct timers {
	uint64_t now_ms;		/* the one clock of signalling */
	struct list_head list;		/* by due time, equal ones in start order */
	/* Called when the earliest due time has become earlier; may be NULL. */
	void (*rearm)(struct timers *, void *arg);
	void *arg;
};

typedef void timer_fn(void *arg);

struct timer {
	struct list_head node;
	uint64_t due;
	timer_fn *fn;
	void *arg;
	struct timers *on;	/* NULL: not running */
};

void timers_init(struct timers *, uint64_t now_ms);

/* Sets the time and runs what is due, in order, each at its own due time: a
 * timer started by another one's function counts from there. Time never goes
 * back. */
void timers_advance(struct timers *, uint64_t now_ms);

/* Sets the time alone: what is due waits for timers_advance(). For where a timer's
 * function must not run, because it may free what is just being used. */
void timers_clock(struct timers *, uint64_t now_ms);

/* ms until the next one is due, 0: overdue, -1: none runs. */
int64_t timers_wait(const struct timers *, uint64_t now_ms);

/* Starts t, or starts it anew. A zeroed struct timer is one that does not run. */
void timer_start(struct timers *, struct timer *, uint64_t ms, timer_fn *, void *arg);
void timer_stop(struct timer *);

static inline bool timer_runs(const struct timer *t)
{
	return t->on;
}

#endif
