/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * Whether a call may be sent on to another number of the trunk it goes through,
 * or a party to another number at all: only where that one could have dialled
 * something that ends there. So every route, digit map and refusal holds for a
 * redirection and a transfer as for a call.
 */
#include <stdio.h>
#include <string.h>

#include "base/digit_map.h"
#include "base/e164.h"
#include "core/call.h"
#include "core/emergency.h"
#include "core/fraud.h"
#include "core/group.h"
#include "core/line.h"
#include "core/number.h"
#include "core/route.h"

/* What the caller would have dialled for `number`, if routes do with it what
 * they did with this call: the digits that were taken off come back, those put
 * in front go. False: nothing he could dial ends in it so. */
static bool undo(const struct call *call, const char *number,
		 char out[PARTY_NUMBER_SIZE])
{
	const char *dialled = call->offer.called, *sent = call->plan.called;
	size_t a = strlen(dialled), b = strlen(sent);

	while (a && b && dialled[a - 1] == sent[b - 1])
		a--, b--;
	if (strncmp(number, sent, b))
		return false;
	return (size_t)snprintf(out, PARTY_NUMBER_SIZE, "%.*s%s", (int)a, dialled,
				number + b) < PARTY_NUMBER_SIZE;
}

static bool leads_to(const struct call *call, const char *dialled,
		     const char *number, const char *trunk)
{
	struct line *line = call_line(call);
	struct leg_offer o = call->offer;
	struct release refused;
	struct plan plan;

	if (line && line->conf->digit_map[0] &&
	    !digit_map_has(line->conf->digit_map, dialled))
		return false;
	snprintf(o.called, sizeof(o.called), "%s", dialled);
	o.emergency = false;
	if (route_plan(call->box, call->trunk[SIDE_A], line, &o, &plan, &refused) ||
	    plan.emergency || !number_equal(plan.called, number))
		return false;
	for (unsigned i = 0; i < plan.count; i++)
		if (plan.target[i].kind == TARGET_TRUNK &&
		    !strcmp(plan.target[i].name, trunk))
			return true;
	return false;
}

/* The number as it came, and as others may write it; NULL: no more ways. */
static const char *written(char form[PARTY_NUMBER_SIZE], const char *number,
			   enum number_format f, const struct country *c)
{
	struct e164_plan plan = { c->country_code, c->national_prefix,
				  c->international_prefix };

	if (f == NUMBER_UNCHANGED)
		return snprintf(form, PARTY_NUMBER_SIZE, "%s", number), form;
	if (!e164_read(form, number, &plan, false))
		return NULL;
	e164_write(form, form, f, &plan);
	return form;
}

bool leg_may_redirect(struct leg *leg, const char *number)
{
	struct call *call = leg->call;
	char form[PARTY_NUMBER_SIZE], dialled[PARTY_NUMBER_SIZE];
	struct release refused;

	if (!call || !leg->outgoing || call->plan.emergency)
		return false;
	if (emergency_is(call->box, number) ||
	    fraud_check(call, leg->name, NULL, number, &refused))
		return false;
	/* The provider may write it otherwise than routes do. */
	for (enum number_format f = NUMBER_UNCHANGED; f <= NUMBER_NATIONAL; f++) {
		if (!written(form, number, f, &call->conf->country))
			break;
		if (undo(call, form, dialled) &&
		    leads_to(call, dialled, form, leg->name))
			return true;
	}
	return false;
}

/* ----------------------------------------------------------------- transfers */

static bool is_exchange(struct box *box, const struct target *t)
{
	const struct group *g = t->kind == TARGET_GROUP ? group_find(box, t->name) : NULL;
	const struct line *l = NULL;

	if (t->kind == TARGET_LINE)
		l = box_line(box, t->name);
	else if (g && g->conf && g->conf->line_count)
		l = box_line(box, g->conf->lines[0]);
	return l && l->kind == PORT_FXO;
}

/* Who is connected through a line to an exchange cannot dial here: who hands
 * him on may do so at its own trunk, or to a telephone. */
static bool within_reach(struct call *call, const struct leg *by,
			 const struct line *line, const struct plan *p)
{
	struct release refused;
	bool any = false;

	for (unsigned i = 0; i < p->count; i++) {
		const struct target *t = &p->target[i];
		bool exchange = is_exchange(call->box, t);

		if (line && line->kind == PORT_FXO &&
		    (exchange || (t->kind == TARGET_TRUNK && strcmp(t->name, by->name))))
			return false;
		any |= t->kind != TARGET_TRUNK ||
		       !fraud_check(call, t->name, NULL, p->called, &refused);
	}
	return any;
}

static bool could_dial(struct call *call, const struct leg *by, const char *number)
{
	int side = by->outgoing ? SIDE_A : SIDE_B;
	const struct line *line = line_of_leg(call->leg[side]);
	struct leg_offer o = { .complete = true };
	struct release refused;
	struct plan plan;

	if (line && line->kind == PORT_FXS && line->conf->digit_map[0] &&
	    !digit_map_has(line->conf->digit_map, number))
		return false;
	o.calling = call->offer.calling;
	snprintf(o.called, sizeof(o.called), "%s", number);
	return !route_plan(call->box, call->trunk[side], line, &o, &plan, &refused) &&
	       !plan.emergency && within_reach(call, by, line, &plan);
}

bool call_reaches(struct call *call, const struct leg *by, const char *number,
		  char dialled[PARTY_NUMBER_SIZE])
{
	const struct line *line = line_of_leg(call->leg[!by->outgoing]);
	char form[PARTY_NUMBER_SIZE];

	/* Itself it has already. */
	if (emergency_is(call->box, number) ||
	    (line && number_equal(line->conf->number, number)))
		return false;
	/* As this call was dialled, with a prefix for the trunk perhaps. */
	for (enum number_format f = NUMBER_UNCHANGED; by->outgoing && f <= NUMBER_NATIONAL;
	     f++) {
		if (!written(form, number, f, &call->conf->country))
			break;
		if (undo(call, form, dialled) &&
		    leads_to(call, dialled, form, by->name) && could_dial(call, by, dialled))
			return true;
	}
	for (enum number_format f = NUMBER_UNCHANGED; f <= NUMBER_NATIONAL; f++) {
		if (!written(dialled, number, f, &call->conf->country))
			break;
		if (could_dial(call, by, dialled))
			return true;
	}
	return false;
}
