/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* span.c - a span: its frames, timers and events. span_call.c has the calls. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "drivers/sim/sim.h"
#include "drivers/table.h"
#include "pbx/span_room.h"

#define FCS 2			/* octets that libpri counts and does not look at */
#define EVENTS_A_TURN 64
#define T309_MS 90000		/* Q.931 9.1 */

static void on_message(struct pri *pri, char *text)
{
	struct pbx_span *s = pri_get_userdata(pri);

	if (s && s->pbx->log)
		fputs(text, stderr);
}

static int read_frame(struct pri *pri, void *to, int size)
{
	struct pbx_span *s = pri_get_userdata(pri);
	ssize_t n = s->d ? s->ops->read(s->d, to, (size_t)size - FCS) : -EAGAIN;

	/* libpri takes a negative answer for a frame's length. */
	if (n <= 0)
		return 0;
	s->read = true;
	memset((char *)to + n, 0, FCS);
	return (int)n + FCS;
}

static int write_frame(struct pri *pri, void *from, int octets)
{
	struct pbx_span *s = pri_get_userdata(pri);

	if (s->d && octets > FCS)
		s->ops->write(s->d, from, (size_t)octets - FCS);
	return octets;
}

static void on_event(struct pbx_span *s, const pri_event *e)
{
	struct pbx_line *first = s->line[s->first];

	switch (e->e) {
	case PRI_EVENT_DCHAN_UP:
	case PRI_EVENT_DCHAN_DOWN:
		s->up = e->e == PRI_EVENT_DCHAN_UP;
		pbx_event(first, s->up ? EVENT_LINK_UP : EVENT_LINK_DOWN, 0, NULL, NULL);
		break;
	case PRI_EVENT_RESTART:
		span_restarted(s, e->restart.channel);
		break;
	default:
		span_call_event(s, e);
	}
}

static void on_timer(void *arg)
{
	struct pbx_span *s = arg;
	pri_event *e;

	for (int i = 0; i < EVENTS_A_TURN && (e = pri_schedule_run(s->pri)); i++)
		on_event(s, e);
	span_turn(s);
}

void span_turn(struct pbx_span *s)
{
	struct timeval *next = pri_schedule_next(s->pri), now;
	int64_t ms;

	if (!next) {
		timer_stop(&s->timer);
		return;
	}
	gettimeofday(&now, NULL);
	ms = ((int64_t)next->tv_sec - now.tv_sec) * 1000 +
	     (next->tv_usec - now.tv_usec) / 1000 + 1;
	timer_start(&s->pbx->loop->timers, &s->timer, ms > 0 ? (uint64_t)ms : 1,
		    on_timer, s);
}

/* Q.921 begins when there is a wire. */
static int start(struct pbx_span *s)
{
	s->pri = pri_new_cb(s->ops->fd(s->d), s->role, s->type, read_frame,
			    write_frame, s);
	if (!s->pri)
		return -ENOMEM;
	pri_facility_enable(s->pri);
	pri_hangup_fix_enable(s->pri, 1);
	pri_set_overlapdial(s->pri, 1);
	pri_set_service_message_support(s->pri, s->type == PRI_SWITCH_NI2 ||
		s->type == PRI_SWITCH_ATT4ESS || s->type == PRI_SWITCH_LUCENT5E);
	pri_set_timer(s->pri, PRI_TIMER_T309, T309_MS);
	if (s->pbx->log)
		pri_set_debug(s->pri, PRI_DEBUG_Q931_DUMP);
	return 0;
}

static void on_ready(void *arg, int fd, short revents)
{
	struct pbx_span *s = arg;
	enum port_alarm alarm;
	pri_event *e;
	int n = 0;

	while (s->ops->next_event(s->d, &alarm) == 1)
		s->alarm = alarm;
	if (s->alarm == ALARM_REMOVED) {
		span_plug(s, false, NULL, 0);
		return;
	}
	if (!s->alarm && !s->pri && start(s))
		fprintf(stderr, "tipring-pbx: span %s: no memory\n", s->name);
	if (!s->pri)
		return;
	do {
		s->read = false;
		e = pri_check_event(s->pri);
		if (e)
			on_event(s, e);
	} while (s->d && (e || s->read) && ++n < EVENTS_A_TURN);
	span_turn(s);
}

void span_deaf(struct pbx_span *s, bool deaf)
{
	if (deaf) {
		loop_unwatch(s->pbx->loop, s->watch);
		s->watch = NULL;
	} else if (s->d && !s->watch) {
		s->watch = loop_watch(s->pbx->loop, s->ops->fd(s->d), POLLIN | POLLPRI,
				      on_ready, s);
		on_ready(s, -1, 0);
	}
}

