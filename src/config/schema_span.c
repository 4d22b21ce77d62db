/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Keys of a primary rate span. */
#include "config/schema_row.h"

static const struct word roles[] = {
	{ "network", SPAN_NETWORK }, { "user", SPAN_USER }, { NULL, 0 }
};
static const struct word switches[] = {
	{ "euroisdn", SWITCH_EUROISDN }, { "ni2", SWITCH_NI2 },
	{ "dms100", SWITCH_DMS100 }, { "4ess", SWITCH_4ESS },
	{ "5ess", SWITCH_5ESS }, { "ni1", SWITCH_NI1 },
	{ "qsig", SWITCH_QSIG }, { NULL, 0 }
};
static const struct word selections[] = {
	{ "ascending", SELECT_ASCENDING }, { "descending", SELECT_DESCENDING },
	{ NULL, 0 }
};
static const struct word channels[] = {
	{ "preferred", CHANNEL_PREFERRED }, { "exclusive", CHANNEL_EXCLUSIVE },
	{ NULL, 0 }
};
static const struct word numberings[] = {
	{ "auto", NUMBERING_AUTO }, { "unknown", NUMBERING_UNKNOWN },
	{ "international", NUMBERING_INTERNATIONAL }, { NULL, 0 }
};

static void prepare_span(void *base)
{
	((struct config_span *)base)->trunk.limit = (struct config_limit){ -1, -1, -1 };
}

#define S struct config_span
static const struct key span_keys[] = {
	{ "name", TEXT(S, trunk.name, check_name), .required = true,
	  .what = "what routes, lines and commands call this span; a span is a trunk" },
	{ "port", TEXT(S, port, check_span_port), .required = true,
	  .shape = "\"dahdi/span/NUMBER\" or \"sim/span/NAME\"",
	  .what = "its D channel and B channels" },
	{ "role", WORD(S, role, roles, NULL), .required = true,
	  .what = "which side we are: network towards a PBX, user towards an exchange" },
	{ "switch", WORD(S, type, switches, NULL), .required = true,
	  .what = "protocol, as the PBX is set" },
	{ "calls_to", TEXT(S, calls_to, check_name), .absent = "by routes only",
	  .what = "trunk that takes calls from this span that no route takes" },
	{ "numbers", .set = set_texts, COUNTED(S, numbers, number_count),
	  .check = check_map, .least = 1, .most = 256,
	  .shape = "a list of numbers or digit maps", .absent = "none",
	  .what = "calls to these go to the span where no route takes them" },
	{ "overlap", BOOL(S, overlap, "false"),
	  .what = "its callers may send their digits one by one" },
	{ "select", WORD(S, select, selections, NULL),
	  .absent = "ascending in role network, descending in role user",
	  .what = "which free B channel our calls take first" },
	{ "channel", WORD(S, channel, channels, NULL),
	  .absent = "exclusive in role network, preferred in role user",
	  .what = "whether the far end may give our call another B channel" },
	{ "number_type", WORD(S, numbering, numberings, "\"auto\""),
	  .what = "type of number that we send: by the number, always unknown, international wherever it can be told" },
	{ "dtmf_relay", BOOL(S, dtmf_relay, "true"),
	  .what = "digits go to SIP trunks as RFC 4733 events where these take them" },
	{ "echo", NUMBER(S, echo_ms, 0, 128, "ms", "0"),
	  .what = "length of the echo canceller, 8 or more; 0 none: a digital PBX makes no echo" },
	{ "max_calls", LIMIT(S, trunk.limit.max), .what = "calls at the same time" },
	{ "max_calls_in", LIMIT(S, trunk.limit.max_in), .what = "of these, calls from the span" },
	{ "max_calls_out", LIMIT(S, trunk.limit.max_out), .what = "of these, calls to the span" },
	{ "transfer", WORD(S, trunk.transfer, trunk_transfers, "\"refuse\""),
	  .what = "euroisdn: two calls with us that the far end joins by ECT" },
	{ "fraud", GROUP(fraud_section), FIELD(S, trunk.fraud), .shape = "a group in { }",
	  .absent = "the file's", .what = "calls to this span, beside its numbers, that are refused" },
};
#undef S

const struct section spans_section = {
	"spans", "span", KEYS(span_keys), sizeof(struct config_span), prepare_span,
};
