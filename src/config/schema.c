/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * The keys of the file itself and of its groups; those of trunks, lines and
 * routes stand in schema_trunk.c, schema_line.c and schema_route.c. A row tells
 * what a key is for, what may be written, what holds without it, and where its
 * value goes; a new key is a row, a field in config.h and a line in
 * tipring.conf.5.
 */
#include "config/schema_row.h"

const struct word over_limits[] = {
	{ "503", OVER_LIMIT_503 }, { "486", OVER_LIMIT_486 }, { NULL, 0 }
};
static const struct word logs[] = {
	{ "error", CONFIG_LOG_ERROR }, { "warning", CONFIG_LOG_WARNING },
	{ "info", CONFIG_LOG_INFO }, { "debug", CONFIG_LOG_DEBUG }, { NULL, 0 }
};

#define C struct config
static const struct key emergency_keys[] = {
	{ "numbers", .set = set_texts,
	  COUNTED(C, emergency.numbers, emergency.number_count),
	  .check = check_emergency, .least = 1, .most = 32,
	  .shape = "a list of numbers in quotes", .absent = "the country's",
	  .what = "never refused by a limit, dialled without prefix" },
	{ "via", .set = set_ends, COUNTED(C, emergency.via, emergency.via_count),
	  .least = 1, .most = ROUTE_TARGETS,
	  .shape = "a list of \"trunk:NAME\", \"trunk_group:NAME\", \"group:NAME\" and \"line:NAME\"",
	  .absent = "as other calls go", .what = "where such calls go, in this order" },
};
static const struct section emergency_section = {
	"emergency", "emergency", KEYS(emergency_keys), 0, NULL,
};

static const struct word stranger_words[] = {
	{ "drop", STRANGERS_DROP }, { "403", STRANGERS_403 }, { NULL, 0 }
};

static const struct word cover_words[] = {
	{ "auth", COVER_AUTH }, { "auth-int", COVER_AUTH_INT },
	{ "either", COVER_EITHER }, { NULL, 0 }
};

static const struct key sip_keys[] = {
	{ "listen", .set = set_listen, COUNTED(C, sip.listen, sip.listen_count),
	  .least = 1, .most = 8,
	  .shape = "a list of \"udp:ADDRESS:PORT\", \"tcp:ADDRESS:PORT\" and \"tls:ADDRESS:PORT\"",
	  .absent = "0.0.0.0:5060 with udp and tcp, as trunks use them; no tls",
	  .what = "where SIP is listened for" },
	{ "user_agent", .set = set_text, FIELD(C, sip.user_agent),
	  .check = check_line_of_text, .standard = "\"tipring\"", .what = "how tipring calls itself" },
	{ "strangers", WORD(C, sip.strangers, stranger_words, "\"drop\""),
	  .what = "a request from an address of no trunk: no answer at all, or 403" },
	{ "realm", .set = set_text, FIELD(C, sip.realm), .check = check_realm,
	  .standard = "\"tipring\"",
	  .what = "name of this box towards peers that have to prove who they are (accept_user)" },
	{ "digest", .set = set_digests, COUNTED(C, sip.digests, sip.digest_count),
	  .least = 1, .most = DIGEST_COUNT,
	  .standard = "[ \"SHA-512-256\", \"SHA-256\", \"MD5\" ]",
	  .shape = "a list of \"SHA-512-256\", \"SHA-256\" and \"MD5\"",
	  .what = "how they may do so, what we like best first" },
	{ "digest_covers", WORD(C, sip.digest_cover, cover_words, "\"auth\""),
	  .what = "what their proof covers: the request, its body as well, or either" },
	{ "public_address", TEXT(C, sip.public_address, check_public),
	  .shape = "\"ADDRESS\", \"NAME\" or \"stun:SERVER\"",
	  .absent = "the own one", .what = "public_address of trunks that have none" },
	{ "max_requests", NUMBER(C, sip.max_requests, 1, 10000, NULL, "100"),
	  .what = "new requests a second from one address of a trunk; by UDP more are dropped, by TCP and TLS they wait" },
	{ "max_connections", NUMBER(C, sip.max_connections, 1, 10000, NULL, "256"),
	  .what = "TCP and TLS connections that others may hold open" },
	{ "max_connections_source", NUMBER(C, sip.max_connections_source, 1, 10000, NULL, "16"),
	  .what = "of these, from one address" },
};
static const struct section sip_section = { "sip", "sip", KEYS(sip_keys), 0, NULL };

