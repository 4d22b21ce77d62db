/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * leg_hold.c - what a far end does with two calls: hold and retrieve (ETS 300
 * 141, Q.932 6.2), and explicit call transfer (ETS 300 369). A call on hold has
 * no B channel; another call may take the one it had.
 */
#include "base/log.h"
#include "isdn/room.h"

void leg_on_hold(struct isdn_leg *l)
{
	struct pri *pri = l->span->link->pri;
	struct channel *c = l->channel;

	if (l->state != LEG_TALKING) {
		pri_hold_rej(pri, l->call, PRI_CAUSE_WRONG_CALL_STATE);
		return;
	}
	l->state = LEG_HELD;
	l->channel = NULL;
	l->leg.end = NULL;
	leg_end_changed(&l->leg);
	channel_give(c);
	pri_hold_ack(pri, l->call);
	leg_hold(&l->leg, true);
}

void leg_on_retrieve(struct isdn_leg *l, const struct pri_event_retrieve *e)
{
	struct pri *pri = l->span->link->pri;
	struct channel *c;

	if (l->state != LEG_HELD) {
		pri_retrieve_rej(pri, l->call, PRI_CAUSE_WRONG_CALL_STATE);
		return;
	}
	c = leg_channel_asked(l->span, e->channel, e->flexible);
	if (!c) {
		pri_retrieve_rej(pri, l->call, e->flexible ?
				 PRI_CAUSE_NORMAL_CIRCUIT_CONGESTION :
				 PRI_CAUSE_REQUESTED_CHAN_UNAVAIL);
		return;
	}
	l->state = LEG_TALKING;
	pri_retrieve_ack(pri, l->call, c->slot);
	isdn_leg_take_channel(l, c);
	leg_hold(&l->leg, false);
}

/* ------------------------------------------------------------------- transfer */

/* Who is held talks already; the other one may still ring. */
static bool join(struct isdn_leg *held, struct isdn_leg *other, struct release *why)
{
	return !leg_refer_to(&held->leg, &other->leg, why) ||
	       !leg_refer_to(&other->leg, &held->leg, why);
}

static void transfer(struct span *s, q931_call *asked,
		     const struct pri_subcmd_transfer *t)
{
	struct isdn_leg *one = span_leg(s, t->call_1), *two = span_leg(s, t->call_2);
	struct isdn_leg *held = t->is_call_2_held ? two : one;
	struct isdn_leg *other = held == one ? two : one;
	struct release why = { .why = "it names no two calls" };
	bool done = false;

	if (s->conf->trunk.transfer != TRANSFER_ACCEPT)
		release_set(&why, CAUSE_FACILITY_REJECTED, false,
			    "transfer = \"accept\" of the span would permit it");
	else if (held && other && held != other)
		done = join(held, other, &why);
	pri_transfer_rsp(s->link->pri, asked, t->invoke_id, done);
	if (!done) {
		log_info("span %s: transfer refused: %s", s->name, why.why);
		return;
	}
	/* The answer goes in the DISCONNECT of the call that asked. */
	isdn_leg_clear(one, CAUSE_NORMAL);
	isdn_leg_clear(two, CAUSE_NORMAL);
}

void leg_on_facility(struct span *s, const struct pri_event_facility *e)
{
	struct pri_subcmd_transfer t;

	for (int i = 0; e->subcmds && i < e->subcmds->counter_subcmd; i++) {
		if (e->subcmds->subcmd[i].cmd != PRI_SUBCMD_TRANSFER_CALL)
			continue;
		/* The event is libpri's, which writes there when it is called. */
		t = e->subcmds->subcmd[i].u.transfer;
		transfer(s, e->subcall, &t);
		return;
	}
}
