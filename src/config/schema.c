/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * All keys of the configuration. A row tells what a key is for, what may be
 * written, what holds without it, and where its value goes; a new key is a row
 * here, a field in config.h and a line in tipring.conf.5.
 */
#include "config/schema.h"
#include "config/value.h"

#define FIELD(type, member)                                          \
	.offset = offsetof(type, member),                            \
	.size = sizeof(((type *)NULL)->member)
#define COUNTED(type, member, count)                                 \
	FIELD(type, member), .count_offset = offsetof(type, count)
#define KEYS(array) .keys = array, .key_count = sizeof(array) / sizeof(*(array))

/* What most keys are. The rest of a row is given behind it by name. */
#define TEXT(type, member, test)                                     \
	.set = set_text, FIELD(type, member), .check = test, .standard = "\"\""
#define BOOL(type, member, value)                                    \
	.set = set_bool, FIELD(type, member), .standard = value
#define NUMBER(type, member, from, to, in, value)                    \
	.set = set_number, FIELD(type, member), .least = from, .most = to, \
	.unit = in, .standard = value
#define WORD(type, member, list, value)                              \
	.set = set_word, FIELD(type, member), .words = list, .standard = value
#define LIMIT(type, member)                                          \
	.set = set_number, FIELD(type, member), .most = 9999, .absent = "no limit"
#define GROUP(sub)                                                   \
	.set = set_section, .section = &sub, .standard = "{ }"

static const struct word transports[] = {
	{ "udp", TRANSPORT_UDP }, { "tcp", TRANSPORT_TCP }, { NULL, 0 }
};
static const struct word over_limits[] = {
	{ "503", OVER_LIMIT_503 }, { "486", OVER_LIMIT_486 }, { NULL, 0 }
};
static const struct word dtmf_modes[] = {
	{ "rfc4733", DTMF_RFC4733 }, { "inband", DTMF_INBAND }, { "info", DTMF_INFO },
	{ NULL, 0 }
};
static const struct word kinds[] = {
	{ "fxs", PORT_FXS }, { "fxo", PORT_FXO }, { NULL, 0 }
};
static const struct word dial_methods[] = {
	{ "dtmf", DIAL_DTMF }, { "pulse", DIAL_PULSE }, { NULL, 0 }
};
static const struct word glares[] = {
	{ "incoming", GLARE_INCOMING }, { "outgoing", GLARE_OUTGOING }, { NULL, 0 }
};
static const struct word did_whens[] = {
	{ "answer", DID_ON_ANSWER }, { "wink", DID_ON_WINK }, { NULL, 0 }
};
static const struct word hunts[] = {
	{ "linear", HUNT_LINEAR }, { "circular", HUNT_CIRCULAR },
	{ "least-used", HUNT_LEAST_USED }, { NULL, 0 }
};
static const struct word logs[] = {
	{ "error", CONFIG_LOG_ERROR }, { "warning", CONFIG_LOG_WARNING },
	{ "info", CONFIG_LOG_INFO }, { "debug", CONFIG_LOG_DEBUG }, { NULL, 0 }
};
static const struct word causes[] = {
	{ "unallocated", CAUSE_UNALLOCATED }, { "no-route", CAUSE_NO_ROUTE },
	{ "busy", CAUSE_BUSY }, { "no-answer", CAUSE_NO_ANSWER },
	{ "rejected", CAUSE_REJECTED }, { "invalid-number", CAUSE_INVALID_NUMBER },
	{ "out-of-order", CAUSE_DESTINATION_OUT_OF_ORDER },
	{ "congestion", CAUSE_CONGESTION },
	{ "not-authorized", CAUSE_BEARER_NOT_AUTHORIZED }, { NULL, 0 }
};

/* ------------------------------------------------------------------- trunks */

static void prepare_trunk(void *base)
{
	((struct config_trunk *)base)->limit = (struct config_limit){ -1, -1, -1 };
}

