/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * notify.c - what the service manager is told: sd_notify(3). The watchdog is
 * fed from the signalling loop, so a loop that hangs is noticed.
 */
#include <stdio.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "gateway/room.h"

enum { STATUS_MS = 5000 };

struct count {
	unsigned lines, in_service, trunks, up;
};

static void count_line(void *arg, const struct line *line)
{
	struct count *c = arg;
	struct line_info i;

	line_get_info(line, &i);
	c->lines++;
	c->in_service += i.in_service;
}

static void count_trunk(void *arg, const struct trunk *trunk)
{
	struct count *c = arg;

	c->trunks++;
	c->up += trunk->up;
}

static void tell_status(struct gateway *g)
{
	struct count c = { 0 };
	char text[sizeof(g->status)];

	box_each_line(g->box, count_line, &c);
	box_each_trunk(g->box, count_trunk, &c);
	snprintf(text, sizeof(text), "%u of %u lines in service, %u of %u trunks "
		 "up, %d calls", c.in_service, c.lines, c.up, c.trunks,
		 g->box->limit.in + g->box->limit.out);
	if (!strcmp(text, g->status))
		return;
	strcpy(g->status, text);
	sd_notifyf(0, "STATUS=%s", text);
}

static void on_timer(void *arg)
{
	struct gateway *g = arg;
	uint64_t ms = STATUS_MS;

	if (g->watchdog_ms) {
		sd_notify(0, "WATCHDOG=1");
		if (ms > g->watchdog_ms)
			ms = g->watchdog_ms;
	}
	if (!g->stopping)
		tell_status(g);
	timer_start(&g->loop->timers, &g->notify_timer, ms, on_timer, g);
}

void notify_ready(struct gateway *g)
{
	uint64_t us = 0;

	if (sd_notify(0, "READY=1") <= 0)
		return;		/* nobody listens */
	if (sd_watchdog_enabled(0, &us) > 0)
		g->watchdog_ms = us / 3000;
	on_timer(g);
}

void notify_reloading(void)
{
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%llu",
		   (unsigned long long)clock_ms() * 1000);
}

void notify_reloaded(void)
{
	sd_notify(0, "READY=1");
}

void notify_stopping(void)
{
	sd_notify(0, "STOPPING=1\nSTATUS=ending calls");
}

void notify_free(struct gateway *g)
{
	timer_stop(&g->notify_timer);
}
