/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "far_lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "drivers/dahdi/dahdi.h"
#include "media/law.h"
#include "stream.h"

#define BARE 1000		/* in epoll's data: the line's other end */

static const struct line_driver *const drv = &dahdi_driver;

uint64_t us_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_nsec / 1000;
}

unsigned near_channel(const struct far_lines *f, unsigned line, unsigned channels)
{
	return line + 1 + (line < f->phones ? 0 : channels);
}

static int open_one(struct far_lines *f, struct line_port **port, unsigned channel,
		    enum port_kind kind, uint32_t data)
{
	struct port_conf conf = { .kind = kind };
	struct epoll_event ev = { .events = EPOLLIN | EPOLLPRI, .data.u32 = data };
	struct port_wait w;
	char why[256] = "";

	snprintf(conf.address, sizeof conf.address, "%u", channel);
	if (drv->open(port, &conf, why, sizeof why)) {
		fprintf(stderr, "channel %u: %s\n", channel, why);
		return -1;
	}
	drv->wait(*port, &w);
	return epoll_ctl(f->epoll_fd, EPOLL_CTL_ADD, w.audio_fd, &ev);
}

int far_lines_open(struct far_lines *f, unsigned n, unsigned phones,
		   unsigned channels, bool bare)
{
	f->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	f->phones = phones;
	for (f->n = 0; f->n < n; f->n++) {
		unsigned near = near_channel(f, f->n, channels);
		unsigned far = near > channels ? near - channels : near + channels;
		bool phone = f->n < phones;
		struct far_line *l = f->line + f->n;

		l->heard = f->room ? malloc(f->room) : NULL;
		if (open_one(f, &l->port, far, phone ? PORT_FXO : PORT_FXS, f->n))
			return -1;
		if (bare && open_one(f, &l->bare, near, phone ? PORT_FXS : PORT_FXO,
				     BARE + f->n))
			return -1;
	}
	return 0;
}

void far_lines_close(struct far_lines *f)
{
	for (unsigned i = 0; i < f->n; i++) {
		drv->close(f->line[i].port);
		drv->close(f->line[i].bare);
		callerid_sender_free(f->line[i].sender);
		free(f->line[i].heard);
	}
	close(f->epoll_fd);
	memset(f->line, 0, sizeof f->line);
	f->n = 0;
}

/* GR-30: 500 ms after the burst. */
static void tell_caller(struct far_line *l)
{
	static const struct callerid_way way = { .standard = CALLERID_BELLCORE };
	static const struct party from = { .number = FAR_CALLER,
					   .name = "Ann Caller" };

	l->telling = !callerid_send(l->sender, &way, &from, 951782400, 500);
}

/* The block that goes out; false: nothing is told. */
static bool telling(struct far_line *l, uint8_t *block, size_t n)
{
	int16_t s[BLOCK_MOST] = { 0 };

	if (!l->telling)
		return false;
	callerid_sound(l->sender, s, n);
	law_encode(AUDIO_MULAW, s, block, n);
	if (callerid_sending(l->sender))
		return true;
	l->told_us = us_now();
	l->telling = false;
	callerid_sender_free(l->sender);
	l->sender = NULL;
	return true;
}

static void events(struct far_line *l)
{
	struct line_event e;

	while (drv->next_event(l->port, &e) > 0) {
		if (e.type == LINE_EVENT_OFF_HOOK) {
			l->off_hook = true;
		} else if (e.type == LINE_EVENT_ON_HOOK) {
			l->off_hook = false;
			l->on_hook_us = us_now();
		} else if (e.type == LINE_EVENT_BURST_END && l->sender &&
			   !l->telling) {
			tell_caller(l);
		}
	}
}

static void served(struct far_line *l, uint64_t now)
{
	if (l->telling && now - l->read_us > l->gap_us)
		l->gap_us = now - l->read_us;
	l->read_us = now;
}

static void audio(struct far_lines *f, unsigned line)
{
	struct far_line *l = f->line + line;
	uint8_t block[BLOCK_MOST];
	ssize_t n = drv->read(l->port, block, sizeof block);

	if (n <= 0)
		return;
	served(l, us_now());
	if (f->keep && l->heard && l->n + (uint32_t)n <= f->room) {
		memcpy(l->heard + l->n, block, (size_t)n);
		l->n += (uint32_t)n;
	}
	for (ssize_t i = 0; i < n; i++)
		block[i] = stream_octet(line, l->said++);
	telling(l, block, (size_t)n);
	drv->write(l->port, block, (size_t)n);
}

static void give_back(struct far_line *l)
{
	uint8_t block[BLOCK_MOST];
	struct line_event e;
	ssize_t n;

	while (drv->next_event(l->bare, &e) > 0)
		;
	n = drv->read(l->bare, block, sizeof block);
	if (n > 0)
		drv->write(l->bare, block, (size_t)n);
}

void far_lines_serve(struct far_lines *f, int ms)
{
	struct epoll_event ev[2 * LINES_MOST];
	int n = epoll_wait(f->epoll_fd, ev, 2 * LINES_MOST, ms);

	for (int i = 0; i < n; i++) {
		unsigned line = ev[i].data.u32;

		if (line >= BARE) {
			give_back(f->line + line - BARE);
			continue;
		}
		if (ev[i].events & EPOLLPRI)
			events(f->line + line);
		if (ev[i].events & EPOLLIN)
			audio(f, line);
	}
}

void far_lines_keep(struct far_lines *f, bool on)
{
	for (unsigned i = 0; on && i < f->n; i++)
		f->line[i].n = f->line[i].said = 0;
	f->keep = on;
}

int far_lift(struct far_lines *f, unsigned line, bool off)
{
	int err = drv->hook(f->line[line].port, off);

	f->line[line].off_hook = off;
	events(f->line + line);
	return err;
}

int far_ring(struct far_lines *f, unsigned line, bool on)
{
	static const struct cadence two_four = { .ms = { 2000, 4000 }, .count = 2 };

	return drv->ring(f->line[line].port, on ? &two_four : NULL);
}

int far_ring_from(struct far_lines *f, unsigned line)
{
	static uint8_t quiet[BLOCK_MOST];
	struct far_line *l = f->line + line;

	law_init();
	l->told_us = l->gap_us = 0;
	l->telling = false;
	callerid_sender_free(l->sender);
	l->sender = callerid_sender_new();
	/* A block more ahead of the card: what is late makes no hole. */
	memset(quiet, 0xff, sizeof quiet);
	drv->write(l->port, quiet, drv->frame);
	return l->sender ? far_ring(f, line, true) : -1;
}

int far_break(struct far_lines *f, unsigned line)
{
	return drv->battery(f->line[line].port, 500);
}
