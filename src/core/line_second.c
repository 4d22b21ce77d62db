/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * line_second.c - an FXS line's second call: one that it holds while it makes
 * another or talks in it, or one that waits to be taken. line->leg always is
 * the one with the voice path, line->second the other; a second leg that is up
 * is held, one that is not waits.
 *
 *              flash          on hook                  the first call ends
 *  none        hold it,       -                        -
 *              dial tone
 *  held        back to it     connect both (transfer)  back to it
 *   - and the first talks:
 *              change         connect both             back to it
 *   - and the first is not so far, or transfer = false:
 *              back to it     ring back (RECALL)       tone, then back to it
 *  waits       hold the first ring for it (RECALL)     tone; a flash takes it
 *              and take it
 *
 * An emergency call is neither held nor connected with another.
 */
#include <stdio.h>

#include "base/log.h"
#include "core/call.h"
#include "core/line_fxs.h"

bool fxs_holds(const struct line *l)
{
	return l->second.call && l->second.up;
}

bool fxs_waits(const struct line *l)
{
	return l->second.call && !l->second.up;
}

bool line_takes_waiting(const struct line *l)
{
	return l->kind == PORT_FXS && l->conf->flash && l->conf->call_waiting &&
	       l->end && l->fsm.state == FXS_TALKING && l->leg.call &&
	       !l->second.call && !l->leg.call->plan.emergency && !l->busied_out &&
	       !l->box->shutting_down;
}

/* ----------------------------------------------------------- its operations */

static struct line *line_of(struct leg *leg)
{
	return list_entry(leg, struct line, second);
}

static void beep(void *arg);

static void beep_again(struct line *l)
{
	timer_start(l->box->timers, &l->beep, line_ms(l, TIMER_CALL_WAITING), beep, l);
}

/* The tone's sound once: its pause would mute who talks. */
static void beep(void *arg)
{
	struct line *l = arg;
	struct tone once = l->config->country.tones[TONE_CALL_WAITING];

	while (once.count && !once.segment[once.count - 1].frequency[0])
		once.count--;
	once.loop = once.count;
	if (!fxs_waits(l))
		return;
	if (l->end && l->fsm.state == FXS_TALKING && once.count)
		l->end->media->ops->play(l->end, &once);
	beep_again(l);
}

/* Once, behind the first tone. */
static void tell_caller(struct line *l, const struct party *from)
{
	struct media_ring who = fxs_caller(l, from);

	if (l->conf->callerid && l->conf->call_waiting_callerid)
		l->end->media->ops->call_waiting(l->end, &who);
}

void fxs_waiting_told(const struct line *l, bool answered)
{
	log_debug("line %s: %s", l->name, answered ?
		  "its telephone was told who waits" :
		  "its telephone does not ask who waits");
}

static int op_offer(struct leg *leg, const struct leg_offer *offer)
{
	struct line *l = line_of(leg);

	log_info("line %s: a call from %s waits", l->name,
		 offer->calling.number[0] ? offer->calling.number : "nobody known");
	leg->end = NULL;
	leg->digits_by_event = l->conf->dtmf_relay;
	leg_alerting(leg);
	beep(l);
	tell_caller(l, &offer->calling);
	return 0;
}

static void op_release(struct leg *leg, const struct release *r)
{
	struct line *l = line_of(leg);

	timer_stop(&l->beep);
	leg->up = false;
	log_info("line %s: the other call has ended: %s", l->name, r->why);
}

const struct leg_ops line_second_ops = {
	.offer = op_offer,
	.release = op_release,
};

/* ------------------------------------------------------------------- changes */

/* Takes the voice path of the first call and tells its far end. */
static void hold(struct line *l)
{
	l->leg.end = NULL;
	leg_end_changed(&l->leg);
	leg_hold(&l->leg, true);
}

