/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "core/emergency.h"

#include <string.h>

#include "base/log.h"
#include "core/call.h"
#include "core/line.h"
#include "core/number.h"

bool emergency_is(struct box *box, const char *number)
{
	const struct config *conf = box->conf;
	const size_t most = sizeof(conf->country.emergency) /
			    sizeof(conf->country.emergency[0]);

	for (size_t i = 0; i < conf->emergency.number_count; i++)
		if (number_equal(conf->emergency.numbers[i], number))
			return true;
	for (size_t i = 0; i < most && conf->country.emergency[i][0]; i++)
		if (number_equal(conf->country.emergency[i], number))
			return true;
	return false;
}

static bool covers_line(const struct call *call, const struct line *line)
{
	for (unsigned i = 0; i < call->plan.count; i++) {
		const struct target *t = &call->plan.target[i];
		struct group *g;

		switch (t->kind) {
		case TARGET_TRUNK:
			break;
		case TARGET_LINE:
			if (!strcmp(t->name, line->name))
				return true;
			break;
		case TARGET_NUMBER:
			if (number_equal(t->name, line->conf->number))
				return true;
			break;
		case TARGET_GROUP:
			g = group_find(call->box, t->name);
			if (g && group_has(g, line->name))
				return true;
			break;
		}
	}
	return false;
}

static bool covers_trunk(const struct call *call, const struct trunk *trunk)
{
	for (unsigned i = 0; i < call->plan.count; i++)
		if (call->plan.target[i].kind == TARGET_TRUNK &&
		    !(call->failed & BIT(i)) &&
		    !strcmp(call->plan.target[i].name, trunk->name))
			return true;
	return false;
}

bool emergency_claims_line(struct box *box, const struct line *line)
{
	struct list_head *n;

	list_for_each(n, &box->waiting)
		if (covers_line(list_entry(n, struct call, wait_node), line))
			return true;
	return false;
}

bool emergency_claims_trunk(struct box *box, const struct trunk *trunk)
{
	struct list_head *n;

	list_for_each(n, &box->waiting)
		if (covers_trunk(list_entry(n, struct call, wait_node), trunk))
			return true;
	return false;
}

static bool still_waits(struct box *box, const struct call *call)
{
	struct list_head *n;

	list_for_each(n, &box->waiting)
		if (list_entry(n, struct call, wait_node) == call)
			return true;
	return false;
}

/* One that gets its circuit leaves the list while we look at it. */
void emergency_circuit_free(struct box *box)
{
	struct call *call[16];
	struct list_head *n;
	unsigned count = 0;

	list_for_each(n, &box->waiting)
		if (count < sizeof(call) / sizeof(call[0]))
			call[count++] = list_entry(n, struct call, wait_node);
	for (unsigned i = 0; i < count; i++)
		if (still_waits(box, call[i]))
			fsm_post(&call[i]->fsm, C_CIRCUIT, NULL, 0);
}

static bool was_tried(const struct call *call, const struct line *line)
{
	for (unsigned i = 0; i < call->hunter.tried_count; i++)
		if (call->hunter.tried[i] == line)
			return true;
	return false;
}

/* Does ending `victim` give `call` a circuit? */
static bool would_free(const struct call *call, const struct call *victim)
{
	for (int side = 0; side < 2; side++) {
		const struct line *l = line_of_leg(victim->leg[side]);
		const struct trunk *t = victim->trunk[side];

		if (l && covers_line(call, l) && !was_tried(call, l) &&
		    line_can_be_taken(l))
			return true;
		if (t && t->up && !t->draining && covers_trunk(call, t))
			return true;
	}
	return false;
}

static struct call *find_victim(struct call *call)
{
	struct list_head *n;

	for (n = call->box->calls.prev; n != &call->box->calls; n = n->prev) {
		struct call *v = list_entry(n, struct call, node);

		if (v == call || v->plan.emergency || v->record.emergency)
			continue;
		if (v->fsm.state < CALL_CALLING || v->fsm.state > CALL_TALKING)
			continue;
		if (would_free(call, v))
			return v;
	}
	return NULL;
}

/* Circuits that will be free without further ado, and who waits for them. */
static int coming(struct call *call)
{
	struct list_head *n;
	int count = 0;

	list_for_each(n, &call->box->calls) {
		struct call *c = list_entry(n, struct call, node);

		if (c->fsm.state == CALL_PREEMPTED && would_free(call, c))
			count++;
	}
	list_for_each(n, &call->box->lines) {
		struct line *l = list_entry(n, struct line, node);

		if (line_is_freeing(l) && covers_line(call, l) && !was_tried(call, l))
			count++;
	}
	list_for_each(n, &call->box->waiting)
		if (list_entry(n, struct call, wait_node) != call)
			count--;
	return count;
}

bool emergency_take_over(struct call *call)
{
	struct call *victim;

	if (coming(call) > 0)
		return true;
	victim = find_victim(call);
	if (!victim)
		return false;
	log_warning("call %s: emergency %s from %s takes over call %s (%s to %s)",
		    call->id, call->offer.called, call->record.from, victim->id,
		    victim->record.from, victim->record.to);
	fsm_post(&victim->fsm, C_PREEMPT, NULL, 0);
	return true;
}
