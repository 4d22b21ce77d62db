/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Keys of a trunk. */
#include "config/schema_row.h"

static const struct word transports[] = {
	{ "udp", TRANSPORT_UDP }, { "tcp", TRANSPORT_TCP },
	{ "tls", TRANSPORT_TLS }, { NULL, 0 }
};
static const struct word dtmf_modes[] = {
	{ "rfc4733", DTMF_RFC4733 }, { "inband", DTMF_INBAND }, { "info", DTMF_INFO },
	{ NULL, 0 }
};

static const struct word identities[] = {
	{ "pai", IDENTITY_PAI }, { "ppi", IDENTITY_PPI }, { "rpid", IDENTITY_RPID },
	{ "from", IDENTITY_FROM }, { NULL, 0 }
};
static const struct word number_formats[] = {
	{ "unchanged", NUMBER_UNCHANGED }, { "+e164", NUMBER_PLUS_E164 },
	{ "e164", NUMBER_E164 }, { "national", NUMBER_NATIONAL }, { NULL, 0 }
};
static const struct word diversions[] = {
	{ "off", DIVERSION_OFF }, { "diversion", DIVERSION_HEADER },
	{ "history-info", DIVERSION_HISTORY }, { NULL, 0 }
};
static const struct word reliables[] = {
	{ "off", RELIABLE_OFF }, { "answer", RELIABLE_ANSWER },
	{ "offer", RELIABLE_OFFER }, { "require", RELIABLE_REQUIRE }, { NULL, 0 }
};
static const struct word uri_schemes[] = {
	{ "sip", URI_SIP }, { "sips", URI_SIPS }, { "tel", URI_TEL }, { NULL, 0 }
};
static const struct word redirects[] = {
	{ "refuse", REDIRECT_REFUSE }, { "follow", REDIRECT_FOLLOW }, { NULL, 0 }
};
const struct word trunk_transfers[] = {
	{ "refuse", TRANSFER_REFUSE }, { "accept", TRANSFER_ACCEPT }, { NULL, 0 }
};
static const struct word transfers_out[] = {
	{ "local", TRANSFER_OUT_LOCAL }, { "refer", TRANSFER_OUT_REFER }, { NULL, 0 }
};
static const struct word voicemails[] = {
	{ "notify", VOICEMAIL_NOTIFY }, { "subscribe", VOICEMAIL_SUBSCRIBE }, { NULL, 0 }
};
static const struct word srtp_modes[] = {
	{ "off", SRTP_OFF }, { "preferred", SRTP_PREFERRED },
	{ "required", SRTP_REQUIRED }, { NULL, 0 }
};

