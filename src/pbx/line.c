/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "pbx/line.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/sim/sim.h"

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
	pbx_event(arg, EVENT_CALLER, 0, number, name);
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
	dtmf_rx_init(l->dtmf_rx, on_digits, l);
	if (!off_hook) {
		line_say_nothing(l);
		line_dial_stop(l);
		pbx_heard(l);
	}
}

static void on_alarm(struct pbx_line *l, bool alarm)
{
	struct port_wait w;

	l->connected = !alarm;
	if (!l->driver->wait(l->port, &w))
		l->audio_fd = alarm ? -1 : w.audio_fd;
	pbx_watch_clocks(l->pbx);
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
		else
			phone_event(l, e);
	}
}

static void take_events(void *arg, int fd, short revents)
{
	struct pbx_line *l = arg;
	struct line_event e;

	while (l->driver->next_event(l->port, &e) == 1)
		on_event(l, &e);
}

static int open_port(struct pbx_line *l, const char *directory, char *why, size_t size)
{
	struct port_conf conf = { .kind = l->kind, .directory = directory,
				  .flash_min_ms = 200, .flash_max_ms = 800 };
	struct port_state s;
	struct port_wait w;
	int err;

	memcpy(conf.address, l->name, sizeof(conf.address));
	err = l->driver->open(&l->port, &conf, why, size);
	if (err)
		return err;
	err = l->driver->state(l->port, &s);
	if (!err)
		err = l->driver->wait(l->port, &w);
	if (!err) {
		l->format = s.format;
		l->connected = s.alarm == ALARM_NONE;
		l->audio_fd = l->connected ? w.audio_fd : -1;
		l->watch = loop_watch(l->pbx->loop, w.event_fd, w.event_mask,
				      take_events, l);
		err = l->watch ? 0 : -errno;
	}
	if (err)
		snprintf(why, size, "line %s: %s", l->name, strerror(-err));
	return err;
}

int line_open(struct pbx *p, const char *name, enum port_kind kind,
	      const char *directory, const struct model_conf *model,
	      char *why, size_t size)
{
	struct pbx_line *l = calloc(1, sizeof(*l));
	int err = -ENOMEM;

	snprintf(why, size, "line %s: no memory", name);
	if (!l)
		return err;
	l->pbx = p;
	l->kind = kind;
	l->driver = &sim_far_driver;
	l->audio_fd = -1;
	l->answer_ms = -1;
	l->dial_tone = true;
	snprintf(l->name, sizeof(l->name), "%s", name);
	hear_init(&l->hear, p->country->tones, on_hop, l);
	l->dtmf_rx = dtmf_rx_init(NULL, on_digits, l);
	l->dtmf_tx = dtmf_tx_init(NULL);
	l->model = model_new();
	if (kind == PORT_FXO)
		l->reader = callerid_reader_new(p->country->callerid, on_caller, l);
	if (!l->dtmf_rx || !l->dtmf_tx || !l->model) {
		line_close(l);
		return err;
	}
	dtmf_tx_set_timing(l->dtmf_tx, 80, 80);
	model_set(l->model, model);
	err = open_port(l, directory, why, size);
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
	loop_unwatch(l->pbx->loop, l->watch);
	if (l->port) {
		if (l->kind == PORT_FXS)
			l->driver->ring(l->port, NULL);
		else
			l->driver->hook(l->port, false);
		l->driver->close(l->port);
	}
	if (wav_close(l->record))
		fprintf(stderr, "tipring-pbx: %s is incomplete: %s\n",
			l->record_file, strerror(errno));
	source_stop(&l->out);
	source_stop(&l->callerid);
	callerid_reader_free(l->reader);
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
		"progress", "talking", "cleared" };
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
