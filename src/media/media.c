/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "media/media.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "media/law.h"
#include "media/line_end.h"
#include "media/osc.h"
#include "media/room.h"
#include "media/seal.h"
#include "media/spectrum.h"

#define EVENTS 2048
#define NOTICES_A_TURN 256	/* the rest waits for the loop's next turn */

static void freed(struct end *e)
{
	struct media_event ev = { .type = MEDIA_FREED, .sample = e->samples };
	media_event_fn *fn = e->fn;
	void *owner = e->owner;

	list_remove(&e->all);
	list_remove(&e->overdue_node);
	e->class->dispose(e);
	if (fn)
		fn(owner, &ev);
}

/* What the pump has recorded is judged here. */
static void probed(struct end *e)
{
	struct media_event ev = { .type = MEDIA_PROBED, .sample = e->samples };
	struct probe *p = line_end(e)->probe;

	line_end(e)->probe = NULL;
	if (p && !probe_stopped(p) && !e->closing && e->fn) {
		probe_analyse(p, &ev.probed);
		e->fn(e->owner, &ev);
	}
	probe_free(p);
}

static void notices(void *arg, int fd, short revents)
{
	struct room *room = arg;
	struct notice n;

	for (int i = 0; i < NOTICES_A_TURN &&
			mailbox_take(room->pump->notices, &n); i++) {
		if (n.event.type == MEDIA_FREED)
			freed(n.end);
		else if (n.event.type == MEDIA_PROBED)
			probed(n.end);
		else if (!n.end->closing && n.end->fn)
			n.end->fn(n.end->owner, &n.event);
	}
}

static void init_tables(void)
{
	static bool done;

	if (done)
		return;
	done = true;
	law_init();
	osc_init();
	spectrum_init();
}

int media_srtp_init(char *why, size_t size)
{
	int err = seal_init();

	if (err)
		snprintf(why, size, "libsrtp does not pass its own test");
	return err;
}

struct media *media_new(struct loop *loop, const struct media_options *o,
			char *why, size_t size)
{
	struct room *room = calloc(1, sizeof(*room));
	int err = ENOMEM;

	init_tables();
	if (!room)
		goto fail;
	room->media.ops = &room_ops;
	room->loop = loop;
	room->find = o->find;
	list_init(&room->ends);
	list_init(&room->overdue);
	room->pump = pump_new(o->events ? o->events : EVENTS);
	if (!room->pump) {
		err = errno;
		goto fail;
	}
	room->watch = loop_watch(loop, mailbox_fd(room->pump->notices), POLLIN,
				 notices, room);
	if (!room->watch) {
		err = errno;
		goto fail;
	}
	err = -pump_start(room->pump, o->real_time);
	if (err)
		goto fail;
	if (o->real_time && !room->pump->real_time)
		log_warning("media: no real-time priority for the voice thread, "
			    "calls may stutter on a busy machine; give the "
			    "program CAP_SYS_NICE or LimitRTPRIO=20");
	return &room->media;
fail:
	snprintf(why, size, "the voice thread cannot be started: %s",
		 strerror(err));
	if (room) {
		loop_unwatch(loop, room->watch);
		pump_free(room->pump);
	}
	free(room);
	return NULL;
}

void media_free(struct media *m)
{
	struct room *room = (struct room *)m;
	struct list_head *l, *tmp;

	if (!m)
		return;
	/* Ports are silenced by the pump as for any other end. */
	list_for_each(l, &room->ends) {
		struct end *e = list_entry(l, struct end, all);

		e->fn = NULL;
		if (!e->closing)
			room_ops.free(&e->base);
	}
	while (room_flush(room) == -ENOBUFS)
		usleep(1000);
	timer_stop(&room->retry);
	pump_stop(room->pump);
	loop_unwatch(room->loop, room->watch);
	list_for_each_safe(l, tmp, &room->ends) {
		struct end *e = list_entry(l, struct end, all);

		list_remove(&e->all);
		e->class->dispose(e);
	}
	pump_free(room->pump);
	free(room);
}

void media_counters(const struct media *m, struct media_counters *c)
{
	const struct pump *p = ((const struct room *)m)->pump;

	c->turns = stat_get(p->turns);
	c->events_lost = stat_get(p->events_lost);
	c->longest_us = stat_get(p->work.longest_us);
	c->longest_own_us = stat_get(p->work.longest_own_us);
	c->late = stat_get(p->late);
	c->real_time = p->real_time;
}
