/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* What was refused: strangers and calls. */
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
	return json_pack("{s:s,s:I,s:o,s:o,s:o,s:o,s:o}",
		"source", a->source, "requests", (json_int_t)a->requests,
		"first", show_time(clock, a->first),
		"last", show_time(clock, a->last),
		"methods", words(a->methods[0], 8, sizeof(a->methods[0])),
		"user_agents", words(a->agents[0], 4, sizeof(a->agents[0])),
		"called", words(a->called[0], 8, sizeof(a->called[0])));
}
