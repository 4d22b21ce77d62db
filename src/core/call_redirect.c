/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * Whether a call may be sent on to another number of the trunk it goes through:
 * only where its caller could have dialled something that ends there. So every
 * route, digit map and refusal holds for a redirection as for a call.
 */
#include <stdio.h>
#include <string.h>

#include "base/digit_map.h"
#include "base/e164.h"
#include "core/call.h"
#include "core/emergency.h"
#include "core/fraud.h"
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
	struct line *line = line_of_leg(call->leg[SIDE_A]);
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

bool leg_may_redirect(struct leg *leg, const char *number)
{
	struct call *call = leg->call;
	const struct country *c;
	struct release refused;
	struct e164_plan plan;

	if (!call || !leg->outgoing || call->plan.emergency)
		return false;
	c = &call->conf->country;
	plan = (struct e164_plan){ c->country_code, c->national_prefix,
				   c->international_prefix };
	if (emergency_is(call->box, number) ||
	    fraud_check(call, leg->name, NULL, number, &refused))
		return false;
	/* The provider may write it otherwise than routes do. */
	for (enum number_format f = NUMBER_UNCHANGED; f <= NUMBER_NATIONAL; f++) {
		char form[PARTY_NUMBER_SIZE], dialled[PARTY_NUMBER_SIZE];

		if (f != NUMBER_UNCHANGED && !e164_read(form, number, &plan, false))
			break;
		e164_write(form, f == NUMBER_UNCHANGED ? number : form, f, &plan);
		if (undo(call, form, dialled) &&
		    leads_to(call, dialled, form, leg->name))
			return true;
	}
	return false;
}
