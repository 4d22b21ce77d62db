/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * base/loop.h on sofia's su_root. The timers have a timerfd of their own:
 * sofia's run on wall time and stand still when the clock is set back.
 */
#include "sip/loop_su.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "sip/agent.h"

struct loop_watch {
	struct loop_su *loop;
	int fd, index;
	loop_fn *fn;
	void *arg;
};

struct loop_su {
	struct loop loop;
	su_root_t *root;
	int timer_fd;
	struct loop_watch *timer_watch;
	bool stopped, abandoned;
};

static int wakeup(su_root_magic_t *magic, su_wait_t *wait, su_wakeup_arg_t *arg)
{
	struct loop_watch *w = (struct loop_watch *)arg;

	(void)magic;
	loop_su_clock(&w->loop->loop);
	/* Last, for it may unwatch itself. */
	w->fn(w->arg, w->fd, (short)su_wait_events(wait, w->fd));
	return 0;
}

static struct loop_watch *su_watch(struct loop *l, int fd, short events,
				   loop_fn *fn, void *arg)
{
	struct loop_su *ls = (struct loop_su *)l;
	struct loop_watch *w = calloc(1, sizeof(*w));
	su_wait_t wait[1] = { SU_WAIT_INIT };

	if (!w)
		return NULL;
	w->loop = ls;
	w->fd = fd;
	w->fn = fn;
	w->arg = arg;
	if (su_wait_create(wait, fd, events) < 0)
		goto fail;
	w->index = su_root_register(ls->root, wait, wakeup,
				    (su_wakeup_arg_t *)w, 0);
	if (w->index > 0)
		return w;
fail:
	free(w);
	return NULL;
}

static int su_watch_for(struct loop_watch *w, short events)
{
	return su_root_eventmask(w->loop->root, w->index, w->fd, events) < 0 ?
		       -errno : 0;
}

static void su_unwatch(struct loop_watch *w)
{
	su_root_deregister(w->loop->root, w->index);
	free(w);
}

static void run_root(su_root_t *root)
{
	turns_watch(true);
	su_root_run(root);
	turns_watch(false);
}

static void su_run(struct loop *l)
{
	struct loop_su *ls = (struct loop_su *)l;

	ls->stopped = false;
	timers_advance(&l->timers, clock_ms());
	/* A timer may have stopped it; the root would not remember. */
	if (!ls->stopped)
		run_root(ls->root);
}

static void su_stop(struct loop *l)
{
	struct loop_su *ls = (struct loop_su *)l;

	ls->stopped = true;
	su_root_break(ls->root);
}

static void su_free_loop(struct loop *l)
{
	struct loop_su *ls = (struct loop_su *)l;

	if (ls->timer_watch)
		su_unwatch(ls->timer_watch);
	if (ls->timer_fd >= 0)
		close(ls->timer_fd);
	if (ls->root && !ls->abandoned) {
		su_root_destroy(ls->root);
		su_deinit();
	}
	free(ls);
}

static const struct loop_ops su_ops = {
	.watch = su_watch,
	.watch_for = su_watch_for,
	.unwatch = su_unwatch,
	.run = su_run,
	.stop = su_stop,
	.free = su_free_loop,
};

static void arm(struct loop_su *ls)
{
	int64_t ms = timers_wait(&ls->loop.timers, clock_ms());
	struct itimerspec at = { 0 };

	if (ms >= 0) {
		at.it_value.tv_sec = ms / 1000;
		at.it_value.tv_nsec = ms % 1000 * 1000000;
		if (!ms)
			at.it_value.tv_nsec = 1;
	}
	timerfd_settime(ls->timer_fd, 0, &at, NULL);
}

static void rearm(struct timers *timers, void *arg)
{
	(void)timers;
	arm(arg);
}

/* Timers run here and nowhere between: they free what others are about to use. */
static void tick(void *arg, int fd, short revents)
{
	struct loop_su *ls = arg;
	uint64_t expirations;

	(void)revents;
	if (read(fd, &expirations, sizeof(expirations)) <= 0)
		return;
	timers_advance(&ls->loop.timers, clock_ms());
	arm(ls);
}

void loop_su_clock(struct loop *l)
{
	timers_clock(&l->timers, clock_ms());
}

su_root_t *loop_su_root(struct loop *l)
{
	return ((struct loop_su *)l)->root;
}

void loop_su_abandon(struct loop *l)
{
	((struct loop_su *)l)->abandoned = true;
}

struct loop *loop_su_new(void)
{
	struct loop_su *ls = calloc(1, sizeof(*ls));

	if (!ls)
		return NULL;
	ls->timer_fd = -1;
	ls->loop.ops = &su_ops;
	timers_init(&ls->loop.timers, clock_ms());
	ls->loop.timers.rearm = rearm;
	ls->loop.timers.arg = ls;
	if (su_init() < 0)
		goto fail;
	ls->root = su_root_create(NULL);
	if (!ls->root)
		goto fail;
	/* Otherwise nua starts a thread of its own. */
	su_root_threading(ls->root, 0);
	ls->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (ls->timer_fd < 0)
		goto fail;
	ls->timer_watch = su_watch(&ls->loop, ls->timer_fd, POLLIN, tick, ls);
	if (ls->timer_watch)
		return &ls->loop;
fail:
	su_free_loop(&ls->loop);
	return NULL;
}
