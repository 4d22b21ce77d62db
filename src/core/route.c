/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "core/route.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/digit_map.h"
#include "core/box.h"
#include "core/emergency.h"
#include "core/line.h"
#include "core/number.h"

static bool trunk_group_has(const struct config_trunk_group *g, const char *trunk)
{
	for (size_t i = 0; g && i < g->trunk_count; i++)
		if (!strcmp(g->trunks[i], trunk))
			return true;
	return false;
}

bool route_is_from(struct box *box, const struct config_route *r,
		   const struct trunk *trunk, const struct line *line)
{
	struct group *g;

	switch (r->from.kind) {
	case ROUTE_ANY:
		return true;
	case ROUTE_TRUNK:
		return trunk && !strcmp(trunk->name, r->from.name);
	case ROUTE_LINE:
		return line && !strcmp(line->name, r->from.name);
	case ROUTE_GROUP:
		g = line ? group_find(box, r->from.name) : NULL;
		return g && group_has(g, line->name);
	case ROUTE_TRUNK_GROUP:
		return trunk && trunk_group_has(config_trunk_group(box->conf,
					       r->from.name), trunk->name);
	}
	return false;
}

static void add_target(struct plan *p, enum target_kind kind, const char *name)
{
	if (p->count < PLAN_TARGETS)
		p->target[p->count++] = (struct target){ kind, name };
}

/* Multiples of the golden ratio spread evenly over [0, 1), here 32 bits, whether
 * each call comes here or each second one. */
static uint32_t scatter(uint32_t n)
{
	return n * 0x9e3779b9u;
}

/* The one that the lot falls on, of those with a weight left. */
static size_t draw(const unsigned *weight, size_t count, uint32_t lot)
{
	unsigned total = 0;
	size_t i;

	for (i = 0; i < count; i++)
		total += weight[i];
	if (!total)
		return count;
	lot = (uint32_t)((uint64_t)lot * total >> 32);
	for (i = 0; lot >= weight[i]; i++)
		lot -= weight[i];
	return i;
}

/* With weights: drawn by them without putting back, as RFC 2782 does; weight 0
 * comes last. The lot is the call's number, so that a call is repeatable. */
static void add_trunk_group(struct box *box, struct plan *p, const char *name)
{
	const struct config_trunk_group *g = config_trunk_group(box->conf, name);
	unsigned weight[ROUTE_TARGETS] = { 0 };
	uint32_t lot = scatter((uint32_t)box->next_call_id);
	size_t i;

	if (!g)
		return;
	for (i = 0; i < g->weight_count; i++)
		weight[i] = g->weights[i];
	while ((i = draw(weight, g->weight_count, lot)) < g->weight_count) {
		add_target(p, TARGET_TRUNK, g->trunks[i]);
		weight[i] = 0;
		lot = scatter(lot);
	}
	for (i = 0; i < g->trunk_count; i++)
		if (!g->weight_count || !g->weights[i])
			add_target(p, TARGET_TRUNK, g->trunks[i]);
}

static void add_ends(struct box *box, struct plan *p, const struct route_end *ends,
		     size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (ends[i].kind == ROUTE_TRUNK)
			add_target(p, TARGET_TRUNK, ends[i].name);
		else if (ends[i].kind == ROUTE_GROUP)
			add_target(p, TARGET_GROUP, ends[i].name);
		else if (ends[i].kind == ROUTE_LINE)
			add_target(p, TARGET_LINE, ends[i].name);
		else if (ends[i].kind == ROUTE_TRUNK_GROUP)
			add_trunk_group(box, p, ends[i].name);
}

static bool matches(const char *map, const char *number)
{
	return !map[0] || digit_map_has(map, number);
}

static int rewrite(const struct config_route *r, const struct leg_offer *o,
		   struct plan *p)
{
	int rc = number_rewrite(p->called, o->called, r->strip, r->prefix);

	if (rc)
		return rc;
	if (r->calling_number[0]) {
		snprintf(p->calling.number, sizeof(p->calling.number), "%s",
			 r->calling_number);
		return 0;
	}
	if (!o->calling.number[0])
		return 0;
	return number_rewrite(p->calling.number, o->calling.number,
			      r->calling_strip, r->calling_prefix);
}

static int by_route(struct box *box, const struct config_route *r,
		    const struct leg_offer *o, struct plan *p,
		    struct release *refused)
{
	if (r->reject) {
		release_set(refused, r->reject_cause ? r->reject_cause : CAUSE_REJECTED,
			    false, "refused by the route at line %d", r->place.line);
		return -ENOENT;
	}
	if (rewrite(r, o, p)) {
		release_set(refused, CAUSE_INVALID_NUMBER, false,
			    "%s is too long with its prefix", o->called);
		return -ENOENT;
	}
	p->route = r;
	add_ends(box, p, r->to, r->to_count);
	return 0;
}

static const struct config_route *find_route(struct box *box, const struct trunk *trunk,
					     const struct line *line,
					     const struct leg_offer *o, size_t first)
{
	for (size_t i = first; i < box->conf->route_count; i++) {
		const struct config_route *r = &box->conf->routes[i];

		if (route_is_from(box, r, trunk, line) && matches(r->called, o->called) &&
		    matches(r->calling, o->calling.number))
			return r;
	}
	return NULL;
}

static bool number_exists(const struct config *conf, const char *number)
{
	for (size_t i = 0; i < conf->line_count; i++)
		if (number_equal(conf->lines[i].number, number))
			return true;
	return false;
}