static const struct key tls_keys[] = {
	{ "ca_file", .set = set_path, FIELD(C, tls.ca_file), .standard = "\"\"",
	  .absent = "the system's", .what = "certificates (PEM) of the issuers that are trusted" },
	{ "certificate_file", .set = set_path, FIELD(C, tls.certificate_file),
	  .standard = "\"\"", .absent = "none",
	  .what = "our certificate (PEM), then its intermediate ones" },
	{ "key_file", .set = set_path, FIELD(C, tls.key_file), .standard = "\"\"",
	  .absent = "in certificate_file", .what = "its private key, mode 0600 or 0640" },
};
static const struct section tls_section = { "tls", "tls", KEYS(tls_keys), 0, NULL };

static const struct key rtp_keys[] = {
	{ "address", .set = set_address, FIELD(C, rtp.local), .standard = "\"0.0.0.0\"",
	  .shape = "an IP address in quotes", .what = "address that RTP is bound to" },
	{ "ports", .set = set_range, FIELD(C, rtp.port_min), .least = 1024, .most = 65535,
	  .standard = "[10000, 19999]", .shape = "two numbers in [ ], 1024 to 65535",
	  .what = "a call takes an even one for RTP, and the next for RTCP" },
	{ "dscp", NUMBER(C, rtp.dscp, 0, 63, NULL, "46"),
	  .what = "priority in the IP header; 46 is expedited forwarding" },
	{ "jitter", .set = set_range, FIELD(C, rtp.jitter_min_ms), .least = 0, .most = 1000,
	  .standard = "[20, 200]", .shape = "two numbers in [ ], 0 to 1000 ms",
	  .what = "least and greatest delay of the adaptive jitter buffer" },
	{ "dead", NUMBER(C, rtp.dead_s, 0, 3600, "s", "30"),
	  .what = "no packet for so long ends a call; 0 never" },
};
static const struct section rtp_section = { "rtp", "rtp", KEYS(rtp_keys), 0, NULL };

static const struct key cdr_keys[] = {
	{ "file", .set = set_path, FIELD(C, cdr.file),
	  .standard = "\"" LOCALSTATEDIR "/log/tipring/cdr.json\"",
	  .shape = "a path in quotes, \"\" for none",
	  .what = "call detail records, a JSON line each" },
	{ "journal", BOOL(C, cdr.journal, "true"), .what = "also send them to the journal" },
};
static const struct section cdr_section = { "cdr", "cdr", KEYS(cdr_keys), 0, NULL };

/* A socket's path has 107 characters at most, unix(7). */
static const struct key sim_keys[] = {
	{ "directory", .set = set_path, FIELD(C, sim_directory), .most = 90,
	  .standard = "\"" RUNSTATEDIR "/tipring/sim\"",
	  .what = "where simulated lines have their sockets" },
};
static const struct section sim_section = { "sim", "sim", KEYS(sim_keys), 0, NULL };

