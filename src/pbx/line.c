/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "pbx/line.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/sim/sim.h"
#include "drivers/table.h"
#include "pbx/options.h"

static void on_digits(void *arg, const char *digits, int count)
{
	for (int i = 0; i < count; i++)
		line_digit(arg, digits[i]);
}

static void on_hop(void *arg)
{
	pbx_heard(arg);
}

static void on_caller(void *arg, const char *number, const char *name)
{
	struct pbx_line *l = arg;

	pbx_event(l, EVENT_CALLER, 0, number, name);
	phone_caller(l);
}

static void on_messages(void *arg, bool waiting)
{
	pbx_event(arg, EVENT_MESSAGES, 0, waiting ? "on" : "off", NULL);
}

void line_set_callerid(struct pbx_line *l, struct callerid_way way)
{
	l->way = way;
	callerid_reader_free(l->reader);
	l->reader = l->kind == PORT_FXO ?
		    callerid_reader_new(way.standard, on_caller, l) : NULL;
	if (l->reader)
		callerid_reader_messages(l->reader, on_messages);
}

void line_digit(struct pbx_line *l, char digit)
{
	size_t n = strlen(l->digits);

	if (n + 1 < sizeof(l->digits)) {
		l->digits[n] = digit;
		l->digits[n + 1] = 0;
	}
	pbx_event(l, EVENT_DIGIT, 0, (char[]){ digit, 0 }, NULL);
	if (l->kind == PORT_FXS)
		exchange_digit(l);
}

void line_off_hook(struct pbx_line *l, bool off_hook)
{
	l->off_hook = off_hook;
	l->digits[0] = 0;
	hear_reset(&l->hear);
	waiting_reset(&l->waiting);
	dtmf_rx_init(l->dtmf_rx, on_digits, l);
	if (!off_hook) {
		line_say_nothing(l);
		line_dial_stop(l);
		pbx_heard(l);
	}
}

static void unwatch(struct pbx_line *l)
{
	loop_unwatch(l->pbx->loop, l->watch);
	l->watch = NULL;
}

/* A clock that lines share is the PBX's to watch. */
static void watch_audio(struct pbx_line *l, const struct port_wait *w)
{
	l->audio_mask = w->audio_fd == w->event_fd ? w->audio_mask : 0;
	l->audio_fd = l->connected && !l->audio_mask ? w->audio_fd : -1;
	pbx_watch_clocks(l->pbx);
}

static void on_alarm(struct pbx_line *l, bool alarm)
{
	struct port_wait w;

	l->connected = !alarm;
	if (!l->driver->wait(l->port, &w)) {
		watch_audio(l, &w);
		if (w.event_fd < 0)
			unwatch(l);
		else if (l->audio_mask)
			loop_watch_for(l->pbx->loop, l->watch, w.event_mask |
				       (alarm ? 0 : l->audio_mask));
	}
	if (alarm && l->kind == PORT_FXS && l->state != LINE_IDLE)
		exchange_event(l, &(struct line_event){ LINE_EVENT_ON_HOOK, 0, 0 });
	pbx_event(l, alarm ? EVENT_LOST : EVENT_CONNECTED, 0, NULL, NULL);
}

static void on_event(struct pbx_line *l, const struct line_event *e)
{
	struct port_state s;

	switch (e->type) {
	case LINE_EVENT_ALARM:
		on_alarm(l, true);
		break;
	case LINE_EVENT_ALARM_CLEARED:
		on_alarm(l, false);
		break;
	case LINE_EVENT_RESYNC:
		if (!l->driver->state(l->port, &s) && s.off_hook != l->off_hook &&
		    l->kind == PORT_FXS)
			exchange_event(l, &(struct line_event){ s.off_hook ?
				LINE_EVENT_OFF_HOOK : LINE_EVENT_ON_HOOK, 0, 0 });
		break;
	default:
		if (l->kind == PORT_FXS)
			exchange_event(l, e);
		else if (l->kind == PORT_FXO)
			phone_event(l, e);
	}
}

static void take_events(void *arg, int fd, short revents)
{
	struct pbx_line *l = arg;
	struct line_event e;

	/* Some are the driver's own and wake nobody. */
	while (l->driver->next_event(l->port, &e) == 1)
		on_event(l, &e);
	if (l->connected && revents & l->audio_mask)
		line_turn(l);
}

static int watch_port(struct pbx_line *l)
{
	struct port_state s;
	struct port_wait w;
	int err = l->driver->state(l->port, &s);

	if (!err)
		err = l->driver->wait(l->port, &w);
	if (err)
		return err;
	l->format = s.format;
	l->times_breaks = s.capabilities & PORT_TIMES_BREAKS;
	l->connected = s.alarm == ALARM_NONE;
	watch_audio(l, &w);
	l->watch = loop_watch(l->pbx->loop, w.event_fd, w.event_mask |
			      (l->connected ? l->audio_mask : 0), take_events, l);
	return l->watch ? 0 : -errno;
}

