/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * line_fxo_out.c - a call out of an FXO line: seizure, dial tone, digits, and
 * answer supervision.
 */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "core/line_fxo.h"
#include "core/number.h"

/* Seizes and fails: on hook, and the call may look elsewhere. */
static void fail(struct line *l, enum cause cause, const char *why)
{
	l->failed++;
	log_warning("line %s: %s", l->name, why);
	line_release(l, cause, "%s: %s", l->name, why);
	fxo_hang_up(l);
}

/* What every state of an outgoing call does with these. */
static bool common(struct line *l, int event, const void *data)
{
	if (fxo_first(l, event, data))
		return true;
	if (event != L_RELEASE)
		return false;
	fxo_hang_up(l);
	return true;
}

static bool dials(const struct line *l)
{
	return l->conf->dial != LINE_DIAL_NONE || l->offer.emergency;
}

/* An emergency number is dialled as it is, whatever else the line dials. */
static void number_to_dial(const struct line *l, char out[PARTY_NUMBER_SIZE])
{
	const char *called = l->offer.called;

	if (!l->offer.emergency && l->conf->dial == LINE_DIAL_LAST)
		called = number_last(called, l->conf->dial_last);
	if (!l->offer.emergency && l->conf->dial == LINE_DIAL_DIGITS)
		number_dialable(out, l->conf->dial_digits, true);
	else
		number_dialable(out, called, false);
}

/* ------------------------------------------------------------------ seizing */

uint64_t fxo_seizing_time(void *self)
{
	return line_ms(self, TIMER_SEIZE);
}

static bool rings_now(const struct line *l)
{
	struct port_state s = { 0 };

	return !l->end->media->ops->state(l->end, &s) && s.ringing;
}

void fxo_seizing_enter(void *self)
{
	struct line *l = self;
	char digits[PARTY_NUMBER_SIZE];

	number_to_dial(l, digits);
	line_entered(l);
	if (dials(l) && !digits[0]) {
		line_release(l, CAUSE_INVALID_NUMBER, "%s: nothing to dial in \"%.40s\"",
			     l->name, l->offer.called);
		fxo_rest(l);
		return;
	}
	/* The ring's own event is on its way. */
	if (rings_now(l) && l->conf->glare == GLARE_INCOMING) {
		line_release(l, CAUSE_CHANNEL_UNAVAILABLE,
			     "glare: %s rang as it was to be seized", l->name);
		fxo_rest(l);
		return;
	}
	l->reversed = false;
	line_hook(l, true);
}

static void glare(struct line *l)
{
	if (l->conf->glare == GLARE_OUTGOING && !l->glares) {
		l->glares++;
		log_info("line %s: glare, seized again for the outgoing call", l->name);
		fxo_go(l, FXO_RESEIZE);
		return;
	}
	log_info("line %s: glare, the incoming call has the line", l->name);
	line_release(l, CAUSE_CHANNEL_UNAVAILABLE,
		     "glare: %s rang as it was seized", l->name);
	fxo_serve_glare(l);
}

void fxo_seizing_event(void *self, int event, const void *data)
{
	struct line *l = self;
	char why[64];

	if (common(l, event, data))
		return;
	switch (event) {
	case L_SEIZED:
		if (!dials(l))
			fxo_go(l, FXO_PROGRESS);
		else
			fxo_go(l, l->conf->wait_dial_tone ? FXO_TONE_WAIT : FXO_PAUSE);
		return;
	case L_RING_ON:
		glare(l);
		return;
	case FSM_TIMEOUT:
		snprintf(why, sizeof(why), "no loop current within %u ms, line is dead",
			 (unsigned)line_ms(l, TIMER_SEIZE));
		fail(l, CAUSE_DESTINATION_OUT_OF_ORDER, why);
		return;
	}
}

void fxo_reseize_enter(void *self)
{
	line_hook(self, false);
	line_entered(self);
}

void fxo_reseize_event(void *self, int event, const void *data)
{
	struct line *l = self;

	if (common(l, event, data))
		return;
	if (event == L_RING_ON) {
		line_release(l, CAUSE_CHANNEL_UNAVAILABLE,
			     "glare: %s rings on", l->name);
		fxo_forget(l);
		fxo_go(l, FXO_RINGING);
	} else if (event == FSM_TIMEOUT) {
		fxo_go(l, FXO_SEIZING);
	}
}

/* --------------------------------------------------------- before dialling */

uint64_t fxo_tone_wait_time(void *self)
{
	return line_ms(self, TIMER_DIAL_TONE);
}

uint64_t fxo_pause_time(void *self)
{
	uint64_t ms = line_ms(self, TIMER_DIAL_PAUSE);

	return ms ? ms : 1;
}

void fxo_tone_wait_enter(void *self)
{
	fxo_listen(self, 0);
	line_entered(self);
}

void fxo_pause_enter(void *self)
{
	line_entered(self);
}

static void no_dial_tone(struct line *l)
{
	char why[64];

	if (l->offer.emergency) {
		log_warning("line %s: no dial tone, the emergency number is dialled all the same",
			    l->name);
		fxo_go(l, FXO_DIALLING);
		return;
	}
	snprintf(why, sizeof(why), "no dial tone within %u s",
		 l->config->timers[TIMER_DIAL_TONE]);
	fail(l, CAUSE_NETWORK_OUT_OF_ORDER, why);
}

static void before_dialling_hears(struct line *l, const struct media_event *e)
{
	char words[80];
	unsigned confidence;

	if (supervision_is_dial(l->config->country.tones, e)) {
		fxo_go(l, FXO_DIALLING);
		return;
	}
	switch (supervision_hear(&l->supervision, e, words, sizeof(words),
				 &confidence)) {
	case HEARD_BUSY:
	case HEARD_CONGESTION:
	case HEARD_HOWLER:
		fail(l, CAUSE_NETWORK_OUT_OF_ORDER, words);
		return;
	default:
		return;
	}
}

