/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * config.h - the configuration as the program sees it: checked, typed and
 * never changed after config_load(). Any room may read it. Strings are never
 * NULL unless said; "" means not given. A reload makes a new one; the gateway
 * frees an old one when nothing uses it any more.
 *
 * What each key means to a user stands in etc/tipring.conf and
 * tipring.conf(5); how it is checked stands in schema.c.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "tipring/cause.h"
#include "tipring/media.h"
#include "tipring/party.h"
#include "tipring/timers.h"
#include "tipring/tone.h"

/* What the toll-fraud guard knows of a country's numbers. Lists are words with blanks between;
 * 'x' is any digit. */
struct dial_plan {
	const char *international;	/* prefixes, "00 01x" */
	unsigned longest;		/* digits of a national number without prefix */
	const char *premium;		/* how dear national numbers begin */
	const char *services;		/* dear ones that have no prefix, as dialled */
	const char *abroad;		/* of its calling code, but other countries */
};

/* A country's habits; tones from libtonezone, the rest a table of ours. */
struct country {
	char code[8];			/* "us" */
	char name[48];
	char zone[8];			/* libtonezone's and the kernel's name */
	struct tone tones[TONE_COUNT];
	struct cadence ring;
	enum callerid_standard callerid;
	char callerid_start, callerid_stop;	/* of CALLERID_DTMF */
	enum audio_format law;
	char emergency[8][8];		/* numbers, "" ends */
	char country_code[8];		/* "1" */
	char national_prefix[4];	/* "0", "" none */
	char international_prefix[8];	/* "00" */
	const struct dial_plan *dial;	/* never NULL */
};

/* Bounds on concurrent calls, -1: none. */
struct config_limit {
	int max, max_in, max_out;
};

enum sip_transport { TRANSPORT_UDP, TRANSPORT_TCP, TRANSPORT_TLS };
enum over_limit { OVER_LIMIT_503, OVER_LIMIT_486 };
enum strangers { STRANGERS_DROP, STRANGERS_403 };
/* Digest's algorithms, RFC 8760. */
/* What a digest covers (RFC 7616 section 3.3): the request's first line, or its body
 * as well. */
enum digest_cover { COVER_AUTH, COVER_AUTH_INT, COVER_EITHER };
enum digest_kind { DIGEST_MD5, DIGEST_SHA256, DIGEST_SHA512_256, DIGEST_COUNT };
enum srtp_mode { SRTP_OFF, SRTP_PREFERRED, SRTP_REQUIRED };
enum dtmf_mode { DTMF_RFC4733, DTMF_INBAND, DTMF_INFO };
/* The header that tells who calls: P-Asserted-Identity, P-Preferred-Identity,
 * Remote-Party-ID, From alone. */
enum trunk_identity { IDENTITY_PAI, IDENTITY_PPI, IDENTITY_RPID, IDENTITY_FROM };
enum uri_scheme { URI_SIP, URI_SIPS, URI_TEL };
enum trunk_redirect { REDIRECT_REFUSE, REDIRECT_FOLLOW };
enum trunk_transfer { TRANSFER_REFUSE, TRANSFER_ACCEPT };
enum trunk_transfer_out { TRANSFER_OUT_LOCAL, TRANSFER_OUT_REFER };
enum trunk_voicemail { VOICEMAIL_NOTIFY, VOICEMAIL_SUBSCRIBE };
enum trunk_diversion { DIVERSION_OFF, DIVERSION_HEADER, DIVERSION_HISTORY };
/* Provisional responses that are acknowledged (RFC 3262): to who asks for it;
 * never; offered in our own calls, too; required. */
enum trunk_reliable { RELIABLE_ANSWER, RELIABLE_OFF, RELIABLE_OFFER,
		      RELIABLE_REQUIRE };

/* What holds the flow to the server open, beside OPTIONS (RFC 5626). */
enum trunk_keepalive { KEEPALIVE_OFF, KEEPALIVE_CRLF, KEEPALIVE_STUN };

