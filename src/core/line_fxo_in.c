/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * line_fxo_in.c - an FXO line that rings: caller ID, the offer to ring_to, or
 * two-stage: we answer, give a second dial tone and take digits.
 */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "core/dial.h"
#include "core/emergency.h"
#include "core/line_fxo.h"

/* Of bursts that are no longer apart a ring consists (400 ms, 200 off, 400 in Australia,
 * New Zealand, Singapore): caller ID comes behind all of them. It takes half a second
 * at least, with as much before it. */
#define WITHIN_RING_MS 1000

static uint64_t now(const struct line *l)
{
	return l->box->timers->now_ms;
}

void fxo_forget(struct line *l)
{
	l->caller = (struct party){ 0 };
	l->digits[0] = '\0';
	l->leg.outgoing = false;
}

/* Nothing on the wire ends a ringing: only that no further ring comes. */
uint64_t fxo_gap_time(void *self)
{
	struct line *l = self;
	uint64_t whole = line_ms(l, TIMER_RING_GAP), gone = now(l) - l->last_ring;

	return gone < whole ? whole - gone : 1;
}

static void rang(struct line *l)
{
	l->last_ring = now(l);
	fsm_timer(&l->fsm, line_ms(l, TIMER_RING_GAP));
}

static void party_of(const struct line *l, struct party *p)
{
	*p = l->caller;
	if (!p->number[0] && p->presentation == PRESENTATION_ALLOWED)
		p->presentation = PRESENTATION_UNAVAILABLE;
}

/* --------------------------------------------------------- before the offer */

uint64_t fxo_ringing_time(void *self)
{
	return line_ms(self, TIMER_RING_GAP);
}

static unsigned second_stage(const struct line *l)
{
	return l->conf->pin[0] ? FXO_PIN : FXO_SECOND_TONE;
}

static void serve(struct line *l)
{
	line_detect(l, 0);
	if (l->conf->two_stage)
		fxo_go(l, second_stage(l));
	else
		fxo_go(l, FXO_OFFERED);
}

/* What stands in the state's place when nothing has to be waited for. */
void fxo_ringing_enter(void *self)
{
	struct line *l = self;

	l->last_ring = now(l);
	l->leg.outgoing = false;
	line_entered(l);
	if (!l->conf->callerid || l->caller.number[0] ||
	    l->caller.presentation != PRESENTATION_ALLOWED)
		serve(l);
	else
		line_detect(l, DETECT_CALLERID);
}

/* Where caller ID comes before the first ring there is none to wait for. */
static bool same_ring(const struct line *l)
{
	return l->conf->way.alert == ALERT_RING &&
		now(l) - l->last_ring < WITHIN_RING_MS;
}

void fxo_ringing_event(void *self, int event, const void *data)
{
	struct line *l = self;
	bool second;

	if (fxo_first(l, event, data) || fxo_refuse_offer(l, event, data))
		return;
	switch (event) {
	case L_CALLERID:
		l->caller = *(const struct party *)data;
		serve(l);
		return;
	case L_RING_OFF:
		l->last_ring = now(l);
		fsm_timer(&l->fsm, line_ms(l, TIMER_CALLERID));
		return;
	case L_RING_ON:			/* the second: never wait longer */
		second = !same_ring(l);
		l->last_ring = now(l);
		if (second)
			serve(l);
		return;
	case FSM_TIMEOUT:
		serve(l);
		return;
	}
}

/* ------------------------------------------------------------------ offered */

void fxo_offered_enter(void *self)
{
	struct line *l = self;
	struct party from;

	party_of(l, &from);
	line_entered(l);
	line_call(l, l->conf->ring_to, &from);
}

void fxo_offered_event(void *self, int event, const void *data)
{
	struct line *l = self;

	if (fxo_first(l, event, data) || fxo_refuse_offer(l, event, data))
		return;
	switch (event) {
	case L_RING_ON:
	case L_RING_OFF:
		rang(l);
		return;
	case L_ANSWER:
		fxo_go(l, FXO_TALKING);
		return;
	case L_RELEASE:
		fxo_go(l, FXO_IGNORED);
		return;
	case FSM_TIMEOUT:
		line_release(l, CAUSE_NORMAL, "%s: the caller gave up", l->name);
		fxo_rest(l);
		return;
	}
}

/* The call was refused; a line on hook cannot say so, it rings on. */
void fxo_ignored_enter(void *self)
{
	line_entered(self);
}

void fxo_ignored_event(void *self, int event, const void *data)
{
	struct line *l = self;

	if (fxo_first(l, event, data) || fxo_refuse_offer(l, event, data))
		return;
	if (event == L_RING_ON || event == L_RING_OFF)
		rang(l);
	else if (event == FSM_TIMEOUT)
		fxo_rest(l);
}

/* ---------------------------------------------------------------- two-stage */

uint64_t fxo_first_digit_time(void *self)
{
	return line_ms(self, TIMER_FIRST_DIGIT);
}

uint64_t fxo_inter_digit_time(void *self)
{
	return line_ms(self, TIMER_INTER_DIGIT);
}

uint64_t fxo_refusing_time(void *self)
{
	return line_ms(self, TIMER_REFUSAL_TONE);
}

void fxo_second_tone_enter(void *self)
{
	struct line *l = self;

	line_hook(l, true);
	fxo_listen(l, DETECT_DIGITS);
	line_play(l, TONE_SECOND_DIAL);
	l->connected_at = now(l);
	line_entered(l);
}

