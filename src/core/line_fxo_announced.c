/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * line_fxo_announced.c - caller ID as NTT has it: a reversal and short bursts
 * of ringing ask the telephone to answer, it hears the caller ID, hangs up, and
 * is rung as usual.
 *
 *   IDLE --reversal--> ANNOUNCED --burst--> CALLERID_ANSWER --caller ID, or no
 *      ^                   |                               time left--.
 *      |                   | neither burst nor ring                   v
 *      `-------------------+-------------------------- CALLERID_WAIT (on hook)
 *                                                           | ring
 *                                                           `--> RINGING
 */
#include "core/line_fxo.h"

uint64_t fxo_announced_time(void *self)
{
	return line_ms(self, TIMER_RING_GAP);
}

void fxo_announced_enter(void *self)
{
	line_entered(self);
}

void fxo_announced_event(void *self, int event, const void *data)
{
	struct line *l = self;

	if (fxo_first(l, event, data) || fxo_refuse_offer(l, event, data))
		return;
	if (event == L_RING_ON)
		fxo_go(l, FXO_CALLERID_ANSWER);
	else if (event == FSM_TIMEOUT)
		fxo_rest(l);
}

uint64_t fxo_callerid_time(void *self)
{
	return line_ms(self, TIMER_CALLERID);
}

void fxo_callerid_answer_enter(void *self)
{
	struct line *l = self;

	line_hook(l, true);
	line_detect(l, DETECT_CALLERID);
	line_entered(l);
}

/* What came, or that nothing did: the ring that follows waits for no more. */
void fxo_callerid_answer_event(void *self, int event, const void *data)
{
	struct line *l = self;

	if (fxo_first(l, event, data) || fxo_refuse_offer(l, event, data))
		return;
	switch (event) {
	case L_CALLERID:
	case FSM_TIMEOUT:
		if (event == L_CALLERID)
			l->caller = *(const struct party *)data;
		if (!l->caller.number[0] &&
		    l->caller.presentation == PRESENTATION_ALLOWED)
			l->caller.presentation = PRESENTATION_UNAVAILABLE;
		fxo_go(l, FXO_CALLERID_WAIT);
		return;
	case L_BREAK:
		fxo_hang_up(l);
		return;
	}
}

void fxo_callerid_wait_enter(void *self)
{
	struct line *l = self;

	line_detect(l, 0);
	line_hook(l, false);
	line_entered(l);
}

void fxo_callerid_wait_event(void *self, int event, const void *data)
{
	struct line *l = self;

	if (fxo_first(l, event, data) || fxo_refuse_offer(l, event, data))
		return;
	if (event == L_RING_ON)
		fxo_go(l, FXO_RINGING);
	else if (event == FSM_TIMEOUT)
		fxo_rest(l);
}