void fxo_before_dialling_event(void *self, int event, const void *data)
{
	struct line *l = self;

	if (common(l, event, data))
		return;
	if (event == L_HEARD && l->fsm.state == FXO_TONE_WAIT)
		before_dialling_hears(l, data);
	else if (event == L_RING_ON)
		glare(l);
	else if (event == FSM_TIMEOUT && l->fsm.state == FXO_TONE_WAIT)
		no_dial_tone(l);
	else if (event == FSM_TIMEOUT)
		fxo_go(l, FXO_DIALLING);
}

/* ----------------------------------------------------------------- dialling */

void fxo_dialling_enter(void *self)
{
	struct line *l = self;
	struct media_dial dial = { .method = l->conf->dial_method };
	int rc;

	number_to_dial(l, dial.digits);
	line_detect(l, 0);
	line_entered(l);
	rc = l->end->media->ops->dial(l->end, &dial);
	if (rc) {
		l->failed++;
		line_release(l, CAUSE_TEMPORARY_FAILURE, "%s cannot dial: %s", l->name,
			     strerror(-rc));
		line_post(l, L_RELEASE);
	}
}

void fxo_dialling_event(void *self, int event, const void *data)
{
	struct line *l = self;

	if (common(l, event, data))
		return;
	if (event == L_DIALLED)
		fxo_go(l, FXO_PROGRESS);
}

/* ------------------------------------------------------- waiting for answer */

static void answered(struct line *l, enum answer_method method, unsigned confidence)
{
	leg_answered(&l->leg, method, confidence);
	fxo_go(l, FXO_TALKING);
}

void fxo_progress_enter(void *self)
{
	struct line *l = self;

	line_entered(l);
	if (l->conf->answer == LINE_ANSWER_SEIZE) {
		answered(l, ANSWER_SEIZE, 0);	/* no proof */
		return;
	}
	fxo_listen(l, l->conf->answer == LINE_ANSWER_SUPERVISED ? DETECT_FAX : 0);
	leg_progress(&l->leg);
	if (l->conf->answer == LINE_ANSWER_DELAY)
		fsm_timer(&l->fsm, l->conf->answer_delay_ms ? l->conf->answer_delay_ms : 1);
}

static void progress_timeout(struct line *l)
{
	if (l->conf->answer == LINE_ANSWER_DELAY)
		answered(l, ANSWER_DELAY, 0);
	else	/* ringback has stopped, nobody speaks */
		answered(l, ANSWER_VOICE, 50);
}

static void ended(struct line *l, enum cause cause, const char *words)
{
	log_info("line %s: %s", l->name, words);
	line_release(l, cause, "%s: %s", l->name, words);
	fxo_hang_up(l);
}

static void ringback(struct line *l)
{
	leg_alerting(&l->leg);
	if (l->conf->answer == LINE_ANSWER_SUPERVISED)
		fsm_timer(&l->fsm, supervision_ringback_ms(&l->supervision));
}

static void progress_hears(struct line *l, const struct media_event *e)
{
	char words[80];
	unsigned confidence;

	switch (supervision_hear(&l->supervision, e, words, sizeof(words),
				 &confidence)) {
	case HEARD_NOTHING:
		return;
	case HEARD_RINGBACK:
		ringback(l);
		return;
	case HEARD_VOICE:
	case HEARD_FAX:
		if (l->conf->answer != LINE_ANSWER_SUPERVISED)
			return;
		log_info("line %s: answered: %s", l->name, words);
		answered(l, ANSWER_VOICE, confidence);
		return;
	case HEARD_BUSY:
		ended(l, CAUSE_BUSY, words);
		return;
	case HEARD_CONGESTION:
	case HEARD_HOWLER:
		ended(l, CAUSE_CONGESTION, words);
		return;
	case HEARD_SIT:
		ended(l, l->supervision.sit_blocked ? CAUSE_NO_CIRCUIT :
		      CAUSE_UNALLOCATED, words);
		return;
	case HEARD_DIAL:		/* our digits were not taken */
		if (dials(l))
			ended(l, CAUSE_TEMPORARY_FAILURE, words);
		return;
	}
}

void fxo_progress_event(void *self, int event, const void *data)
{
	struct line *l = self;
	struct port_state s = { 0 };
	int ms = *(const int *)data;

	if (common(l, event, data))
		return;
	switch (event) {
	case L_HEARD:
		progress_hears(l, data);
		return;
	case L_POLARITY:
		if (l->conf->answer != LINE_ANSWER_POLARITY &&
		    l->conf->answer != LINE_ANSWER_SUPERVISED)
			return;
		l->reversed = true;	/* its return ends the call */
		answered(l, ANSWER_POLARITY, 100);
		return;
	case L_BREAK:
		l->end->media->ops->state(l->end, &s);
		if (!(s.capabilities & PORT_TIMES_BREAKS))
			ended(l, CAUSE_NORMAL_UNSPECIFIED, "loop current break");
		return;
	case L_BREAK_END:		/* shorter ones come with switching */
		if ((uint64_t)ms >= fxo_break_ms(l))
			ended(l, CAUSE_NORMAL_UNSPECIFIED, "loop current break");
		return;
	case L_SEND_DIGIT:
		fxo_send_digit(l, data);
		return;
	case L_SEND_FLASH:
		l->end->media->ops->flash(l->end, 0);
		return;
	case FSM_TIMEOUT:
		progress_timeout(l);
		return;
	}
}
