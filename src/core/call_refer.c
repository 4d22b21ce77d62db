/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * call_refer.c - a far end that hands its partner on, by a number or to another
 * of its calls (RFC 5589), and one that takes another's place (RFC 3891).
 *
 * For a number we make a second call, as the partner would have dialled it; a
 * leg of our own stands in for the partner until it is answered, or until the
 * one who asked has left. Then the partner takes that place by call_transfer().
 * When the second call fails before, the first goes on as if nothing had been.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "core/call.h"
#include "core/line.h"

struct referral {
	struct leg leg;		/* the partner's place in the second call */
	struct leg *by;		/* who asked; NULL: it does not want it any more */
	struct release *at_once;/* where to say that it cannot even begin */
};

static struct referral *of(struct leg *leg)
{
	return list_entry(leg, struct referral, leg);
}

static void tell(struct leg *by, enum referral_news news, const struct release *why)
{
	if (by->ops->referred)
		by->ops->referred(by, news, why);
}

/* ------------------------------------------------- operations of its own leg */

static void op_alert(struct leg *leg)
{
	tell(of(leg)->by, REFERRAL_RINGING, NULL);
}

static void op_progress(struct leg *leg)
{
	tell(of(leg)->by, REFERRAL_PROGRESS, NULL);
}

/* The call is in the midst of its change of state. */
static void op_answer(struct leg *leg)
{
	call_post(leg->call, C_CONNECT);
}

static void op_release(struct leg *leg, const struct release *why)
{
	struct referral *r = of(leg);
	struct release *at_once = r->at_once;
	struct leg *by = r->by;

	free(r);
	if (!by)
		return;
	by->referral = NULL;
	if (at_once)
		*at_once = *why;
	else
		tell(by, REFERRAL_FAILED, why);
}

static const struct leg_ops referral_ops = {
	.alert = op_alert,
	.progress = op_progress,
	.answer = op_answer,
	.release = op_release,
};

static struct referral *referral_of(const struct call *call)
{
	struct leg *a = call->leg[SIDE_A];

	return a && a->ops == &referral_ops ? of(a) : NULL;
}

struct line *call_line(const struct call *call)
{
	struct referral *r = referral_of(call);
	const struct call *first = r && r->by ? r->by->call : NULL;

	if (!r)
		return line_of_leg(call->leg[SIDE_A]);
	return first ? line_of_leg(first->leg[r->by->outgoing ? SIDE_A : SIDE_B]) : NULL;
}

bool call_is_referral(const struct call *call)
{
	return referral_of(call);
}

/* --------------------------------------------------------- how it comes out */

static bool hand_over(struct referral *r)
{
	struct leg *by = r->by;

	by->referral = NULL;
	if (call_transfer(&r->leg, by)) {
		free(r);
		return true;
	}
	by->referral = r;
	return false;
}

void call_connect(struct call *call)
{
	struct referral *r = referral_of(call);
	struct leg *by = r ? r->by : NULL;

	if (!by)
		return;
	if (hand_over(r))
		tell(by, REFERRAL_DONE, NULL);
	else
		call_abort(call, CAUSE_NORMAL, "nobody is left to be connected");
}

bool referral_left(struct leg *by)
{
	return by->referral && hand_over(by->referral);
}

void referral_cancel(struct leg *by, const char *why)
{
	struct referral *r = by->referral;

	by->referral = NULL;
	if (!r)
		return;
	r->by = NULL;
	if (r->leg.call)
		call_abort(r->leg.call, CAUSE_NORMAL, why);
}

/* ---------------------------------------------------------------- by number */

/* The number that the partner would be known by if it had dialled itself. */
static void identify(struct leg_offer *o, const struct call *call, const struct leg *by)
{
	const struct line *l = line_of_leg(call->leg[SIDE_B]);

	if (by->outgoing) {
		o->calling = call->offer.calling;
	} else if (l && l->kind == PORT_FXS) {
		o->calling = (struct party){ 0 };
		snprintf(o->calling.number, sizeof(o->calling.number), "%s",
			 l->conf->number);
		snprintf(o->calling.name, sizeof(o->calling.name), "%s",
			 l->conf->display_name);
	} else {
		o->calling = (struct party){ 0 };
		snprintf(o->calling.number, sizeof(o->calling.number), "%s",
			 call->plan.called);
	}
	if (!o->calling.number[0])
		o->calling.presentation = PRESENTATION_UNAVAILABLE;
	o->complete = true;
	o->hops = call->offer.hops > 1 ? call->offer.hops - 1 : call->offer.hops;
}

