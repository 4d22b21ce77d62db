/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#define _GNU_SOURCE	/* pthread_setname_np */
#include "media/pump.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "media/line_end.h"
#include "media/rtp_end.h"

#define EVENTS 64		/* descriptors served in a turn */
#define COMMANDS 4096
#define COMMANDS_A_TURN 128
#define SECOND 1000000
#define STACK (256 * 1024)
#define PRIORITY 20		/* above everything but the kernel's own threads */
#define LATE 20000		/* us between turns that should be 10000 */
#define TICKS_MOST 5		/* made up for after a standstill */

/* ------------------------------------------------------------------ notices */

/* False: no room, try later. */
static bool tell_owed(struct end *e)
{
	static const struct {
		unsigned owed;
		enum media_event_type type;
	} kinds[] = {
		{ OWED_RESYNC, MEDIA_LINE }, { OWED_PLAYED, MEDIA_PLAYED },
		{ OWED_DIALLED, MEDIA_DIALLED }, { OWED_FIRST, MEDIA_RTP_FIRST },
		{ OWED_DEAD, MEDIA_RTP_DEAD }, { OWED_PROBED, MEDIA_PROBED },
		{ OWED_FREED, MEDIA_FREED },
	};
	struct notice n = { .end = e };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!(e->owed & kinds[i].owed))
			continue;
		memset(&n.event, 0, sizeof(n.event));
		n.event.type = kinds[i].type;
		n.event.sample = e->samples;
		if (kinds[i].owed == OWED_RESYNC)
			n.event.line.type = LINE_EVENT_RESYNC;
		/* After MEDIA_FREED the memory is no longer ours. */
		if (kinds[i].owed == OWED_FREED)
			list_remove(&e->owing_node);
		if (mailbox_post(e->pump->notices, &n) == -ENOBUFS) {
			if (kinds[i].owed == OWED_FREED)
				list_add_before(&e->pump->owing, &e->owing_node);
			return false;
		}
		if (kinds[i].owed == OWED_FREED)
			return true;
		e->owed &= ~kinds[i].owed;
	}
	list_remove(&e->owing_node);
	return true;
}

static void tell_all_owed(struct pump *p)
{
	while (!list_empty(&p->owing))
		if (!tell_owed(list_entry(p->owing.next, struct end, owing_node)))
			break;
}

/* ----------------------------------------------------------------- the timer */

static void pace(struct pump *p)
{
	bool on = !list_empty(&p->paced);
	struct itimerspec t = { 0 };

	if (on == p->ticking)
		return;
	if (on)
		t.it_value.tv_nsec = t.it_interval.tv_nsec = TICK_US * 1000;
	timerfd_settime(p->timer_fd, 0, &t, NULL);
	p->ticking = on;
}

static void tick(struct pump *p)
{
	struct list_head *l, *tmp;
	uint64_t times = 0;

	if (read(p->timer_fd, &times, sizeof(times)) != sizeof(times))
		return;
	if (times > TICKS_MOST)
		times = TICKS_MOST;
	while (times--)
		list_for_each_safe(l, tmp, &p->paced)
			rtp_end_tick(list_entry(l, struct rtp_end, paced_node));
}

/* ----------------------------------------------------------------- the turn */

