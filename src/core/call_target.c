/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * call_target.c - finds a call's second leg: the targets of its plan in their
 * order, and in a group one line after the other.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/digit_map.h"
#include "base/log.h"
#include "core/call.h"
#include "core/emergency.h"
#include "core/fraud.h"
#include "core/limit.h"
#include "core/line.h"
#include "core/number.h"

bool call_may_reroute(struct call *call, enum cause cause)
{
	/* An emergency takes no for an answer from nobody. */
	if (call->plan.emergency)
		return call->next < call->plan.count;
	return route_goes_on(&call->plan, cause) &&
	       (call->next < call->plan.count ||
		(call->plan.route && call->plan.route->next_route));
}

static struct trunk *find_trunk(struct box *box, const char *name)
{
	struct list_head *n;

	/* A trunk that drains may stand beside its successor. */
	list_for_each(n, &box->trunks) {
		struct trunk *t = list_entry(n, struct trunk, node);

		if (!strcmp(t->name, name) && !t->draining)
			return t;
	}
	return NULL;
}

static void describe_side_b(struct call *call, struct leg *leg)
{
	struct call_record *r = &call->record;
	struct line *l = line_of_leg(leg);
	struct group *g = l ? group_of(call->box, l) : NULL;

	snprintf(r->dialled, sizeof(r->dialled), "%s", call->plan.called);
	snprintf(r->to, sizeof(r->to), "%s", leg->name);
	snprintf(r->to_kind, sizeof(r->to_kind), "%s", leg->kind);
	snprintf(r->to_group, sizeof(r->to_group), "%s",
		 g && g->conf ? g->conf->name : "");
}

/* How the called telephone rings: by who calls, by the route, as it is asked. */
static void choose_alert(const struct call *call, char alert[ALERT_NAME_SIZE])
{
	const struct config *conf = call->conf;
	const char *name = call->offer.alert;

	if (call->plan.route && call->plan.route->cadence[0])
		name = call->plan.route->cadence;
	for (size_t i = 0; i < conf->ringing_count; i++)
		if (digit_map_has(conf->ringing[i].calling, call->plan.calling.number)) {
			name = conf->ringing[i].cadence;
			break;
		}
	snprintf(alert, ALERT_NAME_SIZE, "%s", name);
}

/* The side is counted already. */
static int offer_leg(struct call *call, struct leg *leg)
{
	struct leg_offer offer = {
		.calling = call->plan.calling,
		.emergency = call->plan.emergency,
		.complete = true,
		.ring_s = call->conf->timers[TIMER_RING],
		.diverting = call->offer.diverting,
		.diversion = call->offer.diversion,
		.hops = call->offer.hops,
	};
	int rc;

	snprintf(offer.called, sizeof(offer.called), "%s", call->plan.called);
	choose_alert(call, offer.alert);
	call->attempt++;
	call->leg[SIDE_B] = leg;
	leg->call = call;
	leg->outgoing = true;
	leg->up = false;
	describe_side_b(call, leg);
	call->offered = call->box->timers->now_ms;
	rc = leg->ops->offer(leg, &offer);
	if (!rc)
		return 0;
	release_set(&call->refusal, CAUSE_TEMPORARY_FAILURE, false,
		    "%s cannot be called: %s", leg->name, strerror(-rc));
	call_detach(call, SIDE_B);
	call_give_side(call, SIDE_B);
	return -EBUSY;
}

static int try_trunk(struct call *call, const char *name, bool forced)
{
	struct trunk *t = find_trunk(call->box, name);
	struct line *line = call_line(call);
	struct leg *leg;

	/* A call to the PBX behind a span costs nothing, as one to a line. */
	if (!route_is_number_of(call->box->conf, name, call->plan.called) &&
	    !route_is_number_of(call->box->conf, name, call->offer.called) &&
	    fraud_check(call, name, NULL, call->plan.called, &call->refusal))
		return -EBUSY;
	if (!t || !t->up) {
		release_set(&call->refusal, CAUSE_NETWORK_OUT_OF_ORDER, false,
			    "trunk %s is down%s%s", name, t ? ": " : "",
			    t ? t->why_down : "");
		return -EBUSY;
	}
	if (!call->plan.emergency && emergency_claims_trunk(call->box, t)) {
		release_set(&call->refusal, CAUSE_CONGESTION, false,
			    "trunk %s is wanted by an emergency call", name);
		return -EBUSY;
	}
	if (call_take_trunk(call, t, forced))
		return -EBUSY;
	leg = t->ops->leg_new(t, line ? line->conf : NULL);
	if (!leg) {
		release_set(&call->refusal, CAUSE_TEMPORARY_FAILURE, false,
			    "trunk %s: %s", name, strerror(errno));
		call_give_side(call, SIDE_B);
		return -EBUSY;
	}
	return offer_leg(call, leg);
}

/* What an exchange behind the line would be dialled. */
static int check_dialled(struct call *call, struct line *line)
{
	const char *number = call->plan.called;

	if (line->kind != PORT_FXO || (line->conf->dial != LINE_DIAL_CALLED &&
				       line->conf->dial != LINE_DIAL_LAST))
		return 0;
	if (line->conf->dial == LINE_DIAL_LAST)
		number = number_last(number, line->conf->dial_last);
	return fraud_check(call, NULL, line, number, &call->refusal);
}

static int try_leg(struct call *call, struct line *line, struct leg *leg)
{
	struct hunter *h = &call->hunter;

	if (!number_equal(line->conf->number, call->plan.called) &&
	    check_dialled(call, line)) {
		h->tried[h->tried_count++] = line;
		return -EBUSY;
	}
	if (call_take_line(call, line))
		return -EBUSY;
	h->tried[h->tried_count++] = line;
	line->calls_out++;
	return offer_leg(call, leg);
}