/* Without a port of its own a line is the far end of the simulated line of its
 * name. Of a card it is whatever channel it is told. */
static int open_port(struct pbx_line *l, const char *port, enum audio_format format, const char *directory,
		     char *why, size_t size)
{
	struct port_conf conf = { .kind = l->kind, .directory = directory,
				  .flash_min_ms = 200, .flash_max_ms = 1000,
				  .format = format };
	const char *address = l->name;
	int err;

	l->driver = &sim_far_driver;
	if (*port) {
		l->driver = line_driver_find(port, &address);
		if (l->driver == &sim_driver)
			l->driver = &sim_far_driver;
	}
	if (!l->driver || strlen(address) >= sizeof(conf.address)) {
		snprintf(why, size, "line %s: \"%s\" is no port; ports are called "
			 "dahdi/N or sim/NAME", l->name, port);
		return -EINVAL;
	}
	snprintf(conf.address, sizeof(conf.address), "%s", address);
	err = l->driver->open(&l->port, &conf, why, size);
	if (err) {
		l->port = NULL;
		return err;
	}
	err = watch_port(l);
	if (err)
		snprintf(why, size, "line %s: %s", l->name, strerror(-err));
	return err;
}

int line_open(struct pbx *p, const struct options_line *o, const char *directory,
	      const struct model_conf *model, char *why, size_t size)
{
	struct pbx_line *l = calloc(1, sizeof(*l));
	int err = -ENOMEM;

	snprintf(why, size, "line %s: no memory", o->name);
	if (!l)
		return err;
	l->pbx = p;
	l->kind = o->kind;
	l->audio_fd = -1;
	l->answer_ms = -1;
	l->dial_tone = true;
	snprintf(l->name, sizeof(l->name), "%s", o->name);
	hear_init(&l->hear, p->country->tones, on_hop, l);
	l->dtmf_rx = dtmf_rx_init(NULL, on_digits, l);
	l->dtmf_tx = dtmf_tx_init(NULL);
	l->model = model_new();
	line_set_callerid(l, callerid_of(p->country));
	if (!waiting_init(&l->waiting) || !l->dtmf_rx || !l->dtmf_tx || !l->model) {
		line_close(l);
		return err;
	}
	dtmf_tx_set_timing(l->dtmf_tx, 80, 80);
	model_set(l->model, model);
	err = open_port(l, o->port, o->format, directory, why, size);
	if (err) {
		line_close(l);
		return err;
	}
	p->lines[p->line_count++] = l;
	pbx_watch_clocks(p);
	return 0;
}

void line_close(struct pbx_line *l)
{
	timer_stop(&l->timer);
	timer_stop(&l->sound_timer);
	timer_stop(&l->cadence_timer);
	unwatch(l);
	if (l->port) {
		if (l->kind == PORT_FXS)
			l->driver->ring(l->port, NULL);
		else if (l->kind == PORT_FXO)
			l->driver->hook(l->port, false);
		l->driver->close(l->port);
	}
	if (wav_close(l->record))
		fprintf(stderr, "tipring-pbx: %s is incomplete: %s\n",
			l->record_file, strerror(errno));
	source_stop(&l->out);
	source_stop(&l->callerid);
	callerid_reader_free(l->reader);
	waiting_fini(&l->waiting);
	model_free(l->model);
	if (l->dtmf_rx)
		dtmf_rx_free(l->dtmf_rx);
	if (l->dtmf_tx)
		dtmf_tx_free(l->dtmf_tx);
	free(l);
}

void line_text(const struct pbx_line *l, char *text, size_t size)
{
	static const char *const states[] = { "idle", "ringing", "dial tone",
		"progress", "talking", "cleared", "announcing",
		"telling the caller" };
	char hears[64];

	hear_text(&l->hear, hears, sizeof(hears));
	snprintf(text, size, "line %s %s: %s%s%s%s%s%s%s%s", l->name,
		 port_kind_name(l->kind),
		 l->connected ? states[l->state] : "no gateway is connected",
		 *l->digits ? ", digits " : "", l->digits,
		 l->reversed ? ", reversed" : "",
		 l->out.kind == SOURCE_SAMPLES ? ", plays" : "",
		 l->record ? ", records " : "", l->record ? l->record_file : "",
		 l->off_hook ? ", hears " : "");
	if (l->off_hook)
		strncat(text, hears, size - strlen(text) - 1);
}