static const struct key top_keys[] = {
	{ "country", .set = set_country, FIELD(C, country), .required = true,
	  .shape = "a code in quotes, like \"us\"",
	  .what = "tones, ringing, caller ID, companding law, emergency numbers" },
	{ "max_calls", LIMIT(C, limit.max), .what = "calls at the same time" },
	{ "max_calls_in", LIMIT(C, limit.max_in), .what = "of these, calls from trunks" },
	{ "max_calls_out", LIMIT(C, limit.max_out), .what = "of these, calls to trunks" },
	{ "over_limit", WORD(C, over_limit, over_limits, "\"503\""),
	  .what = "answer to a call from a trunk above max_calls" },
	{ "retry_after", NUMBER(C, retry_after, 0, 3600, "s", "30"),
	  .what = "Retry-After of that 503; 0 sends none" },
	{ "trunks", .set = set_list, .section = &trunks_section,
	  COUNTED(C, trunks, trunk_count), .most = 256, .absent = "none",
	  .shape = "a list of groups, ( { ... }, { ... } )", .what = "SIP providers" },
	{ "spans", .set = set_list, .section = &spans_section,
	  COUNTED(C, spans, span_count), .most = 64, .absent = "none",
	  .shape = "a list of groups, ( { ... }, { ... } )",
	  .what = "ISDN primary rate spans" },
	{ "lines", .set = set_list, .section = &lines_section,
	  COUNTED(C, lines, line_count), .most = 2048, .absent = "none",
	  .shape = "a list of groups, ( { ... }, { ... } )", .what = "analog lines" },
	{ "groups", .set = set_list, .section = &groups_section,
	  COUNTED(C, groups, group_count), .most = 1024, .absent = "none",
	  .shape = "a list of groups, ( { ... }, { ... } )",
	  .what = "lines among which an idle one is hunted" },
	{ "trunk_groups", .set = set_list, .section = &trunk_groups_section,
	  COUNTED(C, trunk_groups, trunk_group_count), .most = 256, .absent = "none",
	  .shape = "a list of groups, ( { ... }, { ... } )",
	  .what = "trunks of which one takes a call" },
	{ "routes", .set = set_list, .section = &routes_section,
	  COUNTED(C, routes, route_count), .most = 4096, .absent = "none",
	  .shape = "a list of groups, ( { ... }, { ... } )",
	  .what = "the first one that fits a call takes it" },
	{ "cadences", .set = set_list, .section = &cadences_section,
	  COUNTED(C, cadences, cadence_count), .most = 256, .absent = "none",
	  .shape = "a list of groups, ( { ... }, { ... } )",
	  .what = "ways to ring, besides bellcore-dr1 to bellcore-dr5" },
	{ "ringing", .set = set_list, .section = &ringing_section,
	  COUNTED(C, ringing, ringing_count), .most = 4096, .absent = "none",
	  .shape = "a list of groups, ( { ... }, { ... } )",
	  .what = "how calls of some callers ring; the first one that fits" },
	{ "emergency", GROUP(emergency_section), .what = "emergency calls" },
	{ "fraud", GROUP(fraud_section), FIELD(C, fraud), .shape = "a group in { }",
	  .absent = "as listed below", .what = "calls that are refused: toll fraud" },
	{ "sip", GROUP(sip_section), .what = "SIP at our side" },
	{ "tls", GROUP(tls_section), .what = "SIP over TLS" },
	{ "rtp", GROUP(rtp_section), .what = "speech at our side" },
	{ "cdr", GROUP(cdr_section), .what = "call detail records" },
	{ "control", .set = set_path, FIELD(C, control), .most = 107,
	  .standard = "\"" RUNSTATEDIR "/tipring/control\"",
	  .what = "socket of the command tipring" },
	{ "control_group", TEXT(C, control_group, check_line_of_text), .absent = "root only",
	  .what = "Unix group whose members may use it" },
	{ "state_directory", .set = set_path, FIELD(C, state_directory),
	  .standard = "\"" LOCALSTATEDIR "/lib/tipring\"",
	  .shape = "a path in quotes, \"\" for none",
	  .what = "what was learned, and the counts of the guard against toll fraud, are kept here over a restart" },
	{ "sim", GROUP(sim_section), .what = "simulated lines" },
	{ "log", WORD(C, log, logs, "\"info\""), .what = "what is logged" },
	{ "timers", .set = set_timers, FIELD(C, timers), .shape = "a group in { }",
	  .absent = "as listed below", .what = "times that tipring waits for" },
	{ "tones", .set = set_tones, FIELD(C, country), .shape = "a group in { }",
	  .absent = "the country's", .what = "tones that differ from the country's" },
};

static void prepare_top(void *base)
{
	struct config *conf = base;

	conf->limit = (struct config_limit){ -1, -1, -1 };
	for (int i = 0; i < TIMER_COUNT; i++)
		conf->timers[i] = timer_table[i].def;
}
#undef C

static const struct section top_section = {
	"file", "file", KEYS(top_keys), 0, prepare_top,
};

const struct section *const sections[] = {
	&top_section, &trunks_section, &spans_section, &lines_section, &did_section,
	&echo_section,
	&groups_section, &trunk_groups_section, &routes_section,
	&cadences_section, &ringing_section, &emergency_section,
	&fraud_section, &sip_section, &tls_section,
	&rtp_section, &cdr_section, &sim_section,
};
const size_t section_count = sizeof(sections) / sizeof(*sections);