#define T struct config_trunk
static const struct key trunk_keys[] = {
	{ "name", TEXT(T, name, check_name), .required = true,
	  .what = "what routes, lines and commands call this trunk" },
	{ "server", TEXT(T, server, check_host), .required = true,
	  .what = "host name or address of the provider's SIP server" },
	{ "port", NUMBER(T, port, 1, 65535, NULL, NULL),
	  .absent = "DNS SRV, else 5060", .what = "the server's port" },
	{ "transport", WORD(T, transport, transports, "\"udp\""),
	  .check = check_transport,
	  .what = "what carries SIP" },
	{ "domain", TEXT(T, domain, check_host), .absent = "as server",
	  .what = "domain of our own SIP address and of called ones" },
	{ "proxy", TEXT(T, proxy, check_proxy), .absent = "none",
	  .what = "outbound proxy, host or host:port" },
	{ "user", TEXT(T, user, check_user), .absent = "none",
	  .what = "user part of our SIP address" },
	{ "auth_user", TEXT(T, auth_user, check_line_of_text), .absent = "as user",
	  .what = "name for authentication where it differs from user" },
	{ "secret_file", .set = set_path, FIELD(T, secret_file), .standard = "\"\"",
	  .absent = "none",
	  .what = "file whose first line is the password; mode 0600 or 0640" },
	{ "register", BOOL(T, registers, "false"),
	  .what = "register with the server" },
	{ "expires", NUMBER(T, expires, 60, 86400, "s", "600"),
	  .what = "length of a registration that is asked for" },
	{ "max_calls", LIMIT(T, limit.max), .what = "calls at the same time" },
	{ "max_calls_in", LIMIT(T, limit.max_in), .what = "of these, calls from the trunk" },
	{ "max_calls_out", LIMIT(T, limit.max_out), .what = "of these, calls to the trunk" },
	{ "over_limit", WORD(T, over_limit, over_limits, "\"503\""),
	  .what = "answer to a call from the trunk above a limit" },
	{ "retry_after", NUMBER(T, retry_after, 0, 3600, "s", "30"),
	  .what = "Retry-After of that 503; 0 sends none" },
	{ "codecs", .set = set_codecs, COUNTED(T, codecs, codec_count), .least = 1,
	  .most = 2, .shape = "a list of \"PCMU\" and \"PCMA\"",
	  .absent = "both, the country's own first", .what = "in order of preference" },
	{ "dtmf", WORD(T, dtmf, dtmf_modes, "\"rfc4733\""),
	  .what = "how digits travel: RFC 4733 events, tones, SIP INFO" },
	{ "ptime", NUMBER(T, ptime, 10, 60, "ms", "20"),
	  .shape = "10, 20, 30, 40, 50 or 60 ms", .what = "speech in a packet that we send" },
	{ "accept_from", .set = set_texts, COUNTED(T, accept_from, accept_from_count),
	  .check = check_network, .least = 1, .most = 64,
	  .shape = "a list of addresses and networks, like \"192.0.2.0/24\"",
	  .absent = "none", .what = "more places that calls of this trunk come from" },
	{ "nat", BOOL(T, nat, "false"),
	  .what = "the far end is behind NAT: send RTP to where its first packets come from" },
	{ "options", NUMBER(T, options_s, 0, 3600, "s", "30"),
	  .what = "probe the server by OPTIONS so often; 0 never" },
};
#undef T

static const struct section trunks_section = {
	"trunks", "trunk", KEYS(trunk_keys), sizeof(struct config_trunk), prepare_trunk,
};

/* -------------------------------------------------------------------- lines */

#define L struct config_line
static const struct key did_keys[] = {
	{ "digits", NUMBER(L, did_digits, 1, 16, NULL, "4"),
	  .what = "last digits of the called number that are sent" },
	{ "when", WORD(L, did_when, did_whens, "\"answer\""),
	  .what = "at once when the PBX closes the loop, or after its wink" },
};
static const struct section did_section = { "did", "did", KEYS(did_keys), 0, NULL };

static const struct key echo_keys[] = {
	{ "ms", NUMBER(L, echo_ms, 8, 128, "ms", "64"),
	  .what = "longest echo that is cancelled" },
	{ "nlp", BOOL(L, nlp, "true"),
	  .what = "mute what is left while the far end speaks" },
};
static const struct section echo_section = { "echo", "echo", KEYS(echo_keys), 0, NULL };

