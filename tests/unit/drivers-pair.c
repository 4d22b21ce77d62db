/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "drivers-pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

void pair_init(struct pair *p)
{
	memset(p, 0, sizeof(*p));
	strcpy(p->directory, "/tmp/tipring-pair-XXXXXX");
	assert_non_null(mkdtemp(p->directory));
	p->near.driver = &sim_driver;
	p->far.driver = &sim_far_driver;
}

void pair_close(struct pair_end *e)
{
	if (e->port)
		e->driver->close(e->port);
	e->port = NULL;
}

void pair_fini(struct pair *p)
{
	pair_close(&p->near);
	pair_close(&p->far);
	assert_int_equal(rmdir(p->directory), 0);
}

static void open_end(struct pair *p, struct pair_end *e, enum port_kind kind,
		     unsigned flash_max_ms)
{
	struct port_conf conf = { .address = "1", .kind = kind,
				  .directory = p->directory,
				  .pulse_break_ms = p->break_ms,
				  .pulse_make_ms = p->make_ms,
				  .flash_max_ms = flash_max_ms };
	char why[160] = "";

	if (e->driver->open(&e->port, &conf, why, sizeof(why)))
		fail_msg("open: %s", why);
}

void pair_open_near(struct pair *p, enum port_kind kind, unsigned flash_max_ms)
{
	open_end(p, &p->near, kind, flash_max_ms);
}

void pair_open_far(struct pair *p, enum port_kind kind)
{
	open_end(p, &p->far, kind, 800);
}

static void serve_audio(struct pair_end *e)
{
	uint8_t frame[FRAME_MAX];
	ssize_t n;

	while ((n = e->driver->read(e->port, frame, sizeof(frame))) > 0) {
		size_t left = e->out_size - e->out_at;
		size_t copy = left < (size_t)n ? left : (size_t)n;
		size_t keep = PAIR_AUDIO - e->in_size;

		if (keep > (size_t)n)
			keep = (size_t)n;
		memcpy(e->in + e->in_size, frame, keep);
		e->in_size += keep;
		memset(frame, 0xff, sizeof(frame));
		if (copy)
			memcpy(frame, e->out + e->out_at, copy);
		e->out_at += copy;
		assert_int_equal(e->driver->write(e->port, frame, (size_t)n), n);
	}
}

static void take_events(struct pair_end *e)
{
	struct line_event ev;

	while (e->driver->next_event(e->port, &ev) == 1) {
		assert_true(e->count < PAIR_EVENTS);
		e->events[e->count++] = ev;
	}
}

static void turn(struct pair *p)
{
	struct pair_end *ends[] = { &p->near, &p->far };
	struct pollfd pfd[4];

	for (int i = 0; i < 4; i++)
		pfd[i] = (struct pollfd){ .fd = -1, .events = POLLIN };
	for (int i = 0; i < 2; i++) {
		struct port_wait w;

		if (!ends[i]->port)
			continue;
		/* Asking wakes the clock: only who listens may ask. */
		if (ends[i]->audio || ends[i]->driver == &sim_far_driver) {
			assert_int_equal(ends[i]->driver->wait(ends[i]->port, &w), 0);
			pfd[i * 2].fd = w.event_fd;
			pfd[i * 2 + 1].fd = w.audio_fd;
		}
	}
	poll(pfd, 4, 5);
	for (int i = 0; i < 2; i++) {
		struct pair_end *e = ends[i];

		if (e->port)
			take_events(e);
		if (!e->port || !(pfd[i * 2 + 1].revents & POLLIN))
			continue;
		e->wakes++;
		e->driver->turn_begin(pfd[i * 2 + 1].fd);
		serve_audio(e);
		if (e->driver->turn_end)
			e->driver->turn_end(pfd[i * 2 + 1].fd);
	}
}

void pair_run(struct pair *p, unsigned ms)
{
	uint64_t end = now_ms() + ms;

	do
		turn(p);
	while (now_ms() < end);
}

int pair_expect(struct pair *p, struct pair_end *e, enum line_event_type type,
		unsigned ms)
{
	uint64_t end = now_ms() + ms;

	for (;;) {
		while (e->seen < e->count)
			if (e->events[e->seen++].type == type)
				return e->events[e->seen - 1].value;
		if (now_ms() >= end)
			fail_msg("no event %d within %u ms", type, ms);
		turn(p);
	}
}

int pair_next(struct pair *p, struct pair_end *e, enum line_event_type type,
	      unsigned ms)
{
	uint64_t end = now_ms() + ms;

	while (e->seen == e->count && now_ms() < end)
		turn(p);
	if (e->seen == e->count)
		fail_msg("no event %d within %u ms", type, ms);
	assert_int_equal(e->events[e->seen].type, type);
	return e->events[e->seen++].value;
}

void pair_none(struct pair_end *e)
{
	if (e->seen < e->count)
		fail_msg("unexpected event %d, value %d", e->events[e->seen].type,
			 e->events[e->seen].value);
}

void pair_connect(struct pair *p, enum port_kind kind, unsigned flash_max_ms)
{
	pair_open_far(p, kind == PORT_FXS ? PORT_FXO : kind == PORT_FXO ? PORT_FXS :
		      kind);
	pair_open_near(p, kind, flash_max_ms);
	p->near.audio = true;
	pair_next(p, &p->far, LINE_EVENT_ALARM_CLEARED, 1000);
	pair_next(p, &p->near, LINE_EVENT_ALARM_CLEARED, 1000);
}
