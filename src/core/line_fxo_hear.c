/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * line_fxo_hear.c - disconnect supervision of an off-hook FXO line: the loop,
 * its polarity, tones, and silence both ways. The state's timer serves the
 * break that lasts and the look at the silence.
 */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "core/line_fxo.h"
#include "tipring/method.h"

enum {
	SILENCE_LOOK_MS = 1000,
	SILENT_DBM0 = -450,	/* 0.1 dBm0: below it the far side is quiet */
	SETTLED_MS = 1000,	/* polarity may bounce when a ring is answered */
};

static uint64_t now(const struct line *l)
{
	return l->box->timers->now_ms;
}

void fxo_listen(struct line *l, unsigned also)
{
	supervision_start(&l->supervision, l->config->country.tones,
			  (unsigned)line_ms(l, TIMER_ANSWER_SPEECH));
	fxo_learn_start(l);
	l->break_since = l->quiet_since = 0;
	line_detect(l, DETECT_TONES | also |
		    (l->digit_path == DIGITS_BY_LEG ? DETECT_DIGITS : 0));
}

static bool over(struct line *l, const char *why)
{
	log_info("line %s: %s", l->name, why);
	fxo_learn_ended(l, why);
	line_release(l, CAUSE_NORMAL, "%s: %s", l->name, why);
	fxo_hang_up(l);
	return true;
}

static bool timer_due(const struct line *l, uint64_t since, uint64_t ms)
{
	return since && now(l) - since >= ms;
}

/* The state's timer, for whatever is due first. Other states have their own
 * use for it; they last no minutes. */
static void arm(struct line *l)
{
	uint64_t wait = l->quiet_since ? SILENCE_LOOK_MS : 0;
	uint64_t whole = fxo_break_ms(l), gone;

	if (l->fsm.state != FXO_TALKING && l->fsm.state != FXO_SECOND_CALLING)
		return;
	if (l->break_since) {
		gone = now(l) - l->break_since;
		wait = gone < whole ? whole - gone : 1;
	}
	fsm_timer(&l->fsm, wait);
}

/* Kewlstart and the like tell a break only when it is one; others tell its
 * beginning and time it. */
static bool loop_break(struct line *l, int ms)
{
	struct port_state s = { 0 };
	char why[64];

	l->end->media->ops->state(l->end, &s);
	if (!(s.capabilities & PORT_TIMES_BREAKS))
		return over(l, release_signs[SIGN_BREAK].name);
	if ((uint64_t)ms >= fxo_break_ms(l)) {
		snprintf(why, sizeof(why), "%s of %d ms",
			 release_signs[SIGN_BREAK].name, ms);
		return over(l, why);
	}
	l->break_since = now(l) > (uint64_t)ms ? now(l) - (uint64_t)ms : 1;
	arm(l);
	return false;
}

static bool break_end(struct line *l, int ms)
{
	char why[64];

	if (ms > 0 && (uint64_t)ms >= fxo_break_ms(l)) {
		snprintf(why, sizeof(why), "%s of %d ms",
			 release_signs[SIGN_BREAK].name, ms);
		return over(l, why);
	}
	l->break_since = 0;
	fxo_learn_break(l, ms);
	arm(l);
	return false;
}

/* A reversal ends a call where one answered it, or would have. */
static bool polarity(struct line *l)
{
	bool known = l->reversed || (l->conf->answer == LINE_ANSWER_POLARITY &&
				     !l->leg.outgoing);

	if (!known || now(l) - l->connected_at < SETTLED_MS)
		return false;
	return over(l, release_signs[SIGN_POLARITY].name);
}

static bool timeout(struct line *l)
{
	struct media_stats stats = { 0 };
	unsigned silence_s = l->config->timers[TIMER_SILENCE];
	char why[64];

	if (timer_due(l, l->break_since, fxo_break_ms(l))) {
		snprintf(why, sizeof(why), "%s of %u ms or more",
			 release_signs[SIGN_BREAK].name,
			 (unsigned)fxo_break_ms(l));
		return over(l, why);
	}
	if (l->quiet_since) {
		l->end->media->ops->stats(l->end, &stats);
		if (stats.tx_level > SILENT_DBM0)
			l->quiet_since = now(l);
		if (silence_s && timer_due(l, l->quiet_since, silence_s * 1000ULL)) {
			snprintf(why, sizeof(why), "%s for %u s",
				 release_signs[SIGN_SILENCE].name, silence_s);
			return over(l, why);
		}
	}
	arm(l);
	return false;
}

/* The dial tone of a line that the caller himself is to dial on ends nothing. */
static bool dials_himself(const struct line *l)
{
	return l->leg.outgoing && l->conf->dial == LINE_DIAL_NONE;
}

static bool tone(struct line *l, const struct media_event *e)
{
	char words[80];
	unsigned confidence;

	if (e->type == MEDIA_SILENCE && !l->quiet_since) {
		l->quiet_since = now(l) > e->span.ms ? now(l) - e->span.ms : 1;
		arm(l);
	} else if (e->type != MEDIA_SILENCE && l->quiet_since) {
		l->quiet_since = 0;
		arm(l);
	}
	fxo_learn_hear(l, e);
	switch (supervision_hear(&l->supervision, e, words, sizeof(words),
				 &confidence)) {
	case HEARD_BUSY:
	case HEARD_CONGESTION:
	case HEARD_HOWLER:
		return over(l, words);
	case HEARD_DIAL:
		return dials_himself(l) ? false : over(l, words);
	default:
		return false;
	}
}

bool fxo_supervise(struct line *l, int event, const void *data)
{
	switch (event) {
	case L_BREAK:
		return loop_break(l, *(const int *)data);
	case L_BREAK_END:
		return break_end(l, *(const int *)data);
	case L_POLARITY:
		return polarity(l);
	case L_HEARD:
		return tone(l, data);
	case FSM_TIMEOUT:
		return timeout(l);
	}
	return false;
}

void fxo_send_digit(struct line *l, const struct line_digit *d)
{
	struct media_dial dial = { .digits = { d->digit }, .method = DIAL_PULSE };
	const struct media_ops *media = l->end->media->ops;
	int rc;

	if (l->conf->dial_method == DIAL_PULSE && d->digit >= '0' && d->digit <= '9')
		rc = media->dial(l->end, &dial);
	else
		rc = media->digit(l->end, d->digit, d->ms);
	if (rc)
		log_warning("line %s: cannot send digit %c: %s", l->name, d->digit,
			    strerror(-rc));
}
