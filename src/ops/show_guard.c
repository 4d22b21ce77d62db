/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* What was refused: strangers and calls. */
#include <stdio.h>

#include "core/fraud.h"
#include "ops/ops.h"
#include "ops/show.h"

static json_t *words(const char *at, size_t count, size_t size)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count && at[i * size]; i++)
		json_array_append_new(list, show_text(at + i * size));
	return list;
}

json_t *show_attacker(const struct ops_attacker *a, const struct show_clock *clock)
{
	return json_pack("{s:s,s:I,s:I,s:o,s:o,s:o,s:o,s:o}",
		"source", a->source, "requests", (json_int_t)a->requests,
		"wrong_passwords", (json_int_t)a->wrong,
		"first", show_time(clock, a->first),
		"last", show_time(clock, a->last),
		"methods", words(a->methods[0], 8, sizeof(a->methods[0])),
		"user_agents", words(a->agents[0], 4, sizeof(a->agents[0])),
		"called", words(a->called[0], 8, sizeof(a->called[0])));
}

json_t *show_refusal(const struct fraud_refusal *r, const struct show_clock *clock)
{
	return json_pack("{s:o,s:o,s:o,s:o,s:o}",
		"time", show_time(clock, r->when), "from", show_text(r->from),
		"to", show_text(r->to), "number", show_text(r->number),
		"why", show_text(r->why));
}

json_t *show_usage(const struct fraud_usage *u)
{
	const struct config_fraud *c = u->limits;
	char what[64];

	snprintf(what, sizeof(what), "%s%s%s", u->kind, u->name[0] ? ":" : "", u->name);
	return json_pack("{s:o,s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:i}",
		"what", show_text(what),
		"calls_hour", (int)u->used.calls_hour,
		"calls_day", (int)u->used.calls_day,
		"minutes_hour", (int)(u->used.seconds_hour / 60),
		"minutes_day", (int)(u->used.seconds_day / 60),
		"most_calls_hour", (int)c->calls_hour,
		"most_calls_day", (int)c->calls_day,
		"most_minutes_hour", (int)c->minutes_hour,
		"most_minutes_day", (int)c->minutes_day);
}
