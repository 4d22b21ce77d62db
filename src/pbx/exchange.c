/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * exchange.c - an FXS line: gives battery, rings, dial tone, collects digits
 * and does with them what its dial plan says. The diagram stands in line.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pbx/line.h"

#define INTER_DIGIT_MS 3000	/* then the digits are the number */
#define CALLERID_PAUSE_MS 1000
#define CALLERID_MS 500		/* after the burst, or the reversal */
#define ANNOUNCE_MS 6000
#define BREAK_MS 500		/* CPC of an exchange that releases */
#define BUSY_AFTER_MS 300	/* then busy tone */

static void go(struct pbx_line *l, enum line_state state)
{
	timer_stop(&l->timer);
	l->state = state;
}

static void after(struct pbx_line *l, uint64_t ms, timer_fn *fn)
{
	timer_start(&l->pbx->loop->timers, &l->timer, ms, fn, l);
}

static void set_polarity(struct pbx_line *l, bool reversed)
{
	if (l->reversed == reversed)
		return;
	l->reversed = reversed;
	l->driver->polarity(l->port, reversed);
}

/* ------------------------------------------------------------- ringing */

static void send_callerid(void *arg)
{
	struct pbx_line *l = arg;
	int16_t *samples;
	size_t count;

	if (callerid_make(&l->way, &l->from, &samples, &count))
		return;
	if (l->driver->set)
		l->driver->set(l->port, PORT_ON_HOOK_SEND_MS, (int)(count / 8) + 100);
	source_samples(&l->callerid, samples, count);
}

static void start_ringing(void *arg)
{
	struct pbx_line *l = arg;

	set_polarity(l, false);
	l->driver->ring(l->port, &l->pbx->country->ring);
}

/* Nobody has answered for the caller ID. */
static void ring_anyway(void *arg)
{
	struct pbx_line *l = arg;

	l->driver->ring(l->port, NULL);
	go(l, LINE_ALERTING);
	start_ringing(l);
}

/* NTT: a reversal and short bursts; who answers is told the caller. */
static int announce(struct pbx_line *l)
{
	const struct cadence bursts = { .ms = { 500, 500 }, .count = 2 };
	int err;

	set_polarity(l, true);
	err = l->driver->ring(l->port, &bursts);
	go(l, err ? LINE_IDLE : LINE_ANNOUNCING);
	if (!err)
		after(l, ANNOUNCE_MS, ring_anyway);
	return err;
}

static void told(struct pbx_line *l)
{
	line_off_hook(l, false);
	source_stop(&l->callerid);
	l->has_from = false;
	go(l, LINE_ALERTING);
	after(l, CALLERID_MS, start_ringing);
}

int exchange_ring(struct pbx_line *l, const struct party *from)
{
	enum callerid_when when = callerid_when(&l->way);
	int16_t *samples;
	size_t count;
	int err;

	if (l->off_hook)
		return -EBUSY;
	if (from && when == CALLERID_NEVER)
		return -ENOTSUP;
	go(l, LINE_ALERTING);
	l->bursts = 0;
	l->has_from = from;
	if (from)
		l->from = *from;
	if (from && when == CALLERID_ANSWERED)
		return announce(l);
	if (!from || when != CALLERID_BEFORE) {
		err = l->driver->ring(l->port, &l->pbx->country->ring);
		if (err)
			go(l, LINE_IDLE);
		return err;
	}
	/* Reversal or not, the message, then ringing. */
	err = callerid_make(&l->way, from, &samples, &count);
	if (err) {
		go(l, LINE_IDLE);
		return err;
	}
	free(samples);
	set_polarity(l, l->way.alert == ALERT_POLARITY);
	timer_start(&l->pbx->loop->timers, &l->sound_timer, CALLERID_MS,
		    send_callerid, l);
	after(l, CALLERID_MS + count / 8 + 300, start_ringing);
	return 0;
}

/* The burst that a pause with room for caller ID follows: a ring may have two. */
static unsigned last_burst(const struct cadence *ring)
{
	for (unsigned i = 1; i < ring->count; i += 2)
		if (ring->ms[i] >= CALLERID_PAUSE_MS)
			return i / 2;
	return 0;
}

void exchange_burst_end(struct pbx_line *l)
{
	if (l->bursts++ == last_burst(&l->pbx->country->ring) && l->has_from &&
	    callerid_when(&l->way) == CALLERID_BETWEEN)
		timer_start(&l->pbx->loop->timers, &l->sound_timer, CALLERID_MS,
			    send_callerid, l);
}

void exchange_stop_ring(struct pbx_line *l)
{
	timer_stop(&l->sound_timer);
	source_stop(&l->callerid);
	l->driver->ring(l->port, NULL);
	if (l->state == LINE_ALERTING || l->state == LINE_ANNOUNCING) {
		set_polarity(l, false);
		go(l, LINE_IDLE);
	}
}

