/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * line_fxs_hand.c - a telephone hands its held call on without a word: flash, the
 * code, the number. The number is called as any other that it dials, and the held
 * party has the line's place in that call before anybody answers (call_transfer()).
 * When nobody does, the party comes back: rings the line, or is connected with it
 * at once where it is off hook without a call.
 */
#include <string.h>

#include "base/log.h"
#include "core/call.h"
#include "core/dial.h"
#include "core/line_fxs.h"

/* Hanging up is told from a flash only after that one's longest time. */
#define HANGING_UP_MS 1500

const char *fxs_hand_code(const struct line *l)
{
	return fxs_holds(l) && l->conf->transfer && l->fsm.state != FXS_HANDING ?
		       l->conf->transfer_code : "";
}

void fxs_handing_enter(void *self)
{
	struct line *l = self;

	l->digits[0] = '\0';
	line_play(l, TONE_STUTTER);
	line_entered(l);
}

void fxs_handing_event(void *self, int event, const void *data)
{
	struct line *l = self;
	const struct line_digit *d = data;
	enum dial_verdict v;
	uint64_t wait_ms = 0;

	switch (event) {
	case L_DIGIT:
		v = dial_digit(l, d->digit, "", &wait_ms);
		if (!l->digits[0])
			return;
		line_play(l, -1);
		fxs_dialled(l, v, wait_ms);
		return;
	case FSM_TIMEOUT:
		if (l->digits[0])
			fxs_dialled(l, dial_timeout(l), 0);
		else
			fxs_go_tone(l, TONE_CONGESTION);
		return;
	case L_FLASH:
		fxs_second_flash(l);
		return;
	default:
		fxs_off_hook_event(l, event, data);
	}
}

void fxs_hand_on(struct line *l)
{
	/* An emergency call is not to be left; one that has ended is heard of. */
	if (!call_transfer(&l->leg, &l->second))
		return;
	l->leg.up = l->second.up = false;
	l->digits[0] = '\0';
	fxs_go(l, FXS_DIAL_TONE);
}

bool line_takes_back(const struct line *l)
{
	if (l->kind != PORT_FXS || !l->end || l->leg.call || l->second.call)
		return false;
	switch (l->fsm.state) {
	case FXS_DIAL_TONE:
	case FXS_DIALLING:
	case FXS_TONE:
	case FXS_HOWLER:
	case FXS_LOCKED:
		return true;
	default:
		return false;
	}
}

bool fxs_was_gone(const struct line *l)
{
	const struct call *call = l->leg.call;

	/* It was connected without being rung. */
	return call && call->recall.rings && l->leg.outgoing &&
	       call->fsm.state == CALL_TALKING && call->record.alerted < call->offered &&
	       l->box->timers->now_ms - call->record.answered < HANGING_UP_MS;
}

bool fxs_taken_back(struct line *l)
{
	if (!l->leg.call->recall.rings || l->fsm.state == FXS_BARRED)
		return false;
	log_info("line %s: is connected again with whom it has handed on", l->name);
	l->leg.end = l->end;
	leg_answered(&l->leg, ANSWER_SIGNALLED, 100);
	fxs_go(l, FXS_TALKING);
	return true;
}