/* Files of TLS, PEM; "" where there is none. */
struct config_tls {
	const char *ca_file;		/* issuers we trust, "" the system's */
	const char *certificate_file;	/* ours, then its intermediates */
	const char *key_file;		/* "" it stands in certificate_file */
};

struct config_place {		/* where something stands, for messages */
	const char *file;
	int line;
};

/* The toll-fraud guard. Numbers of 0: no limit. */
struct config_fraud {
	const char **allow, **refuse, **closed_allow;	/* destinations */
	size_t allow_count, refuse_count, closed_allow_count;
	bool premium;
	unsigned calls_hour, calls_day, minutes_hour, minutes_day;
	const char **hours;		/* for config_hours_read() */
	size_t hours_count;
	unsigned burst;
};

/* A stretch of the week, in minutes of local days. */
struct config_hours {
	uint8_t days;			/* bit 0: Sunday */
	uint16_t from, to;		/* to < from: over midnight */
};

struct config_trunk {
	struct config_place place;
	const char *name;
	const char *server;		/* host name or address */
	uint16_t port;			/* 0: the transport's default, or SRV */
	enum sip_transport transport;
	const char *domain;		/* of our address of record; default: server */
	const char *proxy;		/* outbound proxy "host[:port]", "" none */
	const char *user, *auth_user;	/* auth_user: default user */
	const char *secret_file;
	bool allow_weak_secret;
	const char *realm;		/* that we answer, "" any */
	struct config_tls tls;		/* where it differs from the file's */
	bool tls_wildcards;		/* "*.example.net" names sip.example.net */
	bool registers;
	bool gin;			/* for all its numbers, RFC 6140 */
	unsigned expires;		/* s asked for */
	struct config_limit limit;
	unsigned max_kbit;		/* kbit/s of speech in each direction; 0: no
					   bound */
	enum over_limit over_limit;
	unsigned retry_after;		/* s, with 503 */
	enum codec codecs[CODEC_COUNT];	/* in order of preference */
	size_t codec_count;
	enum dtmf_mode dtmf;
	bool early_media;		/* its callers take 183 with SDP */
	uint16_t ptime;			/* ms */
	const char *public_address;	/* address, name or "stun:HOST[:PORT]";
					   default: sip.public_address */
	const char **accept_from;	/* more addresses or networks to take calls from */
	size_t accept_from_count;
	const char *accept_user;	/* its peer proves itself so, "" never */
	const char *accept_secret_file;
	enum srtp_mode srtp;
	bool nat;			/* learn the far RTP address */
	unsigned options_s;		/* probe interval, 0 off */
	enum trunk_keepalive keepalive;
	unsigned keepalive_s;		/* 0: by transport */
	enum trunk_identity identity;
	enum number_format number_format;
	enum uri_scheme called_uri;
	enum trunk_diversion diversion;	/* how it is told; read is either */
	enum trunk_reliable reliable;
	unsigned session_s;		/* session timer asked for, 0 none */
	unsigned session_least_s;	/* shortest that is accepted (Min-SE) */
	enum trunk_redirect redirect;	/* 3xx, within the trunk */
	enum trunk_transfer transfer;	/* REFER and Replaces from there */
	enum trunk_transfer_out transfer_out;	/* of two of its calls, by a line */
	enum trunk_voicemail voicemail;	/* how it tells of messages */
	struct config_fraud fraud;
};

enum span_role { SPAN_NETWORK, SPAN_USER };
enum span_switch { SWITCH_EUROISDN, SWITCH_NI2, SWITCH_DMS100, SWITCH_4ESS,
		   SWITCH_5ESS, SWITCH_NI1, SWITCH_QSIG };
