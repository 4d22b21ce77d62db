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

/* Where the second call fails, the line is rung back for who was held. */
static void note_recall(struct call *keep, const struct call *gone,
			const struct leg *held)
{
	const struct line *l = line_of_leg(held);

	if (!l || keep->fsm.state == CALL_TALKING)
		return;
	snprintf(keep->recall.line, sizeof(keep->recall.line), "%s", l->name);
	keep->recall.party = (struct party){ 0 };
	if (held->outgoing)
		keep->recall.party = gone->plan.calling;
	else
		snprintf(keep->recall.party.number, sizeof(keep->recall.party.number),
			 "%s", gone->offer.called);
}

bool call_ring_back(struct call *call, const struct release *why)
{
	struct line *l = box_line(call->box, call->recall.line);
	struct hunter fresh = { 0 };
	struct leg *failed;

	call->recall.line[0] = '\0';
	if (!l || !call->leg[SIDE_A] ||
	    (line_hunt(l, &fresh) != HUNT_FOUND && !line_takes_back(l)))
		return false;
	log_info("call %s: %s, %s is rung back for it", call->id, why->why, l->name);
	failed = call_detach(call, SIDE_B);
	if (failed)
		failed->ops->release(failed, why);
	call_give_side(call, SIDE_B);
	call->plan = (struct plan){ .count = 1, .calling = call->recall.party };
	call->plan.target[0] = (struct target){ TARGET_LINE, l->name };
	snprintf(call->plan.called, sizeof(call->plan.called), "%s", l->conf->number);
	call->hunter = fresh;
	call->next = 0;
	call->failed = 0;
	call->recall.rings = true;
	if (call_next_target(call) != TARGET_OFFERED)
		return false;
	call->refusal = *why;
	return true;
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
	note_recall(keep, gone, held);
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
	if (keep->fsm.state == CALL_TALKING && line_of_leg(held))
		call_hand_over(keep, far);
	call_abort(gone, CAUSE_NORMAL, why);
	return true;
}
