/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * line_fxo_measure.c - an FXO line is measured.
 *
 *  IDLE, BUSIED --measure--> HOOK     what is heard on hook
 *                              v
 *                            SEIZE    off hook, loop current
 *                              v
 *                            TONE     dial tone, at most for its timer
 *                              v
 *                            DIAL     a digit stops it
 *                              v
 *                            QUIET    noise
 *                              v
 *      REST (on hook) <----- ECHO     test signal, once for each setting of the
 *        |                     |      card's impedance
 *        `--guard--> SEIZE     v
 *                            GUARD
 *
 * An exchange waits some seconds for the second digit and then gives a tone: so
 * the line is seized anew for further settings.
 *
 * What wants the line ends the measurement: a ring, in the states on hook, goes
 * to RINGING, and while seizing is glare; a call to the line goes to SEIZING, by
 * way of RESEIZE where it was off hook.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/line_fxo.h"
#include "core/measure.h"
#include "core/number.h"
#include "core/supervision.h"

/* So long a line stays silent after the digit, and a test signal lasts. */
enum { SILENT_MS = 3600, SHORT_MS = 1100 };

static const struct media_ops *media_of(const struct line *l)
{
	return l->end->media->ops;
}

bool line_yields(const struct line *l)
{
	return l->kind == PORT_FXO && l->measure && !l->leg.call &&
	       l->fsm.state >= FXO_M_HOOK && l->fsm.state <= FXO_M_REST;
}

/* ------------------------------------------------------------ what goes before */

static void leave(struct line *l)
{
	if (l->off_hook)
		fxo_hang_up(l);
	else
		fxo_rest(l);
}

static void rang(struct line *l)
{
	measure_done(l, "the line rang");
	if (l->busied_out)
		leave(l);
	else if (l->off_hook) {
		fxo_serve_glare(l);
	} else {
		fxo_forget(l);
		fxo_go(l, FXO_RINGING);
	}
}

static void wanted(struct line *l, const void *data)
{
	if (!line_offer_stands(l, data))
		return;
	measure_done(l, "a call wanted the line");
	fxo_go(l, l->off_hook ? FXO_RESEIZE : FXO_SEIZING);
}

/* Caller ID before the ring: the idle line knows what that means. */
static void announced(struct line *l, int event, const void *data)
{
	measure_done(l, "a call was announced");
	fsm_post(&l->fsm, event, data,
		 event == L_CALLERID ? sizeof(struct party) : sizeof(int));
	fxo_rest(l);
}

/* True: the event was something of these. */
static bool first(struct line *l, int event, const void *data)
{
	char why[sizeof(l->fault)];

	switch (event) {
	case L_ALARM:
		measure_done(l, "the line went out of service");
		return fxo_first(l, event, data);
	case L_OFFER:
		wanted(l, data);
		return true;
	case L_RING_ON:
		if (!l->box->shutting_down)
			rang(l);
		return true;
	case L_MEASURE_STOP:
		snprintf(why, sizeof(why), "%s", (const char *)data);
		measure_done(l, why);
		leave(l);
		return true;
	}
	return false;
}

static void failed(struct line *l, const char *why)
{
	measure_done(l, why);
	leave(l);
}

static void probe(struct line *l, enum media_probe what)
{
	if (measure_probe(l, what))
		measure_stop(l, "the voice thread does not keep up");
}

/* -------------------------------------------------------------------- on hook */

void fxo_m_hook_enter(void *self)
{
	struct line *l = self;
	struct port_state s = { 0 };

	line_entered(l);
	measure_readings(l, &l->measure->on_hook);
	/* Where it passes through, its figures are what is measured. */
	if (l->conf->canceller == CANCELLER_CARD && l->conf->echo_ms)
		l->measure->muted = !media_of(l)->set(l->end, PORT_KERNEL_CANCELLER, 0);
	if (!media_of(l)->state(l->end, &s) && s.capabilities & PORT_ON_HOOK_HEAR)
		probe(l, PROBE_LISTEN);
	else
		fsm_timer(&l->fsm, 1);
}

void fxo_m_hook_event(void *self, int event, const void *data)
{
	struct line *l = self;

	if (first(l, event, data))
		return;
	switch (event) {
	case L_POLARITY:
	case L_CALLERID:
		if (l->conf->callerid)
			announced(l, event, data);
		return;
	case L_PROBED:
		l->measure->idle = *(const struct media_probed *)data;
		l->measure->has_idle = true;
		/* fall through */
	case FSM_TIMEOUT:
		fxo_go(l, FXO_M_SEIZE);
	}
}

void fxo_m_rest_enter(void *self)
{
	line_hook(self, false);
	line_entered(self);
}

void fxo_m_rest_event(void *self, int event, const void *data)
{
	struct line *l = self;

	if (!first(l, event, data) && event == FSM_TIMEOUT)
		fxo_go(l, FXO_M_SEIZE);
}

/* ------------------------------------------------------------------- dial tone */

void fxo_m_seize_enter(void *self)
{
	struct line *l = self;

	line_detect(l, 0);
	line_hook(l, true);
	line_entered(l);
}

void fxo_m_seize_event(void *self, int event, const void *data)
{
	struct line *l = self;
	char why[80];

	if (first(l, event, data))
		return;
	if (event == L_SEIZED) {
		l->measure->since = l->box->timers->now_ms;
		fxo_go(l, FXO_M_TONE);
	} else if (event == FSM_TIMEOUT) {
		snprintf(why, sizeof(why), "no loop current within %u ms, line is dead",
			 (unsigned)line_ms(l, TIMER_SEIZE));
		failed(l, why);
	}
}

uint64_t fxo_m_settle_time(void *self)
{
	return line_ms(self, TIMER_MEASURE_SETTLE);
}

void fxo_m_tone_enter(void *self)
{
	line_entered(self);
}

static bool is_dial_tone(const struct line *l, const struct media_probed *p)
{
	struct media_event e = { .type = MEDIA_TONE, .tone.on_ms = 2000 };

	for (int i = 0; i < TONE_FREQUENCIES; i++)
		e.tone.frequency[i] = (uint16_t)((p->tone[i] + 5) / 10);
	return supervision_is_dial(l->config->country.tones, &e);
}

static void look_for_tone(struct line *l, const struct media_probed *p)
{
	struct measurement *m = l->measure;

	if (!p->tone[0]) {
		if (l->box->timers->now_ms - m->since < line_ms(l, TIMER_DIAL_TONE)) {
			probe(l, PROBE_LISTEN);
		} else if (m->has_echo) {
			failed(l, "no dial tone when it was seized again");
		} else {
			m->tone = TONE_NOT_HEARD;
			fxo_go(l, FXO_M_QUIET);
		}
		return;
	}
	if (!m->has_echo) {
		m->tone = is_dial_tone(l, p) ? TONE_COUNTRYS : TONE_OTHER;
		m->dial = *p;
	}
	fxo_go(l, l->conf->measure_digits[0] ? FXO_M_DIAL : FXO_M_QUIET);
}

void fxo_m_tone_event(void *self, int event, const void *data)
{
	struct line *l = self;

	if (first(l, event, data))
		return;
	if (event == L_PROBED) {
		look_for_tone(l, data);
		return;
	}
	if (event != FSM_TIMEOUT)
		return;
	if (l->measure->tone == TONE_NOT_HEARD) {
		fxo_go(l, FXO_M_QUIET);
		return;
	}
	if (!l->measure->has_echo)
		measure_readings(l, &l->measure->off_hook);
	probe(l, PROBE_LISTEN);
}

void fxo_m_dial_enter(void *self)
{
	struct line *l = self;
	struct media_dial dial = { .method = l->conf->dial_method };

	line_entered(l);
	snprintf(dial.digits, sizeof(dial.digits), "%s", l->conf->measure_digits);
	snprintf(l->measure->digits, sizeof(l->measure->digits), "%s", dial.digits);
	if (media_of(l)->dial(l->end, &dial))
		measure_stop(l, "the line cannot dial");
}

void fxo_m_dial_event(void *self, int event, const void *data)
{
	struct line *l = self;

	if (!first(l, event, data) && event == L_DIALLED)
		fxo_go(l, FXO_M_QUIET);
}

/* ------------------------------------------------------------- noise and echo */

void fxo_m_quiet_enter(void *self)
{
	struct line *l = self;

	l->measure->since = l->box->timers->now_ms;
	line_entered(l);
}

void fxo_m_quiet_event(void *self, int event, const void *data)
{
	struct line *l = self;

	if (first(l, event, data))
		return;
	if (event == L_PROBED) {
		l->measure->quiet = *(const struct media_probed *)data;
		l->measure->has_quiet = true;
		fxo_go(l, FXO_M_ECHO);
	} else if (event == FSM_TIMEOUT) {
		if (l->measure->has_quiet)
			fxo_go(l, FXO_M_ECHO);
		else
			probe(l, PROBE_LISTEN);
	}
}

static void finish(struct line *l)
{
	measure_done(l, NULL);
	fxo_hang_up(l);
}

/* The next setting of the card; false: there is none. */
static bool next_setting(struct line *l)
{
	struct measurement *m = l->measure;

	if (m->settings == MEASURE_SETTINGS ||
	    media_of(l)->impedance(l->end, (int)m->settings))
		return false;
	m->changed = true;
	return true;
}

void fxo_m_echo_enter(void *self)
{
	struct line *l = self;

	line_entered(l);
	probe(l, l->measure->has_echo ? PROBE_ECHO_SHORT : PROBE_ECHO);
}

void fxo_m_echo_event(void *self, int event, const void *data)
{
	struct line *l = self;
	struct measurement *m = l->measure;

	if (first(l, event, data) || event != L_PROBED)
		return;
	if (!m->has_echo) {
		m->echo = *(const struct media_probed *)data;
		m->has_echo = true;
	} else {
		m->setting[m->settings++] = *(const struct media_probed *)data;
	}
	if (!next_setting(l))
		finish(l);
	else if (l->box->timers->now_ms - m->since + SHORT_MS > SILENT_MS)
		fxo_go(l, FXO_M_REST);
	else
		probe(l, PROBE_ECHO_SHORT);
}