enum span_select { SELECT_BY_ROLE, SELECT_ASCENDING, SELECT_DESCENDING };
enum span_channel { CHANNEL_BY_ROLE, CHANNEL_PREFERRED, CHANNEL_EXCLUSIVE };
enum span_numbering { NUMBERING_AUTO, NUMBERING_UNKNOWN, NUMBERING_INTERNATIONAL };

/* A primary rate span. To core it is a trunk: what it has of one stands in
 * .trunk (name, limit, over_limit, retry_after, transfer, fraud). */
struct config_span {
	struct config_place place;
	struct config_trunk trunk;
	const char *port;		/* "dahdi/span/1" */
	enum span_role role;
	enum span_switch type;
	bool t1;			/* by type and country; a card knows better */
	const char *calls_to;		/* trunk that its calls go to without a
					   route, "" none */
	const char **numbers;		/* digit maps: calls to these go to it */
	size_t number_count;
	bool overlap;			/* its callers may dial digit by digit */
	enum span_select select;
	enum span_channel channel;
	enum span_numbering numbering;	/* type of number that we send */
	bool dtmf_relay;
	uint16_t echo_ms;		/* 0 off */
};

enum line_dial { LINE_DIAL_CALLED, LINE_DIAL_LAST, LINE_DIAL_NONE, LINE_DIAL_DIGITS };
enum line_answer { LINE_ANSWER_SUPERVISED, LINE_ANSWER_POLARITY, LINE_ANSWER_DELAY,
		   LINE_ANSWER_SEIZE };
enum did_when { DID_OFF, DID_ON_ANSWER, DID_ON_WINK };
enum line_learn { LINE_LEARN_SHOW, LINE_LEARN_AUTO, LINE_LEARN_OFF };
enum glare_winner { GLARE_INCOMING, GLARE_OUTGOING };

enum line_mwi { MWI_STUTTER = 1, MWI_LAMP = 2, MWI_FSK = 4 };

struct config_line {
	struct config_place place;
	const char *name;
	const char *port;		/* "sim/1" */
	enum port_kind kind;		/* 0: as the card says */
	const char *number;
	const char *display_name;	/* caller name sent to the trunk */
	const char *trunk;		/* where its calls go; "" by routes only */
	/* FXO */
	const char *ring_to;		/* called number when it rings, "" none */
	const char *pin;		/* two-stage: dialled first, "" none */
	bool two_stage;			/* ring: answer, second dial tone, digits */
	enum line_dial dial;
	unsigned dial_last;		/* LINE_DIAL_LAST: how many digits */
	const char *dial_digits;	/* LINE_DIAL_DIGITS; 'w' waits 0.5 s */
	enum dial_method dial_method;
	unsigned pulse_rate;		/* pulses a second */
	unsigned pulse_break;		/* % of a pulse */
	unsigned flash_time_ms;		/* that a hookflash from SIP opens the loop */
	enum line_answer answer;
	unsigned answer_delay_ms;	/* LINE_ANSWER_DELAY, after dialling */
	bool wait_dial_tone;		/* before dialling; else after a pause */
	bool callerid;			/* expect it (FXO), send it (FXS) */
	struct callerid_way way;	/* how; nothing in it is left open */
	enum glare_winner glare;
	struct tone disconnect_tone;	/* count 0: none; counts as busy tone */
	unsigned disconnect_break_ms;	/* 0: as timer break says */
	enum line_learn learn;		/* what unknown releases are used for */
	/* FXS */
	unsigned did_digits;		/* digits sent into the PBX */
	enum did_when did_when;
	const char *digit_map;		/* what may be dialled; "" the routes' */
	const char *hotline;		/* called at once on seizure, "" none */
	unsigned hotline_ms;		/* ... if nothing is dialled for so long; 0 at once */
	bool polarity_answer;		/* reverse battery when the far end answers */
	bool flash;			/* hookflash is told apart from hang-up */
	bool flash_holds;		/* and holds the call; else the far end has it */
	bool transfer;			/* on hook in a second call joins the others */
	const char *transfer_code;	/* hands the held call on to a number; "" none */
	const char *mailbox;		/* whose messages it shows, "" its own */
	unsigned mwi;			/* of enum line_mwi: how it shows them */
	enum callerid_alert mwi_alert;	/* before MWI_FSK: ring, DT-AS or none */
	bool call_waiting;		/* a call to it while it talks is announced */
	bool call_waiting_callerid;	/* with its caller ID, where the standard has that */
	/* both */
	const char *user, *auth_user, *secret_file;	/* own account, "" the trunk's */
	bool allow_weak_secret;
	bool registers;
	int16_t rx_gain, tx_gain;	/* 0.1 dB */
	int16_t card_rx_gain, card_tx_gain;	/* 0.1 dB, in the card */
	int card_impedance;		/* setting of the card, -1 as it is */
	const char *measure_digits;	/* stop the dial tone, "" none */
	enum canceller canceller;
	uint16_t echo_ms;		/* 0 off */
	bool nlp;
	bool dtmf_relay;		/* RFC 4733 where the far end takes it */
	bool busied_out;		/* starts busied out */
	struct config_fraud fraud;
};

