/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* What several checks share; names. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "config/check.h"

const config_setting_t *check_element(struct loader *l, const char *list, size_t i)
{
	return config_setting_get_elem(config_lookup(&l->raw, list), i);
}

bool check_given(const config_setting_t *group, const char *key)
{
	return config_setting_is_group(group) && config_setting_get_member(group, key);
}

const config_setting_t *check_place(const config_setting_t *group, const char *key)
{
	return check_given(group, key) ? config_setting_get_member(group, key) : group;
}

/* ------------------------------------------------------------------ limits */

static void check_bound(struct loader *l, const config_setting_t *group,
			const char *key, int bound, int whole, size_t lines,
			const char *whose)
{
	if (bound > whole && whole >= 0)
		report_at(l, check_place(group, key), "%s is %d, more than max_calls, %d",
			  key, bound, whole);
	else if (lines && bound > (int)lines)
		report_at(l, check_place(group, key),
			  "%s is %d, but %s %zu line%s; at most %zu call%s can be",
			  key, bound, whose, lines, lines == 1 ? "" : "s", lines,
			  lines == 1 ? "" : "s");
}

void check_limit(struct loader *l, const config_setting_t *group,
		 const struct config_limit *limit, size_t lines, const char *whose)
{
	check_bound(l, group, "max_calls", limit->max, -1, lines, whose);
	check_bound(l, group, "max_calls_in", limit->max_in, limit->max, lines, whose);
	check_bound(l, group, "max_calls_out", limit->max_out, limit->max, lines, whose);
}

/* ------------------------------------------------------------------- names */

static const char *trunk_name(const void *list, size_t i)
{
	return ((const struct config_trunk *)list)[i].name;
}

static const char *span_name(const void *list, size_t i)
{
	return ((const struct config_span *)list)[i].trunk.name;
}

static const char *span_port(const void *list, size_t i)
{
	return ((const struct config_span *)list)[i].port;
}

static const char *line_name(const void *list, size_t i)
{
	return ((const struct config_line *)list)[i].name;
}

static const char *group_name(const void *list, size_t i)
{
	return ((const struct config_group *)list)[i].name;
}

static const char *trunk_group_name(const void *list, size_t i)
{
	return ((const struct config_trunk_group *)list)[i].name;
}

static void no_such(struct loader *l, const config_setting_t *s, const char *what,
		    const char *name, const char *(*word)(const void *, size_t),
		    const void *list, size_t count)
{
	const char *near;

	for (size_t i = 0; i < count; i++)
		if (!strcmp(word(list, i), name))
			return;
	near = suggest(name, word, list, count);
	if (near)
		report_at(l, s, "there is no %s \"%s\"; did you mean \"%s\"?", what, name, near);
	else
		report_at(l, s, "there is no %s \"%s\"; add it to %ss, or correct the name",
			  what, name, what);
}

void check_trunk_name(struct loader *l, const config_setting_t *s, const char *name)
{
	if (!config_span(l->conf, name))
		no_such(l, s, "trunk", name, trunk_name, l->conf->trunks,
			l->conf->trunk_count);
}

void check_line_name(struct loader *l, const config_setting_t *s, const char *name)
{
	no_such(l, s, "line", name, line_name, l->conf->lines, l->conf->line_count);
}

void check_end(struct loader *l, const config_setting_t *s, const struct route_end *end)
{
	switch (end->kind) {
	case ROUTE_ANY:
		break;
	case ROUTE_TRUNK:
		check_trunk_name(l, s, end->name);
		break;
	case ROUTE_LINE:
		check_line_name(l, s, end->name);
		break;
	case ROUTE_GROUP:
		no_such(l, s, "group", end->name, group_name, l->conf->groups,
			l->conf->group_count);
		break;
	case ROUTE_TRUNK_GROUP:
		no_such(l, s, "trunk group", end->name, trunk_group_name,
			l->conf->trunk_groups, l->conf->trunk_group_count);
		break;
	}
}

/* Each name, or port, stands once in its list. */
static void check_unique(struct loader *l, const char *list, const char *key,
			 const char *one, const char *(*word)(const void *, size_t),
			 const void *objects, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		const char *mine = word(objects, i);

		for (size_t k = 0; *mine && k < i; k++) {
			if (strcmp(mine, word(objects, k)))
				continue;
			report_at(l, check_place(check_element(l, list, i), key),
				  "%s \"%s\" is taken already, in line %u; each %s needs its own",
				  key, mine,
				  setting_line(check_place(check_element(l, list, k), key)),
				  one);
			break;
		}
	}
}

static const char *line_port(const void *list, size_t i)
{
	return ((const struct config_line *)list)[i].port;
}

void check_all(struct loader *l)
{
	struct config *conf = l->conf;

	check_unique(l, "trunks", "name", "trunk", trunk_name, conf->trunks, conf->trunk_count);
	check_unique(l, "spans", "name", "span", span_name, conf->spans, conf->span_count);
	check_unique(l, "spans", "port", "span", span_port, conf->spans, conf->span_count);
	check_unique(l, "lines", "name", "line", line_name, conf->lines, conf->line_count);
	check_unique(l, "lines", "port", "line", line_port, conf->lines, conf->line_count);
	check_unique(l, "groups", "name", "group", group_name, conf->groups, conf->group_count);
	check_unique(l, "trunk_groups", "name", "trunk group", trunk_group_name,
		     conf->trunk_groups, conf->trunk_group_count);
	check_limit(l, config_root_setting(&l->raw), &conf->limit,
		    conf->span_count ? 0 : conf->line_count, "the box has");
	check_trunks(l);
	check_spans(l);
	check_lines(l);
	check_groups(l);
	check_routes(l);
	check_ringing(l);
	check_net(l);
}
