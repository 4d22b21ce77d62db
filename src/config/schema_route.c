/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Keys of groups and routes. */
#include "config/schema_row.h"

static const struct word hunts[] = {
	{ "linear", HUNT_LINEAR }, { "circular", HUNT_CIRCULAR },
	{ "least-used", HUNT_LEAST_USED }, { NULL, 0 }
};
static const struct word causes[] = {
	{ "unallocated", CAUSE_UNALLOCATED }, { "no-route", CAUSE_NO_ROUTE },
	{ "busy", CAUSE_BUSY }, { "no-answer", CAUSE_NO_ANSWER },
	{ "rejected", CAUSE_REJECTED }, { "invalid-number", CAUSE_INVALID_NUMBER },
	{ "out-of-order", CAUSE_DESTINATION_OUT_OF_ORDER },
	{ "congestion", CAUSE_CONGESTION },
	{ "not-authorized", CAUSE_BEARER_NOT_AUTHORIZED }, { NULL, 0 }
};

/* Besides the numbers of all others. */
static const struct word next_causes[] = {
	{ "unallocated", CAUSE_UNALLOCATED }, { "no-route", CAUSE_NO_ROUTE },
	{ "busy", CAUSE_BUSY }, { "no-response", CAUSE_NO_RESPONSE },
	{ "no-answer", CAUSE_NO_ANSWER }, { "absent", CAUSE_SUBSCRIBER_ABSENT },
	{ "rejected", CAUSE_REJECTED }, { "invalid-number", CAUSE_INVALID_NUMBER },
	{ "out-of-order", CAUSE_DESTINATION_OUT_OF_ORDER },
	{ "no-circuit", CAUSE_NO_CIRCUIT },
	{ "network-out-of-order", CAUSE_NETWORK_OUT_OF_ORDER },
	{ "temporary-failure", CAUSE_TEMPORARY_FAILURE },
	{ "congestion", CAUSE_CONGESTION },
	{ "not-authorized", CAUSE_BEARER_NOT_AUTHORIZED },
	{ "timeout", CAUSE_TIMER_EXPIRED }, { NULL, 0 }
};

static void prepare_group(void *base)
{
	((struct config_group *)base)->limit = (struct config_limit){ -1, -1, -1 };
}

#define G struct config_group
static const struct key group_keys[] = {
	{ "name", TEXT(G, name, check_name), .required = true,
	  .what = "what routes call this group" },
	{ "lines", .set = set_texts, COUNTED(G, lines, line_count), .check = check_name,
	  .least = 1, .most = 9999, .shape = "a list of lines' names", .required = true,
	  .what = "its lines, in the order of hunting" },
	{ "hunt", WORD(G, hunt, hunts, "\"linear\""),
	  .what = "first idle one, the one after the last used, the least used" },
	{ "max_calls", LIMIT(G, limit.max), .what = "calls at the same time" },
	{ "max_calls_in", LIMIT(G, limit.max_in), .what = "of these, calls from its lines" },
	{ "max_calls_out", LIMIT(G, limit.max_out), .what = "of these, calls to its lines" },
};
#undef G

const struct section groups_section = {
	"groups", "group", KEYS(group_keys), sizeof(struct config_group), prepare_group,
};

#define R struct config_route
static const struct key route_keys[] = {
	{ "from", .set = set_end, FIELD(R, from), .standard = "\"any\"",
	  .shape = "\"any\", \"trunk:NAME\", \"trunk_group:NAME\", \"group:NAME\" or \"line:NAME\"",
	  .what = "where a call must come from" },
	{ "called", TEXT(R, called, check_map), .absent = "any number",
	  .what = "digit map of the called number" },
	{ "calling", TEXT(R, calling, check_map), .absent = "any number",
	  .what = "digit map of the caller's number" },
	{ "strip", NUMBER(R, strip, 0, 32, NULL, "0"),
	  .what = "digits taken off the front of the called number" },
	{ "prefix", TEXT(R, prefix, check_prefix), .absent = "none",
	  .what = "then put in front of it" },
	{ "calling_strip", NUMBER(R, calling_strip, 0, 32, NULL, "0"),
	  .what = "digits taken off the front of the caller's number" },
	{ "calling_prefix", TEXT(R, calling_prefix, check_prefix), .absent = "none",
	  .what = "then put in front of it" },
	{ "calling_number", TEXT(R, calling_number, check_number), .absent = "as it is",
	  .what = "replaces the caller's number" },
	{ "to", .set = set_ends, COUNTED(R, to, to_count), .least = 1,
	  .most = ROUTE_TARGETS, .absent = "none, with reject",
	  .shape = "a list of \"trunk:NAME\", \"trunk_group:NAME\", \"group:NAME\" and \"line:NAME\"",
	  .what = "where the call goes; the next one when one is busy or down" },
	{ "next_on", .set = set_next_on, FIELD(R, next_on), .words = next_causes,
	  .least = 1, .most = 64,
	  .absent = "when circuits are busy, out of order or silent, not when the callee is",
	  .shape = "a list of the words below and of Q.850 causes in quotes, like \"57\"",
	  .what = "causes of failure after which the next of to is tried" },
	{ "next_route", BOOL(R, next_route, "false"),
	  .what = "when all of to have failed so, try the next route that fits the call" },
	{ "cadence", TEXT(R, cadence, check_name), .absent = "as the call asks (Alert-Info)",
	  .what = "how a telephone rings: name of a cadence" },
	{ "reject", .set = set_reject, .words = causes, .absent = "not refused",
	  .what = "refuse such calls; also the number of a Q.850 cause listed here" },
};
#undef R

static void prepare_route(void *base)
{
	((struct config_route *)base)->from.name = "";
}

const struct section routes_section = {
	"routes", "route", KEYS(route_keys), sizeof(struct config_route), prepare_route,
};