enum hunt { HUNT_LINEAR, HUNT_CIRCULAR, HUNT_LEAST_USED };

struct config_group {
	struct config_place place;
	const char *name;
	const char **lines;
	size_t line_count;
	enum hunt hunt;
	struct config_limit limit;
};

/* What a route comes from or goes to. Names are known to exist. */
enum route_end_kind { ROUTE_ANY, ROUTE_TRUNK, ROUTE_GROUP, ROUTE_LINE,
		      ROUTE_TRUNK_GROUP };
struct route_end {
	enum route_end_kind kind;
	const char *name;
};

#define ROUTE_TARGETS 8

struct config_trunk_group {
	struct config_place place;
	const char *name;
	const char **trunks;
	size_t trunk_count;		/* at most ROUTE_TARGETS */
	uint16_t weights[ROUTE_TARGETS];
	size_t weight_count;		/* 0: in order; else as many as trunks */
};

#define CADENCE_CALLERID_MS 1800	/* least pause that caller ID fits in */

/* Ringing with a name, compared without regard to case. */
struct config_cadence {
	struct config_place place;
	const char *name;
	struct cadence ring;
};

/* Who calls decides how it rings; the first that fits. */
struct config_ringing {
	struct config_place place;
	const char *calling;		/* digit map */
	const char *cadence;
};

struct config_route {
	struct config_place place;
	struct route_end from;
	const char *called;		/* digit map, "" any */
	const char *calling;		/* digit map, "" any */
	unsigned strip;			/* leading digits taken off the called number */
	const char *prefix;		/* then put in front */
	unsigned calling_strip;
	const char *calling_prefix;
	const char *calling_number;	/* replaces the caller's number, "" as it is */
	struct route_end to[ROUTE_TARGETS];
	size_t to_count;
	bool next_on_given;
	uint32_t next_on[4];		/* a bit for each cause after which the next
					   of to is tried */
	bool next_route;		/* after the last of to, further routes */
	const char *cadence;		/* of ringing, "" as the call asks */
	bool reject;			/* calls that match are refused ... */
	enum cause reject_cause;	/* ... with this */
};

struct config_emergency {
	const char **numbers;
	size_t number_count;
	struct route_end via[ROUTE_TARGETS];
	size_t via_count;
};

/* Where SIP is listened for. */
struct config_listen {
	enum sip_transport transport;
	struct sockaddr_storage address;	/* with port */
	const char *text;			/* as written */
};