static const struct key line_keys[] = {
	{ "name", TEXT(L, name, check_name), .required = true,
	  .what = "what groups, routes and commands call this line" },
	{ "port", TEXT(L, port, check_port), .required = true,
	  .shape = "DRIVER/PORT, like \"sim/1\"",
	  .what = "the circuit" },
	{ "kind", WORD(L, kind, kinds, NULL), .absent = "as the card says",
	  .what = "fxs: a phone or a PBX trunk port is plugged in; fxo: a PBX extension or an exchange" },
	{ "number", TEXT(L, number, check_number), .absent = "none",
	  .what = "calls to it from a trunk come here; calls from here have it as caller" },
	{ "display_name", TEXT(L, display_name, check_line_of_text), .absent = "none",
	  .what = "caller's name sent to the trunk" },
	{ "trunk", TEXT(L, trunk, check_name), .absent = "by routes only",
	  .what = "where calls of this line go that no route takes" },
	{ "ring_to", TEXT(L, ring_to, check_number), .absent = "none",
	  .what = "fxo: number that is called when the line rings" },
	{ "two_stage", BOOL(L, two_stage, "false"),
	  .what = "fxo: when it rings, answer, give dial tone and take digits" },
	{ "dial", .set = set_dial, .standard = "\"called\"",
	  .shape = "\"called\", \"last:N\", \"none\" or digits",
	  .what = "fxo: what is dialled on the line for a call to it; w waits 0.5 s" },
	{ "dial_method", WORD(L, dial_method, dial_methods, "\"dtmf\""),
	  .what = "fxo: tones or loop breaks" },
	{ "answer", .set = set_answer, .standard = "\"supervised\"",
	  .shape = "\"supervised\", \"polarity\", \"delay:SECONDS\" or \"seize\"",
	  .what = "fxo: when a call to the line counts as answered" },
	{ "wait_dial_tone", BOOL(L, wait_dial_tone, "true"),
	  .what = "fxo: dial when dial tone is heard, else after timer dial_pause" },
	{ "callerid", BOOL(L, callerid, "true"),
	  .what = "expect caller ID (fxo), send it (fxs)" },
	{ "glare", WORD(L, glare, glares, "\"incoming\""),
	  .what = "fxo: which call wins when it rings as we seize it" },
	{ "did", .set = set_section, .section = &did_section, .absent = "none",
	  .shape = "{ digits = N; when = \"answer\" or \"wink\"; }",
	  .what = "fxs: digits of the called number sent into the PBX" },
	{ "digit_map", TEXT(L, digit_map, check_map), .absent = "from the routes",
	  .what = "which numbers are complete, RFC 3435: [2-9]xxxxxx|911|011x.T" },
	{ "hotline", TEXT(L, hotline, check_number), .absent = "none",
	  .what = "fxs: number that is called at once on seizure" },
	{ "polarity_answer", BOOL(L, polarity_answer, "false"),
	  .what = "fxs: reverse battery while the far end has answered" },
	{ "flash", BOOL(L, flash, "false"),
	  .what = "fxs: tell a hookflash from a hang-up, which is then seen later" },
	{ "user", TEXT(L, user, check_user), .absent = "the trunk's",
	  .what = "own account: user part of its SIP address" },
	{ "auth_user", TEXT(L, auth_user, check_line_of_text), .absent = "as user",
	  .what = "own account: name for authentication" },
	{ "secret_file", .set = set_path, FIELD(L, secret_file), .standard = "\"\"",
	  .absent = "the trunk's", .what = "own account: file with its password" },
	{ "register", BOOL(L, registers, "false"), .what = "register the own account" },
	{ "rx_gain", .set = set_gain, FIELD(L, rx_gain), .least = -12, .most = 12,
	  .unit = "dB", .standard = "0.0", .what = "towards the trunk" },
	{ "tx_gain", .set = set_gain, FIELD(L, tx_gain), .least = -12, .most = 12,
	  .unit = "dB", .standard = "0.0", .what = "towards the line" },
	{ "echo", .set = set_echo, .section = &echo_section, .standard = "true",
	  .shape = "true, false or { ms = N; nlp = true or false; }",
	  .what = "cancel the line's echo" },
	{ "dtmf_relay", BOOL(L, dtmf_relay, "true"),
	  .what = "take digits out of the speech and send them as the trunk's dtmf says" },
	{ "busied_out", BOOL(L, busied_out, "false"),
	  .what = "out of service until an operator returns it" },
};
#undef L

/* Composite values are kept in fields of the line itself. */
static void prepare_line(void *base)
{
	((struct config_line *)base)->dial_digits = "";
}

static const struct section lines_section = {
	"lines", "line", KEYS(line_keys), sizeof(struct config_line), prepare_line,
};

/* -------------------------------------------------------- groups and routes */

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

