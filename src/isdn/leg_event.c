/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* leg_event.c - what the far end of a call says. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "isdn/room.h"

/* ------------------------------------------------------------- a call from it */

/* The channel that the far end asks for, or another where it lets us: Q.931
 * 5.2.3.1. When both ask for the same one the network's call has it (5.7), and
 * the far end clears ours or gives it another. */
struct channel *leg_ask_channel(struct span *s, int number, bool flexible)
{
	bool any = number <= 0 || (number & 0xff) == 0xff;
	struct channel *c = any ? NULL : channel_of(s, number);

	if (c && channel_usable(c))
		return c;
	if (c && c->leg && c->leg->state == LEG_CALLING && !c->leg->heard &&
	    s->conf->role == SPAN_USER) {
		c->leg->channel = NULL;
		c->leg->leg.end = NULL;
		leg_end_changed(&c->leg->leg);
		return c;
	}
	return any || flexible ? channel_choose(s) : NULL;
}

static void read_offer(struct isdn_leg *l, const pri_event_ring *e)
{
	struct e164_plan plan = span_plan(l->span);
	struct leg_offer *o = &l->offer;

	o->complete = true;
	number_read(o->called, e->callednum, e->calledplan, &plan);
	q931_party_read(&o->calling, &e->calling, &plan);
	for (int i = 0; e->subcmds && i < e->subcmds->counter_subcmd; i++) {
		const struct pri_subcommand *c = &e->subcmds->subcmd[i];

		if (c->cmd != PRI_SUBCMD_REDIRECTING)
			continue;
		q931_party_read(&o->diverting, &c->u.redirecting.from, &plan);
		o->diversion = redirection_read(c->u.redirecting.reason);
	}
	if (!o->diverting.number[0] && e->redirectingnum[0]) {
		number_read(o->diverting.number, e->redirectingnum,
			    e->callingplanrdnis, &plan);
		o->diversion = redirection_read(e->redirectingreason);
	}
}

static void refuse(struct span *s, q931_call *call, enum cause cause,
		   const char *why)
{
	log_info("span %s: call refused: %s (cause %d)", s->name, why, cause);
	s->failed++;
	/* libpri sends no cause for a call that it has not answered at all. */
	pri_proceeding(s->link->pri, call, 0, 0);
	pri_hangup(s->link->pri, call, cause_write(cause));
	span_turn(s);
}

void leg_ring(struct span *s, const pri_event *event)
{
	const pri_event_ring *e = &event->ring;
	q931_call *call = e->call;
	enum cause why = CAUSE_NONE;
	struct channel *c;
	struct isdn_leg *l;
	enum bearer bearer;
	bool complete = e->complete || !s->conf->overlap;

	if (s->isdn->stopping || s->trunk.draining) {
		refuse(s, call, CAUSE_TEMPORARY_FAILURE, "tipring stops, or the span is changed");
		return;
	}
	if (!bearer_read(&bearer, e->ctype, e->layer1, &why) || bearer == BEARER_DATA) {
		refuse(s, call, why ? why : CAUSE_BEARER_NOT_IMPLEMENTED,
		       "it carries data, and SIP trunks carry speech");
		return;
	}
	c = leg_ask_channel(s, e->channel, e->flexible);
	if (!c) {
		bool asked = e->channel >= 0 && !e->flexible;

		refuse(s, call, asked ? CAUSE_CHANNEL_UNAVAILABLE : CAUSE_NO_CIRCUIT,
		       asked ? "the B channel it asks for is not free" :
		       "no B channel is free");
		return;
	}
	l = isdn_leg_incoming(s, call);
	if (!l) {
		refuse(s, call, CAUSE_RESOURCE_UNAVAILABLE, "out of memory");
		return;
	}
	s->calls_in++;
	read_offer(l, e);
	isdn_leg_take_channel(l, c);
	if (complete)
		leg_offered(l);
	else
		overlap_begin(l);
}

/* ---------------------------------------------------------------- a call to it */

/* A preferred channel may come back as another: Q.931 5.1.2. */
static bool follow(struct isdn_leg *l, int number)
{
	struct channel *c = channel_of(l->span, number);

	l->heard = true;
	if (!c || l->channel == c)
		return true;
	if (!channel_usable(c)) {
		isdn_leg_lost(l, CAUSE_CHANNEL_UNAVAILABLE, false,
			      "the far end gave a B channel that is not free");
		return false;
	}
	isdn_leg_take_channel(l, c);
	return true;
}

static void sounds(struct isdn_leg *l, int mask)
{
	if (progress_has_sound(mask))
		leg_progress(&l->leg);
}

/* Both ends took the same channel at once, or it is out of service there: on
 * another one, before the caller hears of it. */