bool route_is_number_of(const struct config *conf, const char *span, const char *called)
{
	const struct config_span *s = config_span(conf, span);

	for (size_t i = 0; s && i < s->number_count; i++)
		if (digit_map_has(s->numbers[i], called))
			return true;
	return false;
}

/* The span that has the number; not back to where the call comes from. */
static const char *find_span(const struct config *conf, const struct trunk *from,
			     const char *called)
{
	for (size_t i = 0; i < conf->span_count; i++) {
		const char *name = conf->spans[i].trunk.name;

		if ((!from || strcmp(from->name, name)) &&
		    route_is_number_of(conf, name, called))
			return name;
	}
	return NULL;
}

static void add_emergency(struct box *box, const struct trunk *trunk, struct plan *p)
{
	const struct config_emergency *e = &box->conf->emergency;

	add_ends(box, p, e->via, e->via_count);
	/* Not back to where it came from. */
	for (unsigned i = 0; trunk && i < p->count; i++)
		if (p->target[i].kind == TARGET_TRUNK &&
		    !strcmp(p->target[i].name, trunk->name)) {
			memmove(&p->target[i], &p->target[i + 1],
				(p->count - i - 1) * sizeof(p->target[0]));
			p->count--;
			i--;
		}
}

/* From a line, at once and without any prefix. From a trunk only where a route
 * lets its callers dial out at all: a stranger's 911 must not seize our lines. */
static bool is_emergency(struct box *box, const struct trunk *trunk,
			 const struct line *line, const struct leg_offer *o)
{
	if (o->emergency)
		return true;
	return emergency_is(box, o->called) &&
		(!trunk || find_route(box, trunk, line, o, 0));
}

/* The habit of a prefix must not cost a life: 9 911 is 911. */
static void find_prefixed_emergency(struct box *box, const struct trunk *trunk,
				    struct plan *p)
{
	struct plan via = *p;

	if (!emergency_is(box, p->called))
		return;
	p->emergency = true;
	via.count = 0;
	add_emergency(box, trunk, &via);
	if (via.count) {
		via.emergency = true;
		*p = via;
	}
}

/* called stays the offer's: TARGET_NUMBER lives as long as the call does. */
int route_plan(struct box *box, const struct trunk *trunk, const struct line *line,
	       const struct leg_offer *o, struct plan *p, struct release *refused)
{
	const struct config_route *r;
	const char *span;

	*p = (struct plan){ .calling = o->calling };
	snprintf(p->called, sizeof(p->called), "%s", o->called);
	p->emergency = is_emergency(box, trunk, line, o);
	if (p->emergency)
		add_emergency(box, trunk, p);
	if (p->count)
		return 0;
	r = find_route(box, trunk, line, o, 0);
	if (r) {
		int rc = by_route(box, r, o, p, refused);

		if (!rc && !p->emergency)
			find_prefixed_emergency(box, trunk, p);
		return rc;
	}
	if (trunk && number_exists(box->conf, o->called)) {
		add_target(p, TARGET_NUMBER, o->called);
		return 0;
	}
	span = find_span(box->conf, trunk, o->called);
	if (!span && trunk) {
		const struct config_span *from = config_span(box->conf, trunk->name);

		span = from && from->calls_to[0] ? from->calls_to : NULL;
	}
	if (span) {
		add_target(p, TARGET_TRUNK, span);
		return 0;
	}
	if (line && line->conf->trunk[0]) {
		add_target(p, TARGET_TRUNK, line->conf->trunk);
		return 0;
	}
	release_set(refused, CAUSE_UNALLOCATED, false, !trunk ?
		    "no route takes the number %.40s" : box->conf->span_count ?
		    "no line or span has the number %.40s and no route takes it" :
		    "no line has the number %.40s and no route takes it", o->called);
	return -ENOENT;
}

int route_plan_next(struct box *box, const struct trunk *trunk,
		    const struct line *line, const struct leg_offer *o,
		    struct plan *p, struct release *refused)
{
	const struct config_route *all = box->conf->routes, *r = p->route;

	/* After a reload the others are of another configuration. */
	if (!r || !r->next_route || r < all || r >= all + box->conf->route_count)
		return -ENOENT;
	r = find_route(box, trunk, line, o, (size_t)(r - all) + 1);
	if (!r)
		return -ENOENT;
	*p = (struct plan){ .calling = o->calling, .emergency = p->emergency };
	snprintf(p->called, sizeof(p->called), "%s", o->called);
	return by_route(box, r, o, p, refused);
}

bool route_goes_on(const struct plan *p, enum cause cause)
{
	if (p->route && p->route->next_on_given)
		return cause < 128 &&
		       p->route->next_on[cause / 32] >> cause % 32 & 1;
	switch (cause) {
	case CAUSE_NO_ROUTE_TRANSIT:
	case CAUSE_NO_ROUTE:
	case CAUSE_NO_RESPONSE:
	case CAUSE_SUBSCRIBER_ABSENT:
	case CAUSE_DESTINATION_OUT_OF_ORDER:
	case CAUSE_NO_CIRCUIT:
	case CAUSE_NETWORK_OUT_OF_ORDER:
	case CAUSE_TEMPORARY_FAILURE:
	case CAUSE_CONGESTION:
	case CAUSE_CHANNEL_UNAVAILABLE:
	case CAUSE_RESOURCE_UNAVAILABLE:
	case CAUSE_TIMER_EXPIRED:
		return true;
	default:
		return false;
	}
}