static const struct section groups_section = {
	"groups", "group", KEYS(group_keys), sizeof(struct config_group), prepare_group,
};

#define R struct config_route
static const struct key route_keys[] = {
	{ "from", .set = set_end, FIELD(R, from), .standard = "\"any\"",
	  .shape = "\"any\", \"trunk:NAME\", \"group:NAME\" or \"line:NAME\"",
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
	  .shape = "a list of \"trunk:NAME\", \"group:NAME\" and \"line:NAME\"",
	  .what = "where the call goes; the next one when one is busy or down" },
	{ "reject", .set = set_reject, .words = causes, .absent = "not refused",
	  .what = "refuse such calls; also the number of a Q.850 cause listed here" },
};
#undef R

static void prepare_route(void *base)
{
	((struct config_route *)base)->from.name = "";
}

static const struct section routes_section = {
	"routes", "route", KEYS(route_keys), sizeof(struct config_route), prepare_route,
};

/* ----------------------------------------------------------------- the rest */

#define C struct config
static const struct key emergency_keys[] = {
	{ "numbers", .set = set_texts,
	  COUNTED(C, emergency.numbers, emergency.number_count),
	  .check = check_emergency, .least = 1, .most = 32,
	  .shape = "a list of numbers in quotes", .absent = "the country's",
	  .what = "never refused by a limit, dialled without prefix" },
	{ "via", .set = set_ends, COUNTED(C, emergency.via, emergency.via_count),
	  .least = 1, .most = ROUTE_TARGETS,
	  .shape = "a list of \"trunk:NAME\", \"group:NAME\" and \"line:NAME\"",
	  .absent = "as other calls go", .what = "where such calls go, in this order" },
};
static const struct section emergency_section = {
	"emergency", "emergency", KEYS(emergency_keys), 0, NULL,
};

static const struct key sip_keys[] = {
	{ "listen", .set = set_listen, COUNTED(C, sip.listen, sip.listen_count),
	  .least = 1, .most = 8,
	  .shape = "a list of \"udp:ADDRESS:PORT\" and \"tcp:ADDRESS:PORT\"",
	  .absent = "0.0.0.0:5060 with the trunks' transports, nothing without a trunk",
	  .what = "where SIP is listened for" },
	{ "user_agent", .set = set_text, FIELD(C, sip.user_agent),
	  .check = check_line_of_text, .standard = "\"tipring\"", .what = "how tipring calls itself" },
	{ "public_address", TEXT(C, sip.public_address, check_address),
	  .absent = "the own one", .what = "our address beyond a NAT, in Contact and SDP" },
};
static const struct section sip_section = { "sip", "sip", KEYS(sip_keys), 0, NULL };

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
	{ "lines", .set = set_list, .section = &lines_section,
	  COUNTED(C, lines, line_count), .most = 2048, .absent = "none",
	  .shape = "a list of groups, ( { ... }, { ... } )", .what = "analog lines" },
	{ "groups", .set = set_list, .section = &groups_section,
	  COUNTED(C, groups, group_count), .most = 1024, .absent = "none",
	  .shape = "a list of groups, ( { ... }, { ... } )",
	  .what = "lines among which an idle one is hunted" },
	{ "routes", .set = set_list, .section = &routes_section,
	  COUNTED(C, routes, route_count), .most = 4096, .absent = "none",
	  .shape = "a list of groups, ( { ... }, { ... } )",
	  .what = "the first one that fits a call takes it" },
	{ "emergency", GROUP(emergency_section), .what = "emergency calls" },
	{ "sip", GROUP(sip_section), .what = "SIP at our side" },
	{ "rtp", GROUP(rtp_section), .what = "speech at our side" },
	{ "cdr", GROUP(cdr_section), .what = "call detail records" },
	{ "control", .set = set_path, FIELD(C, control), .most = 107,
	  .standard = "\"" RUNSTATEDIR "/tipring/control\"",
	  .what = "socket of the command tipring" },
	{ "control_group", TEXT(C, control_group, check_line_of_text), .absent = "root only",
	  .what = "Unix group whose members may use it" },
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
	&top_section, &trunks_section, &lines_section, &did_section, &echo_section,
	&groups_section, &routes_section, &emergency_section, &sip_section,
	&rtp_section, &cdr_section, &sim_section,
};
const size_t section_count = sizeof(sections) / sizeof(*sections);