static bool again(struct isdn_leg *l, int cause)
{
	struct channel *c = l->channel;
	bool goes;

	if (l->state != LEG_CALLING || l->heard || l->tries > 2 ||
	    (cause != CAUSE_CHANNEL_UNAVAILABLE && cause != 6))
		return false;
	l->channel = NULL;
	/* Not this one again. */
	if (c && c->leg == l)
		c->state = CHANNEL_RESTARTING;
	goes = !isdn_leg_setup(l);
	if (c && c->leg == l) {
		c->leg = NULL;
		channel_give(c);
	}
	if (!goes)
		l->channel = NULL;
	return goes;
}

static void on_cleared(struct span *s, struct isdn_leg *l, const pri_event_hangup *e,
		       q931_call *call)
{
	int cause = e->cause;
	bool by_release = e->e == PRI_EVENT_HANGUP;

	/* libpri wants this to forget the call. */
	if (by_release || e->e == PRI_EVENT_HANGUP_ACK) {
		if (by_release)
			pri_hangup(s->link->pri, call, -1);
		l->call = NULL;
		if (by_release && again(l, cause))
			return;
		l->call = NULL;
	}
	if (e->e == PRI_EVENT_HANGUP_REQ && l->state == LEG_CLEARING)
		pri_hangup(s->link->pri, call, cause);	/* both at once */
	if (l->state != LEG_CLEARING) {
		s->failed += l->state != LEG_TALKING && l->state != LEG_HELD;
		isdn_leg_lost(l, cause_read(cause), true, "cleared");
		return;		/* freed there when libpri has forgotten it */
	}
	if (!l->call)
		isdn_leg_free(l);
}

static void on_digits(struct isdn_leg *l, const char *digits, bool complete)
{
	if (l->state == LEG_COLLECTING)
		overlap_digits(l, digits, complete);
	else if (l->state == LEG_TALKING)
		for (; *digits; digits++)
			leg_digit(&l->leg, *digits, 0);
}

/* Held there, and keeps its B channel, which is silent or plays music. */
static void on_notify(struct isdn_leg *l, int info)
{
	if (l->state != LEG_TALKING)
		return;
	if (info == PRI_NOTIFY_REMOTE_HOLD || info == PRI_NOTIFY_USER_SUSPENDED)
		leg_hold(&l->leg, true);
	else if (info == PRI_NOTIFY_REMOTE_RETRIEVAL || info == PRI_NOTIFY_USER_RESUMED)
		leg_hold(&l->leg, false);
}

static void calling_event(struct isdn_leg *l, const pri_event *e)
{
	switch (e->e) {
	case PRI_EVENT_SETUP_ACK:
		/* It wants more digits than there are: its T304 ends that. */
		follow(l, e->setup_ack.channel);
		break;
	case PRI_EVENT_PROCEEDING:
		if (!follow(l, e->proceeding.channel))
			break;
		leg_proceeding(&l->leg);
		sounds(l, e->proceeding.progressmask);
		break;
	case PRI_EVENT_PROGRESS:
		if (follow(l, e->proceeding.channel))
			sounds(l, e->proceeding.progressmask);
		break;
	case PRI_EVENT_RINGING:
		if (!follow(l, e->ringing.channel))
			break;
		leg_alerting(&l->leg);
		sounds(l, e->ringing.progressmask);
		break;
	case PRI_EVENT_ANSWER:
		if (!follow(l, e->answer.channel))
			break;
		l->state = LEG_TALKING;
		leg_answered(&l->leg, ANSWER_SIGNALLED, 100);
		break;
	}
}

void leg_event(struct span *s, struct isdn_leg *l, const pri_event *e, q931_call *call)
{
	/* Strings of the event are libpri's: it may write there while we speak. */
	char digits[64];

	if (e->e == PRI_EVENT_HANGUP && !l && call)
		pri_hangup(s->link->pri, call, -1);
	if (!l)
		return;
	switch (e->e) {
	case PRI_EVENT_HANGUP:
	case PRI_EVENT_HANGUP_ACK:
	case PRI_EVENT_HANGUP_REQ:
		on_cleared(s, l, &e->hangup, call);
		break;
	case PRI_EVENT_INFO_RECEIVED:
		snprintf(digits, sizeof(digits), "%.63s", e->ring.callednum);
		on_digits(l, digits, e->ring.complete);
		break;
	case PRI_EVENT_KEYPAD_DIGIT:
		snprintf(digits, sizeof(digits), "%.63s", e->digit.digits);
		on_digits(l, digits, false);
		break;
	case PRI_EVENT_NOTIFY:
		on_notify(l, e->notify.info);
		break;
	case PRI_EVENT_HOLD:
		leg_on_hold(l);
		break;
	case PRI_EVENT_RETRIEVE:
		leg_on_retrieve(l, &e->retrieve);
		break;
	case PRI_EVENT_FACILITY:
		leg_on_facility(s, &e->facility);
		break;
	default:
		if (l->state == LEG_CALLING)
			calling_event(l, e);
	}
}