void fxo_second_digits_enter(void *self)
{
	line_play(self, -1);
	line_entered(self);
}

static void refuse(struct line *l, enum cause cause)
{
	l->after_tone = line_tone_for(l, cause);
	if (line_ms(l, TIMER_REFUSAL_TONE))
		fxo_go(l, FXO_REFUSING);
	else
		fxo_hang_up(l);
}

static void place(struct line *l, const char *number)
{
	struct party from;

	party_of(l, &from);
	line_call(l, number, &from);
	fxo_go(l, FXO_SECOND_CALLING);
}

static void dialled(struct line *l, enum dial_verdict v, uint64_t wait_ms)
{
	switch (v) {
	case DIAL_PLACE:
		place(l, l->digits);
		return;
	case DIAL_CODE:
	case DIAL_REFUSE:
		log_info("line %s: %s is no number that may be dialled here",
			 l->name, l->digits);
		refuse(l, CAUSE_UNALLOCATED);
		return;
	case DIAL_WAIT:
		if (l->fsm.state != FXO_SECOND_DIGITS)
			fxo_go(l, FXO_SECOND_DIGITS);
		fsm_timer(&l->fsm, wait_ms);
	}
}

/* The caller's own hanging up first: then no digit counts. The timer is the
 * digits' here, not supervision's. */
void fxo_second_dial_event(void *self, int event, const void *data)
{
	struct line *l = self;
	enum dial_verdict v;
	uint64_t wait_ms = 0;

	if (fxo_first(l, event, data))
		return;
	switch (event) {
	case L_DIGIT:
		v = dial_digit(l, ((const struct line_digit *)data)->digit, "",
			       &wait_ms);
		if (l->digits[0])
			dialled(l, v, wait_ms);
		return;
	case FSM_TIMEOUT:
		if (l->fsm.state == FXO_SECOND_DIGITS)
			dialled(l, dial_timeout(l), 0);
		else
			refuse(l, CAUSE_NO_RESPONSE);
		return;
	case L_BREAK:
	case L_HEARD:
	case L_POLARITY:
		fxo_supervise(l, event, data);
	}
}

/* Answered: the PIN first. It is taken or not, once a call, and never logged. */
void fxo_pin_enter(void *self)
{
	struct line *l = self;

	line_hook(l, true);
	fxo_listen(l, DETECT_DIGITS);
	line_play(l, TONE_SECOND_DIAL);
	l->connected_at = now(l);
	line_entered(l);
}

static void pin_digit(struct line *l, char digit)
{
	size_t length = strlen(l->digits);

	line_play(l, -1);
	l->digits[length] = digit;
	l->digits[length + 1] = '\0';
	fsm_timer(&l->fsm, line_ms(l, TIMER_INTER_DIGIT));
	if (emergency_is(l->box, l->digits) &&
	    strncmp(l->conf->pin, l->digits, length + 1)) {
		place(l, l->digits);
		return;
	}
	if (length + 1 < strlen(l->conf->pin))
		return;
	if (!strcmp(l->conf->pin, l->digits)) {
		l->digits[0] = '\0';
		fxo_go(l, FXO_SECOND_TONE);
		return;
	}
	log_warning("line %s: a caller dialled a wrong PIN", l->name);
	l->digits[0] = '\0';
	refuse(l, CAUSE_REJECTED);
}

void fxo_pin_event(void *self, int event, const void *data)
{
	struct line *l = self;

	if (fxo_first(l, event, data))
		return;
	if (event == L_DIGIT)
		pin_digit(l, ((const struct line_digit *)data)->digit);
	else if (event == FSM_TIMEOUT)
		refuse(l, CAUSE_NO_RESPONSE);
	else if (event == L_BREAK || event == L_HEARD || event == L_POLARITY)
		fxo_supervise(l, event, data);
}

void fxo_second_calling_enter(void *self)
{
	struct line *l = self;

	line_play(l, -1);
	fxo_listen(l, 0);
	line_entered(l);
}

void fxo_second_calling_event(void *self, int event, const void *data)
{
	struct line *l = self;
	const struct line_digit *d = data;

	if (fxo_first(l, event, data) || fxo_supervise(l, event, data))
		return;
	switch (event) {
	case L_ALERT:
		line_play(l, TONE_RINGBACK);
		return;
	case L_PROGRESS:
		line_play(l, -1);
		return;
	case L_ANSWER:
		fxo_go(l, FXO_TALKING);
		return;
	case L_DIGIT:
		leg_digit(&l->leg, d->digit, d->ms);
		return;
	case L_SEND_DIGIT:
		fxo_send_digit(l, d);
		return;
	case L_RELEASE:
		refuse(l, ((const struct release *)data)->cause);
		return;
	}
}

void fxo_refusing_enter(void *self)
{
	struct line *l = self;

	line_detect(l, DETECT_TONES);
	line_play(l, (int)l->after_tone);
	line_entered(l);
}

void fxo_refusing_event(void *self, int event, const void *data)
{
	struct line *l = self;

	if (fxo_first(l, event, data))
		return;
	if (event == FSM_TIMEOUT)
		fxo_hang_up(l);
	else if (event == L_BREAK || event == L_HEARD)
		fxo_supervise(l, event, data);
}

void fxo_serve_glare(struct line *l)
{
	struct party from;

	fxo_forget(l);
	if (l->conf->two_stage) {
		fxo_go(l, second_stage(l));
		return;
	}
	party_of(l, &from);
	line_call(l, l->conf->ring_to, &from);
	fxo_go(l, FXO_SECOND_CALLING);
}