static int try_line(struct call *call, struct line *line)
{
	line->leg.end = line_end(line);
	return try_leg(call, line, &line->leg);
}

/* A line that talks, and may be told of another call; number: or any line that
 * has it. */
static int try_waiting(struct call *call, const char *name, const char *number)
{
	struct list_head *n;

	list_for_each(n, &call->box->lines) {
		struct line *l = list_entry(n, struct line, node);

		if ((number ? number_equal(l->conf->number, number) :
			      !strcmp(l->name, name)) &&
		    line_takes_waiting(l) && line_hunt(l, &call->hunter) == HUNT_ALL_BUSY)
			return try_leg(call, l, &l->second);
	}
	return -EBUSY;
}

/* A busy telephone is a busy callee, one whose line is dead an absent one (480:
 * a provider tries again later and does not take the whole box for dead); lines
 * to elsewhere are circuits. */
static void refuse_hunt(struct call *call, enum hunt_result why, const char *kind,
			const char *name, bool circuits)
{
	if (call->hunter.tried_count && why < HUNT_ALL_BUSY)
		return;		/* the last line's own reason says more */
	switch (why) {
	case HUNT_FOUND:
	case HUNT_YIELDS:
	case HUNT_NO_LINE:
	case HUNT_ALL_DOWN:
		release_set(&call->refusal, circuits ? CAUSE_DESTINATION_OUT_OF_ORDER :
			    CAUSE_SUBSCRIBER_ABSENT, false,
			    "%s%s is out of service", kind, name);
		return;
	case HUNT_GUARD:
	case HUNT_ALL_BUSY:
		release_set(&call->refusal, circuits ? CAUSE_NO_CIRCUIT : CAUSE_BUSY,
			    false, "%s%s is busy", kind, name);
	}
}

static bool is_fxo(struct box *box, const char *line)
{
	const struct line *l = box_line(box, line);

	return l && l->kind == PORT_FXO;
}

static int try_group(struct call *call, const char *name)
{
	struct group *g = group_find(call->box, name);
	enum hunt_result found;
	struct line *line = NULL;

	if (!g) {
		refuse_hunt(call, HUNT_NO_LINE, "group ", name, true);
		return -EBUSY;
	}
	if (call_check_group(call, g))
		return -EBUSY;
	found = group_hunt(g, call->box, &call->hunter, &line);
	if (line)
		return try_line(call, line);
	refuse_hunt(call, found, "group ", name, g->conf->line_count &&
		    is_fxo(call->box, g->conf->lines[0]));
	return -EBUSY;
}

static int try_target(struct call *call, const struct target *t, bool forced)
{
	enum hunt_result found = HUNT_NO_LINE;
	struct line *line = NULL;

	switch (t->kind) {
	case TARGET_TRUNK:
		return try_trunk(call, t->name, forced);
	case TARGET_GROUP:
		return try_group(call, t->name);
	case TARGET_LINE:
		line = box_line(call->box, t->name);
		if (line)
			found = line_hunt(line, &call->hunter);
		if (found == HUNT_FOUND || found == HUNT_YIELDS)
			return try_line(call, line);
		if (found == HUNT_ALL_BUSY && call->recall.rings && line_takes_back(line))
			return try_line(call, line);
		if (found == HUNT_ALL_BUSY && !try_waiting(call, t->name, NULL))
			return 0;
		refuse_hunt(call, found, "line ", t->name, is_fxo(call->box, t->name));
		return -EBUSY;
	case TARGET_NUMBER:
		found = number_hunt(call->box, t->name, &call->hunter, &line);
		if (line)
			return try_line(call, line);
		if (found == HUNT_ALL_BUSY && !try_waiting(call, NULL, t->name))
			return 0;
		refuse_hunt(call, found, "", t->name, false);
		return -EBUSY;
	}
	return -EBUSY;
}

static bool try_from(struct call *call, bool forced)
{
	const unsigned most = sizeof(call->hunter.tried) / sizeof(call->hunter.tried[0]);

	for (; call->next < call->plan.count; call->next++) {
		const struct target *t = &call->plan.target[call->next];

		if (call->failed & BIT(call->next) || call->hunter.tried_count == most)
			continue;
		if (try_target(call, t, forced))
			continue;
		/* A group may have a further line; a trunk has no second try. */
		if (t->kind == TARGET_TRUNK)
			call->failed |= BIT(call->next++);
		return true;
	}
	return false;
}

/* By further routes, where they may be taken. Busy circuits and trunks that are
 * down are causes like any other. */
static bool try_further_routes(struct call *call)
{
	const struct line *line = call_line(call);

	while (route_goes_on(&call->plan, call->refusal.cause) &&
	       !route_plan_next(call->box, call->trunk[SIDE_A], line, &call->offer,
				&call->plan, &call->refusal)) {
		call->next = 0;
		call->failed = 0;
		if (try_from(call, false))
			return true;
	}
	return false;
}

enum target_result call_next_target(struct call *call)
{
	if (try_from(call, false))
		return TARGET_OFFERED;
	if (!call->plan.emergency && try_further_routes(call))
		return TARGET_OFFERED;
	if (!call->plan.emergency)
		return TARGET_NONE;
	if (emergency_take_over(call))
		return TARGET_WAIT;
	/* Nothing to be taken: over the trunk's limit, the provider decides. */
	call->next = 0;
	return try_from(call, true) ? TARGET_OFFERED : TARGET_NONE;
}
