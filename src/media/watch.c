/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include <errno.h>

#include "media/line_end.h"
#include "media/pump.h"

void watch_init(struct watch *w, enum watch_kind kind)
{
	w->kind = kind;
	w->fd = -1;
	w->mask = w->event_mask = w->audio_mask = 0;
	w->events = NULL;
	list_init(&w->audio);
}

/* poll's and epoll's bits are the same in Linux. */
static void control(struct pump *p, struct watch *w, int op)
{
	struct epoll_event ev = { .events = w->mask, .data.ptr = w };

	epoll_ctl(p->epoll_fd, op, w->fd, &ev);
}

/* Tells epoll what its users want now; with no user it is given up. */
static void settle(struct pump *p, struct watch *w)
{
	uint32_t mask = (w->events ? w->event_mask : 0) |
			(list_empty(&w->audio) ? 0 : w->audio_mask);

	if (!w->events && list_empty(&w->audio)) {
		control(p, w, EPOLL_CTL_DEL);
		watch_init(w, WATCH_LINE);
	} else if (mask != w->mask) {
		w->mask = mask;
		control(p, w, EPOLL_CTL_MOD);
	}
}

static struct watch *take(struct pump *p, struct watch *w, int fd)
{
	watch_init(w, WATCH_LINE);
	w->fd = fd;
	control(p, w, EPOLL_CTL_ADD);
	return w;
}

/* A watch on this descriptor, whoever it lives in. Lines change seldom, so a
 * walk is good enough. */
static struct watch *find(struct pump *p, int fd)
{
	struct list_head *l;

	list_for_each(l, &p->lines) {
		struct line_end *e = list_entry(l, struct line_end, end.node);

		for (int i = 0; i < 2; i++)
			if (e->own[i].fd == fd)
				return &e->own[i];
	}
	return NULL;
}

/* The line that it lives in leaves: it moves to another of its users. A user of
 * a foreign audio watch has its own second one free. */
static void move(struct pump *p, struct watch *from)
{
	struct line_end *host = list_entry(from->audio.next, struct line_end,
					   audio_node);
	struct watch *to = &host->own[1];
	struct list_head *l, *tmp;

	watch_init(to, WATCH_LINE);
	to->fd = from->fd;
	to->mask = from->mask;
	to->audio_mask = from->audio_mask;
	list_for_each_safe(l, tmp, &from->audio) {
		list_remove(l);
		list_add_before(&to->audio, l);
		list_entry(l, struct line_end, audio_node)->audio_watch = to;
	}
	control(p, to, EPOLL_CTL_MOD);
	watch_init(from, WATCH_LINE);
}

static void leave_audio(struct line_end *e)
{
	struct watch *w = e->audio_watch;
	bool mine = w == &e->own[1];

	if (!w)
		return;
	list_remove(&e->audio_node);
	e->audio_watch = NULL;
	if (mine && !w->events && !list_empty(&w->audio))
		move(e->end.pump, w);
	else
		settle(e->end.pump, w);
}

static void leave_events(struct line_end *e)
{
	struct watch *w = e->event_watch;

	if (!w)
		return;
	w->events = NULL;
	e->event_watch = NULL;
	if (!list_empty(&w->audio) &&
	    !(e->audio_watch == w && w->audio.next->next == &w->audio))
		move(e->end.pump, w);
	else
		settle(e->end.pump, w);
}

void watch_drop(struct line_end *e)
{
	leave_audio(e);
	leave_events(e);
}

static void join_events(struct line_end *e, int fd, uint32_t mask)
{
	struct watch *w = e->event_watch;

	if (w && w->fd == fd && w->event_mask == mask)
		return;
	leave_events(e);
	if (fd < 0)
		return;
	w = find(e->end.pump, fd);
	if (w && w->events)
		return;		/* a driver's fault: one port has it already */
	if (!w)
		w = take(e->end.pump, &e->own[0], fd);
	w->events = e;
	w->event_mask = mask;
	e->event_watch = w;
	settle(e->end.pump, w);
}

static void join_audio(struct line_end *e, int fd, uint32_t mask)
{
	struct watch *w = e->audio_watch;

	if (w && w->fd == fd && w->audio_mask == mask)
		return;
	leave_audio(e);
	if (fd < 0)
		return;
	w = find(e->end.pump, fd);
	if (!w)
		w = take(e->end.pump, &e->own[1], fd);
	w->audio_mask = mask;
	list_add_before(&w->audio, &e->audio_node);
	e->audio_watch = w;
	settle(e->end.pump, w);
}

void watch_line(struct line_end *e, bool audio)
{
	struct port_wait wait = { .event_fd = -1, .audio_fd = -1 };

	if (!e->gone)
		e->driver->wait(e->port, &wait);
	join_events(e, wait.event_fd, (uint32_t)wait.event_mask);
	join_audio(e, audio ? wait.audio_fd : -1, (uint32_t)wait.audio_mask);
}