static int no(struct release *why, int err, const char *words)
{
	release_set(why, CAUSE_REJECTED, false, "%s", words);
	return err;
}

static int refer(struct leg *by, const struct leg_offer *o, struct release *why)
{
	struct call *call = by->call, *second;
	int partner = by->outgoing ? SIDE_A : SIDE_B;
	struct line *line = line_of_leg(call->leg[partner]);
	struct referral *r = calloc(1, sizeof(*r));

	if (!r)
		return no(why, -ENOMEM, "out of memory");
	r->leg.ops = &referral_ops;
	r->leg.kind = call->leg[partner]->kind;
	snprintf(r->leg.name, sizeof(r->leg.name), "%s", call->leg[partner]->name);
	second = call_new(call->box, &r->leg, call->trunk[partner], o);
	if (!second) {
		free(r);
		return no(why, -ENOMEM, "out of memory");
	}
	/* Who ends all calls, one after the other, must not lose its place when
	 * the end of this one ends that. */
	list_remove(&second->node);
	list_add_before(&call->node, &second->node);
	r->by = by;
	r->at_once = why;
	by->referral = r;
	/* It is busy, with the first call. */
	if (line)
		second->hunter.tried[second->hunter.tried_count++] = line;
	log_info("call %s: %s asks that %s be connected with %s, as call %s", call->id,
		 by->name, r->leg.name, o->called, second->id);
	call_post(second, C_START);
	if (!by->referral)
		return -ECONNREFUSED;
	r->at_once = NULL;
	return 0;
}

int leg_refer(struct leg *by, const char *number, struct release *why)
{
	struct call *call = by->call;
	struct leg_offer o = { .complete = true };

	if (!call || call->fsm.state != CALL_TALKING || !call->leg[!by->outgoing])
		return no(why, -EAGAIN, "the call is not answered");
	if (call->plan.emergency)
		return no(why, -EPERM, "it is an emergency call");
	if (by->referral)
		return no(why, -EALREADY, "another transfer is on its way");
	identify(&o, call, by);
	if (!call_reaches(call, by, number, o.called)) {
		release_set(why, CAUSE_BEARER_NOT_AUTHORIZED, false,
			    "the other party may not call %.40s", number);
		return -EPERM;
	}
	return refer(by, &o, why);
}

/* ------------------------------------------------------------ without a number */

int leg_refer_to(struct leg *by, struct leg *other, struct release *why)
{
	if (by->referral)
		return no(why, -EALREADY, "another transfer is on its way");
	if (!by->call || by->call == other->call || !call_transfer(other, by))
		return no(why, -EPERM, "the two calls cannot be connected");
	return 0;
}

int leg_replace(struct leg *old, struct leg *new, struct release *why)
{
	struct call *call = old->call;
	int side = old->outgoing ? SIDE_B : SIDE_A;
	bool talks = call && call->fsm.state == CALL_TALKING;

	if (!call || call->plan.emergency || !call->leg[!side] ||
	    (!talks && !(BIT(call->fsm.state) & (BIT(CALL_CALLING) |
		BIT(CALL_RINGING) | BIT(CALL_EARLY)))) || (!talks && side == SIDE_A))
		return no(why, -EPERM, "the call cannot change its party");
	log_info("call %s: another call of %s takes its place", call->id, new->name);
	call_detach(call, side);
	call->leg[side] = new;
	new->call = call;
	new->outgoing = side == SIDE_B;
	new->up = talks;
	call->record.held = false;
	snprintf(call->record.transferred, sizeof(call->record.transferred),
		 "by %s, which replaced its call", new->name);
	/* Whatever the old one may still say is of the attempt before. */
	if (side == SIDE_B)
		call->attempt++;
	new->ops->answer(new);
	if (!talks) {
		leg_answered(new, ANSWER_SIGNALLED, 100);
		return 0;
	}
	call_join(call);
	call_changed(call);
	return 0;
}
