/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * call_transfer.c - a leg moves to another call.
 */
#include <stdio.h>

#include "base/log.h"
#include "core/call.h"
#include "core/line.h"

static int side_of(const struct leg *leg)
{
	return leg->outgoing ? SIDE_B : SIDE_A;
}

void legs_exchange(struct leg *a, struct leg *b)
{
	struct leg was = *a;

	a->call = b->call;
	a->outgoing = b->outgoing;
	a->up = b->up;
	b->call = was.call;
	b->outgoing = was.outgoing;
	b->up = was.up;
	if (a->call)
		a->call->leg[side_of(a)] = a;
	if (b->call)
		b->call->leg[side_of(b)] = b;
}

/* A far end that may take another's place, or have another in its caller's. */
static struct leg *far_end(const struct leg *leg, bool talks)
{
	const struct call *call = leg->call;

	if (!call || call->plan.emergency)
		return NULL;
	switch (call->fsm.state) {
	case CALL_TALKING:
		return call->leg[!side_of(leg)];
	case CALL_CALLING:
	case CALL_RINGING:
	case CALL_EARLY:
		return talks || leg->outgoing ? NULL : call->leg[SIDE_B];
	default:
		return NULL;
	}
}

static void moved(struct call *keep, struct leg *far)
{
	if (far->ops->hold)
		far->ops->hold(far, false);
	keep->record.held = false;
	if (keep->fsm.state == CALL_RINGING)
		call_ringback(keep, true);
	if (keep->fsm.state == CALL_EARLY || keep->fsm.state == CALL_TALKING)
		call_join(keep);
	call_changed(keep);
}

bool call_transfer(struct leg *ours, struct leg *held)
{
	struct call *keep = ours->call, *gone = held->call;
	struct leg *other = far_end(ours, false), *far = far_end(held, true);
	int at = side_of(ours), from = !side_of(held);
	struct line *l = line_of_leg(far);
	char why[96];

	if (!other || !far || (l && l == line_of_leg(other)))
		return false;
	log_info("call %s: %s connects %s of call %s with %s", keep->id, held->name,
		 far->name, gone->id, other->name);
	call_detach(keep, at);
	call_detach(gone, !from);
	call_detach(gone, from);
	call_move_holds(keep, at, gone, from);
	keep->leg[at] = far;
	far->call = keep;
	far->outgoing = at == SIDE_B;
	if (at == SIDE_A)
		snprintf(keep->caller, sizeof(keep->caller), "%s", far->name);
	snprintf(why, sizeof(why), "%.40s connected it with call %s", held->name,
		 keep->id);
	snprintf(gone->record.transferred, sizeof(gone->record.transferred),
		 "by %s to call %s", held->name, keep->id);
	snprintf(keep->record.transferred, sizeof(keep->record.transferred),
		 "by %s from call %s", held->name, gone->id);
	moved(keep, far);
	call_abort(gone, CAUSE_NORMAL, why);
	return true;
}