/* -------------------------------------------------------------- digits */

static void answer_planned(void *arg)
{
	struct pbx_line *l = arg;
	const struct plan_entry *e = l->planned;
	char why[320];

	exchange_answer(l, e->reverse);
	if (*e->file && line_play(l, e->file, why, sizeof(why)))
		fprintf(stderr, "tipring-pbx: line %s: %s\n", l->name, why);
}

static void follow_plan(struct pbx_line *l, const struct plan_entry *e)
{
	static const enum tone_id tones[] = {
		[PLAN_BUSY] = TONE_BUSY, [PLAN_CONGESTION] = TONE_CONGESTION,
		[PLAN_SIT] = TONE_SIT, [PLAN_RING] = TONE_RINGBACK,
		[PLAN_ANSWER] = TONE_RINGBACK,
	};

	go(l, LINE_PROGRESS);
	l->planned = e;
	if (e->action == PLAN_SILENCE)
		line_say_nothing(l);
	else
		line_say_tone(l, tones[e->action]);
	if (e->action == PLAN_ANSWER)
		after(l, (uint64_t)(e->after * 1000), answer_planned);
}

/* No further digit has come. */
static void digits_complete(void *arg)
{
	struct pbx_line *l = arg;
	const struct plan_entry *e;

	plan_find(&l->plan, l->digits, &e);
	if (e)
		follow_plan(l, e);
	else
		exchange_progress(l, TONE_CONGESTION);
}

void exchange_digit(struct pbx_line *l)
{
	const struct plan_entry *e;

	if (l->state != LINE_COLLECTING)
		return;
	if (!l->digits[1])
		line_say_nothing(l);	/* the dial tone */
	if (!l->plan.count)
		return;
	if (plan_find(&l->plan, l->digits, &e) == PLAN_COMPLETE && e)
		follow_plan(l, e);
	else
		after(l, INTER_DIGIT_MS, digits_complete);
}

/* ---------------------------------------------------------------- hook */

static void off_hook(struct pbx_line *l)
{
	bool answers = l->state == LINE_ALERTING;

	if (l->state == LINE_ANNOUNCING) {
		l->driver->ring(l->port, NULL);
		go(l, LINE_TELLING);
		line_off_hook(l, true);
		timer_start(&l->pbx->loop->timers, &l->sound_timer, CALLERID_MS,
			    send_callerid, l);
		return;
	}
	timer_stop(&l->sound_timer);
	source_stop(&l->callerid);
	line_off_hook(l, true);
	if (answers) {
		go(l, LINE_TALKING);
	} else {
		go(l, LINE_COLLECTING);
		if (l->dial_tone)
			line_say_tone(l, TONE_DIAL);
	}
	pbx_event(l, EVENT_OFF_HOOK, 0, NULL, NULL);
}

static void on_hook(struct pbx_line *l)
{
	go(l, LINE_IDLE);
	line_off_hook(l, false);
	set_polarity(l, false);
	pbx_event(l, EVENT_ON_HOOK, 0, NULL, NULL);
}

void exchange_event(struct pbx_line *l, const struct line_event *e)
{
	switch (e->type) {
	case LINE_EVENT_OFF_HOOK:
		off_hook(l);
		break;
	case LINE_EVENT_ON_HOOK:
		if (l->state == LINE_TELLING)
			told(l);
		else if (l->off_hook)
			on_hook(l);
		else
			exchange_stop_ring(l);
		break;
	case LINE_EVENT_FLASH:
		pbx_event(l, EVENT_FLASH, e->value, NULL, NULL);
		break;
	case LINE_EVENT_PULSE_DIGIT:
		line_digit(l, (char)e->value);
		break;
	case LINE_EVENT_BURST_END:
		exchange_burst_end(l);
		break;
	default:
		break;
	}
}

int exchange_progress(struct pbx_line *l, enum tone_id tone)
{
	if (!l->off_hook)
		return -ENOTCONN;
	go(l, LINE_PROGRESS);
	line_say_tone(l, tone);
	return 0;
}

int exchange_answer(struct pbx_line *l, bool reverse)
{
	if (!l->off_hook)
		return -ENOTCONN;
	go(l, LINE_TALKING);
	line_say_nothing(l);
	if (reverse)
		set_polarity(l, true);
	return 0;
}

static void busy_after_break(void *arg)
{
	line_say_tone(arg, TONE_BUSY);
}

int exchange_release(struct pbx_line *l)
{
	if (!l->off_hook)
		return -ENOTCONN;
	go(l, LINE_CLEARED);
	line_say_nothing(l);
	set_polarity(l, false);
	l->driver->battery(l->port, BREAK_MS);
	after(l, BREAK_MS + BUSY_AFTER_MS, busy_after_break);
	return 0;
}
