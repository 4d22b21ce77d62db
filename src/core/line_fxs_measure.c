/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * line_fxs_measure.c - an FXS line is measured. On hook there is no loop that
 * anything could be heard over: only what the card tells of it. With the
 * telephone off hook, while it hears dial tone, that is taken away, noise and
 * echo are measured, and it comes back.
 */
#include <stdio.h>

#include "core/line_fxs.h"
#include "core/measure.h"

void fxs_measure_on_hook(struct line *l)
{
	measure_readings(l, &l->measure->on_hook);
	measure_done(l, NULL);
}

uint64_t fxs_measured_time(void *self)
{
	return line_ms(self, TIMER_MEASURE_SETTLE);
}

void fxs_measured_enter(void *self)
{
	struct line *l = self;

	line_play(l, -1);
	l->measure->by_phone = true;
	line_entered(l);
}

static void probe(struct line *l, enum media_probe what)
{
	if (measure_probe(l, what))
		measure_stop(l, "the voice thread does not keep up");
}

static void probed(struct line *l, const struct media_probed *p)
{
	struct measurement *m = l->measure;

	if (p->what == PROBE_LISTEN) {
		m->quiet = *p;
		m->has_quiet = true;
		probe(l, PROBE_ECHO);
		return;
	}
	m->echo = *p;
	m->has_echo = true;
	measure_done(l, NULL);
	fxs_go(l, FXS_DIAL_TONE);
}

void fxs_measured_event(void *self, int event, const void *data)
{
	struct line *l = self;
	char why[sizeof(l->fault)];

	switch (event) {
	case FSM_TIMEOUT:
		measure_readings(l, &l->measure->off_hook);
		probe(l, PROBE_LISTEN);
		return;
	case L_PROBED:
		probed(l, data);
		return;
	case L_MEASURE_STOP:
		snprintf(why, sizeof(why), "%s", (const char *)data);
		measure_done(l, why);
		fxs_go(l, FXS_DIAL_TONE);
		return;
	case L_DIGIT:			/* it goes on as if nothing had been */
	case L_FLASH:
		measure_done(l, "the telephone began to dial");
		fsm_post(&l->fsm, event, data, event == L_DIGIT ?
			 sizeof(struct line_digit) : 0);
		fxs_go(l, FXS_DIAL_TONE);
		return;
	case L_ON_HOOK:
		measure_done(l, "the telephone hung up");
		break;
	case L_ALARM:
		measure_done(l, "the line went out of service");
		break;
	}
	fxs_off_hook_event(l, event, data);
}
