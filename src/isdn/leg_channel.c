/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * leg_channel.c - which B channel a call gets, when both sides have a say, and
 * glare: when both take the same one at once the network's call has it (Q.931
 * 5.7). The other call goes on another channel, by the far end's word or by a
 * SETUP of its own: it is not lost, and its caller hears nothing of it.
 */
#include <stdio.h>

#include "base/log.h"
#include "isdn/room.h"

enum { TRIES = 3 };		/* SETUPs of a call */

/* The channel, if it is free or may be made so: our call that nobody has
 * answered yet yields to the network's. */
static struct channel *yielded(struct channel *c)
{
	struct isdn_leg *l = c->leg;

	if (channel_usable(c))
		return c;
	if (!l || l->state != LEG_CALLING || l->heard ||
	    c->span->conf->role != SPAN_USER)
		return NULL;
	log_info("span %s: glare on B channel %d: our call yields", c->span->name,
		 c->slot);
	l->channel = NULL;
	l->leg.end = NULL;
	leg_end_changed(&l->leg);
	channel_give(c);
	return c;
}

struct channel *leg_channel_asked(struct span *s, int number, bool flexible)
{
	bool any = number <= 0 || (number & 0xff) == 0xff;
	struct channel *c = any ? NULL : channel_of(s, number);

	c = c ? yielded(c) : NULL;
	return c || (!any && !flexible) ? c : channel_choose(s);
}

/* Another SETUP, on any channel but that one. */
static bool set_up_again(struct isdn_leg *l)
{
	struct channel *c = l->channel;
	bool goes;

	l->channel = NULL;
	l->leg.end = NULL;
	leg_end_changed(&l->leg);
	if (c)
		c->leg = NULL;
	goes = !isdn_leg_setup(l);
	if (c)
		channel_give(c);
	return goes;
}

bool leg_channel_again(struct isdn_leg *l, int cause)
{
	struct span *s = l->span;
	int slot = l->channel ? l->channel->slot : 0;

	if (l->state != LEG_CALLING || l->alerting || l->sounds || l->tries >= TRIES ||
	    (cause != PRI_CAUSE_REQUESTED_CHAN_UNAVAIL &&
	     cause != PRI_CAUSE_CHANNEL_UNACCEPTABLE))
		return false;
	if (l->call)
		pri_hangup(s->link->pri, l->call, cause);
	l->call = NULL;
	l->heard = false;
	if (!set_up_again(l)) {
		span_turn(s);
		return false;
	}
	log_info("span %s: the far end refused B channel %d (cause %d); the call goes on %d",
		 s->name, slot, cause, l->channel->slot);
	return true;
}

bool leg_channel_given(struct isdn_leg *l, int number)
{
	struct channel *c = channel_of(l->span, number);

	l->heard = true;
	if (!c || l->channel == c)
		return true;
	if (yielded(c)) {
		isdn_leg_take_channel(l, c);
		return true;
	}
	if (!leg_channel_again(l, PRI_CAUSE_CHANNEL_UNACCEPTABLE))
		isdn_leg_lost(l, CAUSE_CHANNEL_UNACCEPTABLE, false,
			      "the far end gave a B channel that is not free");
	return false;
}
