/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Groups, routes and emergency calls. */
#include <string.h>

#include "config/check.h"
#include "config/value.h"

/* Of a list in which some elements were refused: the one with this name. */
static const config_setting_t *named(const config_setting_t *list, const char *name)
{
	for (int i = 0; i < config_setting_length(list); i++) {
		const config_setting_t *e = config_setting_get_elem(list, (unsigned)i);
		const char *text = config_setting_get_string(e);
		const char *colon = text ? strchr(text, ':') : NULL;

		if (text && !strcmp(colon ? colon + 1 : text, name))
			return e;
	}
	return list;
}

void check_groups(struct loader *l)
{
	for (size_t i = 0; i < l->conf->group_count; i++) {
		const config_setting_t *s = check_element(l, "groups", i);
		const config_setting_t *lines = check_place(s, "lines");
		const struct config_group *g = &l->conf->groups[i];
		bool faulty = setting_faulty(lines);

		check_limit(l, s, &g->limit, g->line_count, "this group has");
		if (lines == s)
			continue;
		for (size_t k = 0; k < g->line_count; k++) {
			/* Refused elements are not counted in line_count. */
			const config_setting_t *at = faulty ?
				named(lines, g->lines[k]) : value_element(lines, k);

			check_line_name(l, at, g->lines[k]);
			for (size_t m = 0; m < k && !faulty; m++)
				if (!strcmp(g->lines[m], g->lines[k]))
					report_at(l, at, "line %s stands in this group twice; keep one",
						  g->lines[k]);
		}
	}
}

static bool same_end(const struct route_end *a, const struct route_end *b)
{
	return a->kind == b->kind && !strcmp(a->name, b->name);
}

static void check_ends(struct loader *l, const config_setting_t *list,
		       const struct route_end *ends, size_t count)
{
	bool faulty = list && setting_faulty(list);

	if (!list)
		return;
	for (size_t i = 0; i < count; i++) {
		check_end(l, faulty ? named(list, ends[i].name) :
			  value_element(list, i), &ends[i]);
		for (size_t k = 0; k < i && !faulty; k++)
			if (same_end(&ends[i], &ends[k]))
				report_at(l, value_element(list, i),
					  "%s stands here twice; keep one", ends[i].name);
	}
}

static void check_aim(struct loader *l, const config_setting_t *s,
		      const struct config_route *r)
{
	if (!r->reject && !r->to_count && !setting_faulty(s))
		report_at(l, s, "this route leads nowhere; add to = [ ... ], or reject = \"rejected\"");
	if (r->reject && r->to_count)
		report_at(l, check_place(s, "reject"),
			  "this route has to as well as reject; leave one out");
	if (r->reject && (r->next_on_given || r->next_route))
		report_at(l, s, "next_on and next_route go with to, not with reject; leave them out");
	if (*r->calling_number && (r->calling_strip || *r->calling_prefix))
		report_at(l, check_place(s, "calling_number"),
			  "calling_number replaces the whole number; leave calling_strip and calling_prefix out");
}

/* An earlier route that takes every call this one could take. */
static void check_reached(struct loader *l, const config_setting_t *s, size_t i)
{
	const struct config_route *r = &l->conf->routes[i];

	for (size_t k = 0; k < i; k++) {
		const struct config_route *other = &l->conf->routes[k];

		if (other->next_route || (*other->called && strcmp(other->called, r->called)) ||
		    (*other->calling && strcmp(other->calling, r->calling)) ||
		    (other->from.kind != ROUTE_ANY && !same_end(&other->from, &r->from)) ||
		    setting_faulty(check_element(l, "routes", k)))
			continue;
		report_at(l, s, "this route is never reached: the one of line %d takes all its calls; put this one before it",
			  other->place.line);
		return;
	}
}

void check_routes(struct loader *l)
{
	const struct config *conf = l->conf;

	for (size_t i = 0; i < conf->route_count; i++) {
		const config_setting_t *s = check_element(l, "routes", i);
		const struct config_route *r = &conf->routes[i];
		bool faulty = setting_faulty(s);

		check_end(l, check_place(s, "from"), &r->from);
		if (check_given(s, "to"))
			check_ends(l, check_place(s, "to"), r->to, r->to_count);
		check_aim(l, s, r);
		if (!faulty)
			check_reached(l, s, i);
	}
	check_ends(l, config_lookup(&l->raw, "emergency.via"), conf->emergency.via,
		   conf->emergency.via_count);
}
