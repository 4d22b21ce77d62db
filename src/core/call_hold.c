/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * call_hold.c - what a call counts on: the box, its trunks, the groups of its
 * lines. Each is counted once a side and given back when that side goes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "core/call.h"
#include "core/emergency.h"
#include "core/limit.h"
#include "core/line.h"

int call_take(struct call *call, struct limit *limit, bool in, int side)
{
	struct hold *h = reallocarray(call->holds, call->hold_count + 1, sizeof(*h));

	if (!h) {
		release_set(&call->refusal, CAUSE_RESOURCE_UNAVAILABLE, false,
			    "out of memory");
		return -EBUSY;
	}
	call->holds = h;
	h[call->hold_count++] = (struct hold){ limit, in, (uint8_t)side,
					       limit_take(limit, in) };
	return 0;
}

static void trunk_told(struct box *box, struct trunk *trunk)
{
	const struct box_observer *o = box->observer;

	if (trunk && o && o->trunk_changed)
		o->trunk_changed(box->observer_arg, trunk);
}

void call_give_side(struct call *call, int side)
{
	size_t kept = 0;

	for (size_t i = 0; i < call->hold_count; i++) {
		struct hold *h = &call->holds[i];

		if (h->side == side)
			limit_give(h->limit, h->in, h->kbit);
		else
			call->holds[kept++] = *h;
	}
	call->hold_count = kept;
	trunk_told(call->box, call->trunk[side]);
	call->trunk[side] = NULL;
	groups_sweep(call->box);
	emergency_circuit_free(call->box);
}

/* The box counts each of the two calls until it ends, whatever its sides are;
 * the circuits go with the leg that uses them. */
void call_move_holds(struct call *keep, int at, struct call *gone, int from)
{
	struct limit *box = &keep->box->limit;
	struct hold *holds = reallocarray(NULL, keep->hold_count + gone->hold_count + 1,
					  sizeof(*holds));
	size_t kept = 0, left = 0;

	for (size_t i = 0; i < keep->hold_count; i++) {
		struct hold *h = &keep->holds[i];

		if (h->side == at && h->limit != box)
			limit_give(h->limit, h->in, h->kbit);
		else if (holds)
			holds[kept++] = *h;
		else
			keep->holds[kept++] = *h;
	}
	for (size_t i = 0; holds && i < gone->hold_count; i++) {
		struct hold h = gone->holds[i];

		if (h.side != from || h.limit == box) {
			gone->holds[left++] = h;
			continue;
		}
		h.side = (uint8_t)at;
		holds[kept++] = h;
	}
	keep->hold_count = kept;
	if (holds) {
		free(keep->holds);
		keep->holds = holds;
		gone->hold_count = left;
	}
	keep->trunk[at] = gone->trunk[from];
	gone->trunk[from] = NULL;
	groups_sweep(keep->box);
	emergency_circuit_free(keep->box);
}

void call_forget_limit(struct call *call, const struct limit *limit)
{
	size_t kept = 0;

	for (size_t i = 0; i < call->hold_count; i++) {
		struct hold *h = &call->holds[i];

		if (h->limit == limit)
			limit_give(h->limit, h->in, h->kbit);
		else
			call->holds[kept++] = *h;
	}
	call->hold_count = kept;
}

/* A SIP caller is told what its trunk's configuration says; a line hears
 * congestion. */
static int over_limit(struct call *call, struct limit *limit, bool in,
		      const char *kind, const char *name)
{
	const struct trunk *t = call->trunk[SIDE_A];
	enum over_limit how = t && t->conf ? t->conf->over_limit : call->conf->over_limit;
	char words[64];

	limit->refused++;
	limit_words(limit, in, words, sizeof(words));
	release_set(&call->refusal, t && how == OVER_LIMIT_486 ? CAUSE_BUSY :
		    CAUSE_CONGESTION, false, "limit of %s%.40s reached: %s", kind,
		    name, words);
	if (t && how == OVER_LIMIT_503)
		call->refusal.retry_after = t->conf ? t->conf->retry_after :
						      call->conf->retry_after;
	return -EBUSY;
}

/* Counts it, unless it is over its bound and the call has to obey. */
static int take_checked(struct call *call, struct limit *limit, bool in, int side,
			const char *kind, const char *name)
{
	if (!call->plan.emergency && !limit_allows(limit, in))
		return over_limit(call, limit, in, kind, name);
	return call_take(call, limit, in, side);
}

static int take_groups(struct call *call, const struct line *line, bool in, int side)
{
	struct list_head *n;
	int rc = 0;

	list_for_each(n, &call->box->groups) {
		struct group *g = list_entry(n, struct group, node);

		if (!rc && group_has(g, line->name))
			rc = take_checked(call, &g->limit, in, side, "group ",
					  g->conf->name);
	}
	return rc;
}

int call_take_first(struct call *call)
{
	struct trunk *trunk = call->trunk[SIDE_A];
	struct line *line = line_of_leg(call->leg[SIDE_A]);
	int rc;

	rc = take_checked(call, &call->box->limit, trunk, SIDE_A, "the box", "");
	/* Its party counts in the call where it still is. */
	if (rc || call_is_referral(call))
		return rc;
	if (!trunk)
		return line ? take_groups(call, line, true, SIDE_A) : 0;
	rc = take_checked(call, &trunk->limit, true, SIDE_A, "trunk ", trunk->name);
	if (!rc)
		trunk_told(call->box, trunk);
	return rc;
}

int call_take_trunk(struct call *call, struct trunk *trunk, bool forced)
{
	int rc;

	/* An emergency needs a circuit, but no direction's permission. */
	if (call->plan.emergency && !forced && !limit_has_circuit(&trunk->limit))
		return over_limit(call, &trunk->limit, false, "trunk ", trunk->name);
	rc = take_checked(call, &trunk->limit, false, SIDE_B, "trunk ", trunk->name);
	if (rc)
		return rc;
	call->trunk[SIDE_B] = trunk;
	trunk_told(call->box, trunk);
	return 0;
}

int call_take_line(struct call *call, struct line *line)
{
	int rc = take_groups(call, line, false, SIDE_B);

	if (rc)
		call_give_side(call, SIDE_B);
	return rc;
}

int call_check_group(struct call *call, struct group *g)
{
	if (call->plan.emergency || limit_allows(&g->limit, false))
		return 0;
	return over_limit(call, &g->limit, false, "group ", g->conf->name);
}