static void read_clocks(struct pump *p)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	p->now_us = (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
	clock_gettime(CLOCK_REALTIME, &ts);
	p->real_us = (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static void serve(struct pump *p, struct watch *w, uint32_t got)
{
	struct list_head *l, *tmp;
	const struct line_driver *driver;
	int fd = w->fd;

	if (w->kind == WATCH_TIMER) {
		tick(p);
		return;
	}
	if (w->kind == WATCH_COMMANDS || fd < 0)
		return;
	got |= got & (EPOLLERR | EPOLLHUP) ? w->event_mask | w->audio_mask : 0;
	if (w->events && got & w->event_mask)
		line_end_events(w->events);
	if (!(got & w->audio_mask) || w->fd != fd || list_empty(&w->audio))
		return;
	p->audio_us = p->now_us;
	driver = list_entry(w->audio.next, struct line_end, audio_node)->driver;
	if (driver->turn_begin)
		driver->turn_begin(fd);
	list_for_each_safe(l, tmp, &w->audio)
		line_end_audio(list_entry(l, struct line_end, audio_node));
	if (driver->turn_end)
		driver->turn_end(fd);
}

static void commands(struct pump *p)
{
	struct command c;

	for (int i = 0; i < COMMANDS_A_TURN && mailbox_take(p->commands, &c); i++) {
		if (c.type == COMMAND_STOP)
			p->stop = true;
		else
			c.end->class->command(c.end, &c);
	}
}

static void seconds(struct pump *p)
{
	struct list_head *l, *tmp;
	struct end *e;

	if (p->now_us < p->second_us)
		return;
	p->second_us = p->now_us + SECOND;
	list_for_each_safe(l, tmp, &p->lines) {
		e = list_entry(l, struct end, node);
		e->class->second(e);
	}
	list_for_each_safe(l, tmp, &p->rtps) {
		e = list_entry(l, struct end, node);
		e->class->second(e);
	}
}

static void start_lines(struct pump *p)
{
	struct list_head *l;

	if (!p->starts)
		return;
	p->starts = false;
	list_for_each(l, &p->lines)
		line_end_start(line_end(list_entry(l, struct end, node)));
}

void pump_settle(struct pump *p)
{
	start_lines(p);
	while (!list_empty(&p->changed)) {
		struct end *e = list_entry(p->changed.next, struct end,
					   changed_node);

		list_remove(&e->changed_node);
		e->class->settle(e);
	}
	pace(p);
}

static int wait_ms(const struct pump *p)
{
	int64_t ms;

	if (!list_empty(&p->owing) || p->starts)
		return 20;
	if (list_empty(&p->lines) && list_empty(&p->rtps))
		return -1;
	ms = (p->second_us - p->now_us + 999) / 1000;
	return ms < 0 ? 0 : ms > 1000 ? 1000 : (int)ms;
}

static void *run(void *arg)
{
	struct pump *p = arg;
	struct epoll_event ev[EVENTS];
	int64_t before, own;
	int n;

	read_clocks(p);
	while (!p->stop) {
		turn_ends(&p->work, &own);
		n = epoll_wait(p->epoll_fd, ev, EVENTS, wait_ms(p));
		before = p->now_us;
		turn_begins(&p->work);
		read_clocks(p);
		stat_add(p->turns, 1);
		if (n > 0 && p->ticking && p->now_us - before > LATE)
			stat_add(p->late, 1);
		for (int i = 0; i < n; i++)
			serve(p, ev[i].data.ptr, ev[i].events);
		rtp_send_due(p);
		commands(p);
		seconds(p);
		pump_settle(p);
		tell_all_owed(p);
	}
	return NULL;
}

/* ----------------------------------------------- from the signalling thread */

static int add(struct pump *p, struct watch *w, enum watch_kind kind, int fd)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = w };

	watch_init(w, kind);
	w->fd = fd;
	return epoll_ctl(p->epoll_fd, EPOLL_CTL_ADD, fd, &ev);
}

struct pump *pump_new(size_t events)
{
	struct pump *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->timer_fd = -1;
	list_init(&p->lines);
	list_init(&p->rtps);
	list_init(&p->paced);
	list_init(&p->owing);
	list_init(&p->changed);
	p->inbox = inbox_new();
	p->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	p->commands = mailbox_new(sizeof(struct command), COMMANDS);
	p->notices = mailbox_new(sizeof(struct notice), events);
	p->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (!p->inbox || p->epoll_fd < 0 || p->timer_fd < 0 || !p->commands || !p->notices ||
	    add(p, &p->command_watch, WATCH_COMMANDS, mailbox_fd(p->commands)) ||
	    add(p, &p->timer_watch, WATCH_TIMER, p->timer_fd)) {
		pump_free(p);
		return NULL;
	}
	return p;
}

static int start(struct pump *p, bool real_time)
{
	struct sched_param priority = { .sched_priority = PRIORITY };
	pthread_attr_t attr;
	int err;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK);
	if (real_time) {
		pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
		pthread_attr_setschedpolicy(&attr, SCHED_FIFO);
		pthread_attr_setschedparam(&attr, &priority);
	}
	err = pthread_create(&p->thread, &attr, run, p);
	pthread_attr_destroy(&attr);
	return -err;
}

int pump_start(struct pump *p, bool real_time)
{
	sigset_t all, old;
	int err = -EPERM;

	/* Signals are signalling's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	p->real_time = real_time;
	if (real_time)
		err = start(p, true);
	if (err == -EPERM) {
		p->real_time = false;
		err = start(p, false);
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (!err)
		pthread_setname_np(p->thread, "pump");
	return err;
}

void pump_stop(struct pump *p)
{
	struct command c = { .type = COMMAND_STOP };

	while (mailbox_post(p->commands, &c) == -ENOBUFS)
		usleep(1000);
	pthread_join(p->thread, NULL);
}

void pump_free(struct pump *p)
{
	if (!p)
		return;
	if (p->epoll_fd >= 0)
		close(p->epoll_fd);
	if (p->timer_fd >= 0)
		close(p->timer_fd);
	inbox_free(p->inbox);
	mailbox_free(p->commands);
	mailbox_free(p->notices);
	free(p);
}
