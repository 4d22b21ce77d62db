/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "pbx/pbx.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "pbx/client.h"
#include "pbx/line.h"

struct pbx_line *pbx_line(const struct pbx *p, const char *name)
{
	for (unsigned i = 0; i < p->line_count; i++)
		if (!strcmp(p->lines[i]->name, name))
			return p->lines[i];
	return NULL;
}

/* One turn of all lines of a clock. */
static void tick(void *arg, int fd, short revents)
{
	struct pbx_clock *c = arg;
	struct pbx *p = c->pbx;

	if (c->driver->turn_begin)
		c->driver->turn_begin(fd);
	for (unsigned i = 0; i < p->line_count; i++)
		if (p->lines[i]->audio_fd == fd)
			line_turn(p->lines[i]);
	if (c->driver->turn_end)
		c->driver->turn_end(fd);
}

static bool is_used(const struct pbx *p, int fd)
{
	for (unsigned i = 0; i < p->line_count; i++)
		if (p->lines[i]->audio_fd == fd)
			return true;
	return false;
}

static bool is_watched(const struct pbx *p, int fd)
{
	for (unsigned i = 0; i < p->clock_count; i++)
		if (p->clocks[i].fd == fd)
			return true;
	return false;
}

/* A clock runs only while there is a gateway on one of its lines. */
void pbx_watch_clocks(struct pbx *p)
{
	for (unsigned i = 0; i < p->clock_count; i++) {
		if (!p->clocks[i].watch || is_used(p, p->clocks[i].fd))
			continue;
		loop_unwatch(p->loop, p->clocks[i].watch);
		p->clocks[i].watch = NULL;
		p->clocks[i].fd = -1;
	}
	/* A watch holds its clock's address: clocks keep their places. */
	for (unsigned i = 0; i < p->line_count; i++) {
		struct pbx_line *l = p->lines[i];
		struct pbx_clock *c = p->clocks;

		if (l->audio_fd < 0 || is_watched(p, l->audio_fd))
			continue;
		while (c < p->clocks + p->clock_count && c->watch)
			c++;
		if (c == p->clocks + PBX_CLOCKS)
			return;
		if (c == p->clocks + p->clock_count)
			p->clock_count++;
		c->fd = l->audio_fd;
		c->driver = l->driver;
		c->pbx = p;
		c->watch = loop_watch(p->loop, c->fd, POLLIN, tick, c);
	}
}

void pbx_event_text(const struct pbx_event *e, char *text, size_t size)
{
	static const char *const names[] = {
		[EVENT_RING] = "ring", [EVENT_OFF_HOOK] = "off-hook",
		[EVENT_ON_HOOK] = "on-hook", [EVENT_DIGIT] = "digit",
		[EVENT_CALLER] = "caller", [EVENT_POLARITY] = "polarity",
		[EVENT_BREAK] = "break", [EVENT_FLASH] = "flash",
		[EVENT_SEIZED] = "seized", [EVENT_PLAYED] = "played",
		[EVENT_LAMP] = "lamp", [EVENT_CAS] = "cas",
		[EVENT_CADENCE] = "cadence", [EVENT_MESSAGES] = "messages",
		[EVENT_CONNECTED] = "connected",
		[EVENT_LOST] = "lost",
		[EVENT_SETUP] = "setup",
		[EVENT_REDIRECTING] = "redirecting", [EVENT_MORE] = "more-digits",
		[EVENT_PROCEEDING] = "proceeding", [EVENT_ALERTING] = "alerting",
		[EVENT_INBAND] = "inband", [EVENT_ANSWERED] = "answered",
		[EVENT_CLEARED] = "cleared", [EVENT_HELD] = "held",
		[EVENT_RESTARTED] = "restarted", [EVENT_LINK_UP] = "link-up",
		[EVENT_LINK_DOWN] = "link-down", [EVENT_PARKED] = "parked",
		[EVENT_SERVICE] = "service", [EVENT_REACHED] = "reached",
		[EVENT_REACHED_NAME] = "reached-name", [EVENT_RETRIEVED] = "retrieved", [EVENT_REFUSED] = "refused",
	};
	const char *name = names[e->type];

	if (e->type == EVENT_BREAK || e->type == EVENT_FLASH)
		snprintf(text, size, "%s %d ms", name, e->value);
	else if (*e->more)
		snprintf(text, size, "%s %s \"%s\"", name, e->text, e->more);
	else
		snprintf(text, size, "%s%s%s", name, *e->text ? " " : "", e->text);
}

void pbx_event(struct pbx_line *l, enum pbx_event_type type, int value,
	       const char *text, const char *more)
{
	struct pbx *p = l->pbx;
	struct pbx_event *e = &p->events[p->event_count++ % PBX_EVENTS];
	char words[2 * PBX_TEXT + 32];

	*e = (struct pbx_event){ .type = type, .line = l, .value = value,
				 .ms = clock_ms() - p->began };
	snprintf(e->text, sizeof(e->text), "%s", text ? text : "");
	snprintf(e->more, sizeof(e->more), "%s", more ? more : "");
	pbx_event_text(e, words, sizeof(words));
	pbx_log(l, "%s", words);
	clients_look(p);
}

void pbx_heard(struct pbx_line *l)
{
	clients_look(l->pbx);
}

void pbx_log(const struct pbx_line *l, const char *format, ...)
{
	uint64_t ms = clock_ms() - l->pbx->began;
	char text[256];
	va_list ap;

	if (!l->pbx->log)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	fprintf(stderr, "%4u.%03u line %s: %s\n", (unsigned)(ms / 1000),
		(unsigned)(ms % 1000), l->name, text);
}
