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
	}
	return false;
}

static void add_target(struct plan *p, enum target_kind kind, const char *name)
{
	if (p->count < ROUTE_TARGETS)
		p->target[p->count++] = (struct target){ kind, name };
}

static void add_ends(struct plan *p, const struct route_end *ends, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (ends[i].kind == ROUTE_TRUNK)
			add_target(p, TARGET_TRUNK, ends[i].name);
		else if (ends[i].kind == ROUTE_GROUP)
			add_target(p, TARGET_GROUP, ends[i].name);
		else if (ends[i].kind == ROUTE_LINE)
			add_target(p, TARGET_LINE, ends[i].name);
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

static int by_route(const struct config_route *r, const struct leg_offer *o,
		    struct plan *p, struct release *refused)
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
	add_ends(p, r->to, r->to_count);
	return 0;
}

static const struct config_route *find_route(struct box *box, const struct trunk *trunk,
					     const struct line *line,
					     const struct leg_offer *o)
{
	for (size_t i = 0; i < box->conf->route_count; i++) {
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

static void add_emergency(struct box *box, const struct trunk *trunk, struct plan *p)
{
	const struct config_emergency *e = &box->conf->emergency;

	add_ends(p, e->via, e->via_count);
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
		(!trunk || find_route(box, trunk, line, o));
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

	*p = (struct plan){ .calling = o->calling };
	snprintf(p->called, sizeof(p->called), "%s", o->called);
	p->emergency = is_emergency(box, trunk, line, o);
	if (p->emergency)
		add_emergency(box, trunk, p);
	if (p->count)
		return 0;
	r = find_route(box, trunk, line, o);
	if (r) {
		int rc = by_route(r, o, p, refused);

		if (!rc && !p->emergency)
			find_prefixed_emergency(box, trunk, p);
		return rc;
	}
	if (trunk && number_exists(box->conf, o->called)) {
		add_target(p, TARGET_NUMBER, o->called);
		return 0;
	}
	if (line && line->conf->trunk[0]) {
		add_target(p, TARGET_TRUNK, line->conf->trunk);
		return 0;
	}
	release_set(refused, CAUSE_UNALLOCATED, false, trunk ?
		    "no line has the number %.40s and no route takes it" :
		    "no route takes the number %.40s", o->called);
	return -ENOENT;
}