struct config {
	const char *file;
	struct country country;		/* with the file's own tones laid over */
	struct config_limit limit;	/* max_calls, max_calls_in, max_calls_out */
	enum over_limit over_limit;
	unsigned retry_after;
	struct {
		struct config_listen *listen;
		size_t listen_count;
		const char *user_agent;
		enum strangers strangers;
		const char *realm;		/* of challenges of ours */
		enum digest_kind digests[DIGEST_COUNT];	/* best first */
		size_t digest_count;
		enum digest_cover digest_cover;
		const char *public_address;	/* of trunks without, "" own */
		unsigned max_requests;		/* a second, from one address */
		unsigned max_connections;	/* accepted ones, in all */
		unsigned max_connections_source; /* of these, from one address */
	} sip;
	struct config_tls tls;
	struct {
		struct sockaddr_storage local;
		uint16_t port_min, port_max;
		uint8_t dscp;
		uint16_t jitter_min_ms, jitter_max_ms;
		unsigned dead_s;
	} rtp;
	struct {
		const char *file;	/* "" no file, journal only */
		bool journal;
	} cdr;
	const char *control;		/* path of the control socket */
	const char *control_group;	/* who may use it besides root, "" nobody */
	const char *state_directory;	/* what is to outlive a restart; "" nothing */
	const char *sim_directory;
	enum { CONFIG_LOG_ERROR, CONFIG_LOG_WARNING, CONFIG_LOG_INFO,
	       CONFIG_LOG_DEBUG } log;
	uint32_t timers[TIMER_COUNT];	/* in each timer's own unit */
	struct config_trunk *trunks;
	size_t trunk_count;
	struct config_span *spans;
	size_t span_count;
	struct config_line *lines;
	size_t line_count;
	struct config_group *groups;
	size_t group_count;
	struct config_trunk_group *trunk_groups;
	size_t trunk_group_count;
	struct config_route *routes;
	size_t route_count;
	struct config_cadence *cadences;
	size_t cadence_count;
	struct config_ringing *ringing;
	size_t ringing_count;
	struct config_emergency emergency;
	struct config_fraud fraud;
	struct config_pool *pool;	/* owner of all strings and arrays */
};

/* An error's text: "FILE:LINE: what is wrong; what would be right". */
typedef void config_error_fn(void *arg, const char *text);

/* Reads and checks a file. Every error is told to error(); NULL when there was
 * any, else the configuration, to be given back with config_free(). */
struct config *config_load(const char *file, config_error_fn *error, void *arg);
void config_free(struct config *);

/* A cadence of the file or a usual one; NULL: there is none of that name. */
const struct cadence *config_cadence(const struct config *, const char *name);
/* In ms, and behind which burst (from 0) it comes first; 0: there is none. */
unsigned cadence_longest_pause(const struct cadence *, unsigned *burst);

/* NULL: no country of that code. The result is static. */
const struct country *country_find(const char *code);
/* Calls fn for each known one. */
void country_each(void (*fn)(void *arg, const struct country *), void *arg);

/* Parses libtonezone's notation, "[!]F[+F][*F][/MS],...". 0 or -EINVAL. */
int tone_parse(struct tone *, const char *text, int16_t level);

/* "mon-fri 07:30-18:00", "daily 22:00-06:00". 0 or -EINVAL. */
int config_hours_read(struct config_hours *, const char *text);
bool config_hours_hold(const struct config_hours *, int day, int minute);
/* Is it in one of these, in local time? now: s since 1970. No hours: always. */
bool config_hours_open(const char *const *hours, size_t count, int64_t now);

/* By name; NULL: none. A span's, too. */
const struct config_trunk *config_trunk(const struct config *, const char *name);
const struct config_span *config_span(const struct config *, const char *name);
const struct config_line *config_line(const struct config *, const char *name);
const struct config_group *config_group(const struct config *, const char *name);
const struct config_trunk_group *config_trunk_group(const struct config *,
						    const char *name);

/* kbit/s that a call of this trunk takes at most in each direction: the codec of
 * the highest rate in packets of its ptime, with RTP, SRTP, UDP and IP headers. */
unsigned config_trunk_kbit(const struct config_trunk *, bool ipv6);

#endif