int span_plug(struct pbx_span *s, bool in, char *why, size_t size)
{
	int err;

	if (in == !!s->d)
		return 0;
	if (!in) {
		loop_unwatch(s->pbx->loop, s->watch);
		s->watch = NULL;
		s->ops->close(s->d);
		s->d = NULL;
		return 0;
	}
	s->alarm = ALARM_NONE;
	err = s->ops->open(&s->d, &s->conf, why, size);
	if (err) {
		s->d = NULL;
		return err;
	}
	s->watch = loop_watch(s->pbx->loop, s->ops->fd(s->d), POLLIN | POLLPRI,
			      on_ready, s);
	on_ready(s, -1, 0);
	return s->watch ? 0 : -ENOMEM;
}

static int switch_of(const struct options_span *o, bool t1)
{
	static const struct { const char *name; int type; } types[] = {
		{ "ni2", PRI_SWITCH_NI2 }, { "dms100", PRI_SWITCH_DMS100 },
		{ "4ess", PRI_SWITCH_ATT4ESS }, { "5ess", PRI_SWITCH_LUCENT5E },
		{ "ni1", PRI_SWITCH_NI1 }, { "qsig", PRI_SWITCH_QSIG },
	};

	for (unsigned i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (!strcmp(types[i].name, o->type))
			return types[i].type;
	return t1 ? PRI_SWITCH_EUROISDN_T1 : PRI_SWITCH_EUROISDN_E1;
}

static int find_driver(struct pbx_span *s, const struct options_span *o, char *why,
		       size_t size)
{
	const struct line_driver *driver = &sim_far_driver;
	const char *address = o->name;

	if (*o->port) {
		driver = line_driver_find(o->port, &address);
		if (driver == &sim_driver)
			driver = &sim_far_driver;
		address = driver && !strncmp(address, "span/", 5) ? address + 5 : NULL;
	}
	if (!address || !driver->dchannel || strlen(address) >= sizeof(s->conf.address)) {
		snprintf(why, size, "span %s: \"%s\" is no span; spans are called "
			 "dahdi/span/N or sim/span/NAME", o->name, o->port);
		return -EINVAL;
	}
	s->driver = driver;
	s->ops = driver->dchannel;
	snprintf(s->conf.address, sizeof(s->conf.address), "%s", address);
	return 0;
}

static int open_lines(struct pbx_span *s, const char *directory,
		      const struct model_conf *model, char *why, size_t size)
{
	struct options_line line = { .kind = PORT_B };
	int err = 0;

	for (unsigned slot = 1; slot <= DCHANNEL_SLOTS && !err; slot++) {
		struct pbx_line *l;

		if (!(s->shape.b_slots >> slot & 1))
			continue;
		if (s->pbx->line_count == PBX_LINES) {
			snprintf(why, size, "more than %d lines", PBX_LINES);
			return -ENOSPC;
		}
		snprintf(line.name, sizeof(line.name), "%.20s.b%u", s->name, slot);
		s->ops->port(s->d, slot, line.port);
		line.format = s->shape.format;
		err = line_open(s->pbx, &line, directory, model, why, size);
		if (err)
			return err;
		l = s->pbx->lines[s->pbx->line_count - 1];
		l->span = s;
		l->slot = slot;
		s->line[slot] = l;
		s->first = s->first ? s->first : slot;
	}
	return err;
}

int span_open(struct pbx *p, const struct options_span *o, const char *directory,
	      const struct model_conf *model, char *why, size_t size)
{
	struct pbx_span *s = calloc(1, sizeof(*s));
	bool t1 = (*o->type && strcmp(o->type, "euroisdn") && strcmp(o->type, "qsig")) ||
		  p->country->law == AUDIO_MULAW;
	int err;

	if (!s)
		return -ENOMEM;
	p->spans[p->span_count++] = s;
	s->pbx = p;
	s->role = o->network ? PRI_NETWORK : PRI_CPE;
	s->conf.directory = directory;
	s->conf.t1 = t1;
	snprintf(s->name, sizeof(s->name), "%s", o->name);
	pri_set_message(on_message);
	pri_set_error(on_message);
	err = find_driver(s, o, why, size);
	if (!err)
		err = s->ops->open(&s->d, &s->conf, why, size);
	if (err) {
		s->d = NULL;
		return err;
	}
	s->ops->shape(s->d, &s->shape);
	s->type = switch_of(o, s->shape.t1);
	err = open_lines(s, directory, model, why, size);
	if (err)
		return err;
	s->watch = loop_watch(p->loop, s->ops->fd(s->d), POLLIN | POLLPRI, on_ready, s);
	on_ready(s, -1, 0);
	return s->watch ? 0 : -ENOMEM;
}

/* What is libpri's stays: it has no call to free it. */
void span_close(struct pbx_span *s)
{
	timer_stop(&s->timer);
	span_plug(s, false, NULL, 0);
}

struct pbx_span *pbx_span(const struct pbx *p, const char *name)
{
	for (unsigned i = 0; i < p->span_count; i++)
		if (!strcmp(p->spans[i]->name, name))
			return p->spans[i];
	return NULL;
}