/* The first leg has the voice path; it may have just become the first. */
static void talk(struct line *l)
{
	l->leg.end = l->end;
	if (!l->leg.up) {
		leg_answered(&l->leg, ANSWER_SIGNALLED, 100);
		return;
	}
	leg_end_changed(&l->leg);
	leg_hold(&l->leg, false);
}

static void take(struct line *l)
{
	timer_stop(&l->beep);
	legs_exchange(&l->leg, &l->second);
	l->second.end = NULL;
	talk(l);
}

bool fxs_second_resume(struct line *l)
{
	if (l->leg.call || !fxs_holds(l))
		return false;
	take(l);
	fxs_go(l, FXS_TALKING);
	return true;
}

void fxs_second_drop(struct line *l, enum cause cause, const char *why)
{
	struct release r;

	timer_stop(&l->beep);
	if (!l->second.call)
		return;
	release_set(&r, cause, true, "%s: %.60s", l->name, why);
	leg_released(&l->second, &r);
	l->second.up = false;
}

bool fxs_second_flash(struct line *l)
{
	if (!l->conf->flash || (!l->conf->flash_holds && !l->second.call))
		return false;
	if (l->leg.call && l->leg.call->plan.emergency)
		return true;
	if (l->fsm.state != FXS_TALKING) {
		if (!l->second.call)
			return false;
		line_release(l, CAUSE_NORMAL, "%s went back to the held call", l->name);
		take(l);
		fxs_go(l, FXS_TALKING);
		return true;
	}
	/* Without a call its end is on its way. */
	if (!l->leg.call)
		return true;
	hold(l);
	if (l->second.call) {
		take(l);
		line_told(l);
		return true;
	}
	legs_exchange(&l->leg, &l->second);
	l->digits[0] = '\0';
	fxs_go(l, FXS_DIAL_TONE);
	return true;
}

bool fxs_second_on_hook(struct line *l)
{
	if (!l->second.call && fxs_was_gone(l)) {
		hold(l);
		fxs_go(l, FXS_RECALL);
		return true;
	}
	if (!l->second.call)
		return false;
	if (fxs_holds(l) && l->conf->transfer && call_transfer(&l->leg, &l->second)) {
		l->leg.up = l->second.up = false;
		fxs_rest(l);
		return true;
	}
	line_release(l, CAUSE_NORMAL, "%s hung up", l->name);
	timer_stop(&l->beep);
	legs_exchange(&l->leg, &l->second);
	l->leg.end = l->second.end = NULL;
	fxs_go(l, FXS_RECALL);
	return true;
}

/* -------------------------------------------- ringing for it, on hook again */

uint64_t fxs_recall_time(void *self)
{
	return line_ms(self, TIMER_RECALL);
}

void fxs_recall_enter(void *self)
{
	struct line *l = self;
	const struct leg_offer *o = l->leg.call ? &l->leg.call->offer : NULL;
	struct party called = { 0 };

	line_play(l, -1);
	line_detect(l, 0);
	line_reverse(l, false);
	if (o)
		snprintf(called.number, sizeof(called.number), "%s", o->called);
	if (o && fxs_ring(l, l->leg.outgoing ? &l->leg.call->plan.calling : &called, ""))
		log_info("line %s: rings back for a call that is %s", l->name,
			 l->leg.up ? "held" : "waiting");
	line_entered(l);
}

void fxs_recall_event(void *self, int event, const void *data)
{
	struct line *l = self;

	if (fxs_stale(l, event))
		return;
	switch (event) {
	case L_OFF_HOOK:
		line_stop_ringing(l);
		talk(l);
		fxs_go(l, FXS_TALKING);
		return;
	case FSM_TIMEOUT:
		line_release(l, CAUSE_NO_ANSWER, "%s did not come back to it", l->name);
		fxs_rest(l);
		return;
	case L_RELEASE:
		fxs_rest(l);
		return;
	case L_ALARM:
		line_alarm(l, data);
		fxs_go(l, FXS_OUT);
		return;
	}
}
