/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* leg_event.c - what the far end of a call says. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "isdn/room.h"

/* ------------------------------------------------------------- a call from it */

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
	c = leg_channel_asked(s, e->channel, e->flexible);
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

static void sounds(struct isdn_leg *l, int mask)
{
	if (!progress_has_sound(mask))
		return;
	l->sounds = true;
	leg_progress(&l->leg);
}

static void on_cleared(struct span *s, struct isdn_leg *l, const pri_event_hangup *e,
		       q931_call *call)
{
	int cause = e->cause, what = e->e;

	/* libpri wants this to forget the call. */
	if (what == PRI_EVENT_HANGUP)
		pri_hangup(s->link->pri, call, -1);
	if (what != PRI_EVENT_HANGUP_REQ)
		l->call = NULL;
	if (what != PRI_EVENT_HANGUP_ACK && leg_channel_again(l, cause))
		return;
	if (what == PRI_EVENT_HANGUP_REQ && l->state == LEG_CLEARING)
		pri_hangup(s->link->pri, call, cause);	/* both at once */
	if (l->state != LEG_CLEARING) {
		bool talked = l->state == LEG_TALKING || l->state == LEG_HELD;
		bool lost = s->fsm.state != SPAN_UP;

		s->failed += !talked;
		isdn_leg_lost(l, cause_read(cause), !lost, !lost ? "cleared" :
			      talked ? "its D channel was lost for longer than T309" :
				       "its D channel was lost");
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

static void read_connected(struct isdn_leg *l, const struct pri_subcommands *s)
{
	struct e164_plan plan = span_plan(l->span);

	for (int i = 0; s && i < s->counter_subcmd; i++)
		if (s->subcmd[i].cmd == PRI_SUBCMD_CONNECTED_LINE)
			q931_party_read(&l->leg.connected,
					&s->subcmd[i].u.connected_line.id, &plan);
}

static void calling_event(struct isdn_leg *l, const pri_event *e)
{
	switch (e->e) {
	case PRI_EVENT_SETUP_ACK:
		/* It wants more digits than there are: its T304 ends that. */
		leg_channel_given(l, e->setup_ack.channel);
		break;
	case PRI_EVENT_PROCEEDING:
		if (!leg_channel_given(l, e->proceeding.channel))
			break;
		leg_proceeding(&l->leg);
		sounds(l, e->proceeding.progressmask);
		break;
	case PRI_EVENT_PROGRESS:
		if (leg_channel_given(l, e->proceeding.channel))
			sounds(l, e->proceeding.progressmask);
		break;
	case PRI_EVENT_RINGING:
		if (!leg_channel_given(l, e->ringing.channel))
			break;
		l->alerting = true;
		leg_alerting(&l->leg);
		sounds(l, e->ringing.progressmask);
		break;
	case PRI_EVENT_ANSWER:
		if (!leg_channel_given(l, e->answer.channel))
			break;
		read_connected(l, e->answer.subcmds);
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
