/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Primary rate spans. */
#include <string.h>

#include "config/check.h"
#include "config/value.h"

/* Routes and lines name trunks and spans alike. */
static void check_name_taken(struct loader *l, const config_setting_t *s,
			     const struct config_span *span)
{
	for (size_t i = 0; i < l->conf->trunk_count; i++)
		if (*span->trunk.name && !strcmp(l->conf->trunks[i].name, span->trunk.name))
			report_at(l, check_place(s, "name"),
				  "name \"%s\" is taken already, by the trunk in line %u; a span needs its own",
				  span->trunk.name,
				  setting_line(check_element(l, "trunks", i)));
}

static void check_way_out(struct loader *l, const config_setting_t *s,
			  const struct config_span *span)
{
	if (!*span->calls_to)
		return;
	if (!strcmp(span->calls_to, span->trunk.name))
		report_at(l, check_place(s, "calls_to"),
			  "calls_to sends calls from span %s back to it; name another trunk",
			  span->trunk.name);
	else
		check_trunk_name(l, check_place(s, "calls_to"), span->calls_to);
}

static bool has_way(const struct config *conf, const struct config_span *span)
{
	if (*span->calls_to || span->number_count)
		return true;
	for (size_t i = 0; i < conf->route_count; i++) {
		const struct config_route *r = &conf->routes[i];

		if (r->from.kind == ROUTE_ANY || r->from.kind == ROUTE_TRUNK_GROUP ||
		    (r->from.kind == ROUTE_TRUNK && !strcmp(r->from.name, span->trunk.name)))
			return true;
		for (size_t k = 0; k < r->to_count; k++)
			if (r->to[k].kind == ROUTE_TRUNK_GROUP ||
			    (r->to[k].kind == ROUTE_TRUNK &&
			     !strcmp(r->to[k].name, span->trunk.name)))
				return true;
	}
	return false;
}

void check_spans(struct loader *l)
{
	for (size_t i = 0; i < l->conf->span_count; i++) {
		const config_setting_t *s = check_element(l, "spans", i);
		const struct config_span *span = &l->conf->spans[i];

		check_name_taken(l, s, span);
		check_limit(l, s, &span->trunk.limit, span->t1 ? 23 : 30, "this span has");
		check_way_out(l, s, span);
		if (span->echo_ms && span->echo_ms < 8)
			report_at(l, check_place(s, "echo"),
				  "echo is %u ms; write 8 to 128, or 0 for none",
				  span->echo_ms);
		if (!setting_faulty(s) && !has_way(l->conf, span))
			report_at(l, s, "span %s has no way in or out; add calls_to = \"TRUNK\", and numbers = [ ... ] for calls to it",
				  span->trunk.name);
	}
}