static const struct word keepalives[] = {
	{ "off", KEEPALIVE_OFF }, { "crlf", KEEPALIVE_CRLF },
	{ "stun", KEEPALIVE_STUN }, { NULL, 0 }
};

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
	  .absent = "DNS SRV, else 5060, or 5061 with tls", .what = "the server's port" },
	{ "transport", WORD(T, transport, transports, "\"udp\""),
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
	{ "allow_weak_secret", BOOL(T, allow_weak_secret, "false"),
	  .what = "take a password that is easily guessed" },
	{ "realm", TEXT(T, realm, check_line_of_text), .absent = "any",
	  .what = "the only realm that the password is used for" },
	{ "tls_ca_file", .set = set_path, FIELD(T, tls.ca_file), .standard = "\"\"",
	  .absent = "as tls.ca_file", .what = "certificates (PEM) of those who may have issued the server's" },
	{ "tls_certificate_file", .set = set_path, FIELD(T, tls.certificate_file), .standard = "\"\"",
	  .absent = "as tls.certificate_file", .what = "our certificate (PEM) for this server" },
	{ "tls_key_file", .set = set_path, FIELD(T, tls.key_file), .standard = "\"\"",
	  .absent = "in tls_certificate_file", .what = "its private key, mode 0600 or 0640" },
	{ "tls_wildcards", BOOL(T, tls_wildcards, "false"),
	  .what = "a certificate for *.example.net may name the server sip.example.net, which RFC 5922 forbids" },
	{ "register", BOOL(T, registers, "false"),
	  .what = "register with the server" },
	{ "gin", BOOL(T, gin, "false"),
	  .what = "register all numbers of the trunk at once (RFC 6140, SIPconnect)" },
	{ "expires", NUMBER(T, expires, 60, 86400, "s", "600"),
	  .what = "length of a registration or subscription that is asked for" },
	{ "max_calls", LIMIT(T, limit.max), .what = "calls at the same time" },
	{ "max_calls_in", LIMIT(T, limit.max_in), .what = "of these, calls from the trunk" },
	{ "max_calls_out", LIMIT(T, limit.max_out), .what = "of these, calls to the trunk" },
	{ "max_kbit", NUMBER(T, max_kbit, 1, 10000000, "kbit/s", NULL),
	  .absent = "no limit",
	  .what = "bandwidth of all its calls, in each direction, packet headers included" },
	{ "over_limit", WORD(T, over_limit, over_limits, "\"503\""),
	  .what = "answer to a call from the trunk above a limit" },
	{ "retry_after", NUMBER(T, retry_after, 0, 3600, "s", "30"),
	  .what = "Retry-After of that 503; 0 sends none" },
	{ "codecs", .set = set_codecs, COUNTED(T, codecs, codec_count), .least = 1,
	  .most = 2, .shape = "a list of \"PCMU\" and \"PCMA\"",
	  .absent = "both, the country's own first", .what = "in order of preference" },
	{ "dtmf", WORD(T, dtmf, dtmf_modes, "\"rfc4733\""),
	  .what = "how digits travel: RFC 4733 events, tones, SIP INFO" },
	{ "early_media", BOOL(T, early_media, "true"),
	  .what = "callers of the trunk hear the line before it answers; false: they get 180 and make ringback themselves" },
	{ "ptime", NUMBER(T, ptime, 10, 60, "ms", "20"),
	  .shape = "10, 20, 30, 40, 50 or 60 ms", .what = "speech in a packet that we send" },
	{ "accept_from", .set = set_texts, COUNTED(T, accept_from, accept_from_count),
	  .check = check_network, .least = 1, .most = 64,
	  .shape = "a list of addresses and networks, like \"192.0.2.0/24\"",
	  .absent = "none", .what = "more places that calls of this trunk come from" },
	{ "accept_user", TEXT(T, accept_user, check_user), .absent = "none",
	  .what = "calls of this trunk also come from whoever proves to be this user (Digest, RFC 8760), from any address" },
	{ "accept_secret_file", .set = set_path, FIELD(T, accept_secret_file),
	  .standard = "\"\"", .absent = "none",
	  .what = "file whose first line is that user's password; mode 0600 or 0640" },
	{ "public_address", TEXT(T, public_address, check_public),
	  .absent = "sip.public_address",
	  .shape = "\"ADDRESS\", \"NAME\" or \"stun:SERVER\"",
	  .what = "our address beyond a NAT, in Contact and SDP" },
	{ "srtp", WORD(T, srtp, srtp_modes, "\"off\""),
	  .what = "encrypt speech by SRTP; preferred: where the far end can" },
	{ "nat", BOOL(T, nat, "false"),
	  .what = "the far end is behind NAT: send RTP to where its first packets come from" },
	{ "options", NUMBER(T, options_s, 0, 3600, "s", "30"),
	  .what = "probe the server by OPTIONS so often; 0 never" },
	{ "keepalive", WORD(T, keepalive, keepalives, "\"off\""),
	  .what = "holds the way to the server open and registers anew when it is lost (RFC 5626): ends of lines; over udp, STUN at the server's SIP port" },
	{ "keepalive_interval", NUMBER(T, keepalive_s, 5, 3600, "s", NULL),
	  .absent = "120, or 29 with udp; less where the registrar's Flow-Timer says so",
	  .what = "longest time between two of these" },
	{ "identity", WORD(T, identity, identities, "\"pai\""),
	  .what = "header that says who calls, in both directions: P-Asserted-Identity, P-Preferred-Identity, Remote-Party-ID, only From" },
	{ "number_format", WORD(T, number_format, number_formats, "\"unchanged\""),
	  .what = "how numbers are written towards the trunk: as they are, +15551230001, 15551230001, as dialled in the country" },
	{ "called_uri", WORD(T, called_uri, uri_schemes, "\"sip\""),
	  .what = "how the called number is named: sip:, sips: (RFC 5630, with TLS; it registers so, too), tel: (RFC 3966)" },
	{ "diversion", WORD(T, diversion, diversions, "\"off\""),
	  .what = "header that tells which line sent a call on" },
	{ "reliable", WORD(T, reliable, reliables, "\"answer\""),
	  .what = "acknowledged provisional responses (100rel): never, to a caller who asks, offered in calls of ours, required" },
	{ "session_timer", NUMBER(T, session_s, 0, 86400, "s", "1800"),
	  .what = "a call is confirmed so often, and ends without; 0 only where the far end asks for it" },
	{ "session_timer_min", NUMBER(T, session_least_s, 90, 86400, "s", "90"),
	  .what = "a shorter session timer is refused with 422" },
	{ "redirect", WORD(T, redirect, redirects, "\"refuse\""),
	  .what = "answers 301 and 302 to a call: refuse them, or call the new number on the same trunk where the caller may" },
	{ "transfer", WORD(T, transfer, trunk_transfers, "\"refuse\""),
	  .what = "calls that the far end hands on by REFER, or takes over by INVITE with Replaces" },
	{ "transfer_out", WORD(T, transfer_out, transfers_out, "\"local\""),
	  .what = "two of its calls that a line has connected with each other: talk through the gateway, or the server is asked to connect them itself (REFER), and they do so until it has" },
	{ "voicemail", WORD(T, voicemail, voicemails, "\"notify\""),
	  .what = "messages that wait for our lines: as the server tells them unasked, or as it tells those who SUBSCRIBE to a mailbox (RFC 3842); each FXS line's is then subscribed to" },
	{ "fraud", GROUP(fraud_section), FIELD(T, fraud), .shape = "a group in { }",
	  .absent = "the file's", .what = "calls to this trunk that are refused" },
};
#undef T

const struct section trunks_section = {
	"trunks", "trunk", KEYS(trunk_keys), sizeof(struct config_trunk), prepare_trunk,
};

#define G struct config_trunk_group
static const struct key trunk_group_keys[] = {
	{ "name", TEXT(G, name, check_name), .required = true,
	  .what = "what routes call this trunk group" },
	{ "trunks", .set = set_texts, COUNTED(G, trunks, trunk_count),
	  .check = check_name, .least = 1, .most = ROUTE_TARGETS,
	  .shape = "a list of trunks' names", .required = true,
	  .what = "its trunks, in the order in which they are tried" },
	{ "weights", .set = set_weights, COUNTED(G, weights, weight_count),
	  .least = 1, .most = ROUTE_TARGETS, .absent = "the order above",
	  .shape = "a list of numbers from 0 to 1000, one for each trunk",
	  .what = "share of calls that each trunk gets first; 0 only when no other takes it" },
};
#undef G

const struct section trunk_groups_section = {
	"trunk_groups", "trunk group", KEYS(trunk_group_keys),
	sizeof(struct config_trunk_group), NULL,
};
