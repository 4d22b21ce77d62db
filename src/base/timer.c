/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "base/timer.h"

#include <stddef.h>

static struct timer *entry(struct list_head *n)
{
	return list_entry(n, struct timer, node);
}

void timers_init(struct timers *ts, uint64_t now_ms)
{
	*ts = (struct timers){ .now_ms = now_ms };
	list_init(&ts->list);
}

void timers_advance(struct timers *ts, uint64_t now_ms)
{
	while (!list_empty(&ts->list)) {
		struct timer *t = entry(ts->list.next);

		if (t->due > now_ms)
			break;
		if (t->due > ts->now_ms)
			ts->now_ms = t->due;
		timer_stop(t);
		t->fn(t->arg);
	}
	timers_clock(ts, now_ms);
}

void timers_clock(struct timers *ts, uint64_t now_ms)
{
	if (now_ms > ts->now_ms)
		ts->now_ms = now_ms;
}

int64_t timers_wait(const struct timers *ts, uint64_t now_ms)
{
	uint64_t due;

	if (list_empty(&ts->list))
		return -1;
	due = entry(ts->list.next)->due;
	return due > now_ms ? (int64_t)(due - now_ms) : 0;
}

void timer_start(struct timers *ts, struct timer *t, uint64_t ms, timer_fn *fn,
		 void *arg)
{
	struct list_head *at;

	timer_stop(t);
	t->due = ts->now_ms + ms;
	t->fn = fn;
	t->arg = arg;
	t->on = ts;
	/* From the end: most timers are started with about the same time. */
	for (at = ts->list.prev; at != &ts->list; at = at->prev)
		if (entry(at)->due <= t->due)
			break;
	list_add_before(at->next, &t->node);
	if (ts->list.next == &t->node && ts->rearm)
		ts->rearm(ts, ts->arg);
}

void timer_stop(struct timer *t)
{
	if (!t->on)
		return;
	list_remove(&t->node);
	t->on = NULL;
}
