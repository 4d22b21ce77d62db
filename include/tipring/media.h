/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * media.h - the voice path as signalling sees it.
 *
 * A media end is the voice side of a line (for the line's whole life) or of a
 * SIP leg (for the leg's life). It lives in a pump's thread. Every call here
 * is made by the signalling thread, never waits, and takes effect in the order
 * made; what comes of it returns as an event on the signalling thread.
 *
 * int: 0 or -errno (-EINVAL, -ENOTSUP: this end cannot do that; -ENOBUFS: the
 * pump does not keep up).
 */
#ifndef TIPRING_MEDIA_H
#define TIPRING_MEDIA_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "tipring/driver.h"
#include "tipring/party.h"
#include "tipring/tone.h"

struct media;			/* the room: pumps and what they carry */
struct media_end;

enum codec { CODEC_NONE, CODEC_PCMU, CODEC_PCMA, CODEC_COUNT };

/* SRTP's cipher suites (RFC 4568 section 6.2, RFC 7714 section 14.2), the
 * cheapest first: a processor with AES does GCM in a third of HMAC's time. */
enum srtp_suite { SUITE_NONE, SUITE_AES_128_GCM, SUITE_AES_256_GCM,
		  SUITE_AES_CM_80, SUITE_AES_CM_32, SUITE_COUNT };

#define SRTP_KEY_MOST 44	/* octets of a master key with its salt */
#define SRTP_MKI_MOST 4

/* Keys of an RTP session; whoever has one wipes it after use. SUITE_NONE: it
 * goes in the clear. */
struct media_srtp {
	enum srtp_suite suite;
	uint8_t local[SRTP_KEY_MOST];	/* master key and salt that we send with */
	uint8_t remote[SRTP_KEY_MOST];	/* and those of the far end */
	uint8_t mki[SRTP_MKI_MOST];	/* that stands in the far end's packets */
	uint8_t mki_size;		/* octets of it, 0: none */
};

/* What an end looks for. Each costs time only while it is asked for. */
enum media_detect {
	DETECT_DIGITS = 1 << 0,	/* DTMF in the audio */
	DETECT_TONES = 1 << 1,	/* call progress: tone segments, speech, silence */
	DETECT_CALLERID = 1 << 2,	/* FSK or DTMF caller ID */
	DETECT_FAX = 1 << 3,	/* CNG, CED (2100 Hz) */
};

/* Caller ID as a country sends it. */
enum callerid_standard {
	CALLERID_NONE,
	CALLERID_BELLCORE,	/* Bell 202 FSK after the first ring: GR-30 */
	CALLERID_ETSI,		/* V.23 FSK: EN 300 659-1 */
	CALLERID_UK,		/* SIN 227: polarity reversal, DT-AS, V.23 */
	CALLERID_JAPAN,
	CALLERID_DTMF,
};

/* What tells a telephone on hook that caller ID comes. */
enum callerid_alert {
	ALERT_STANDARD,		/* as the standard goes */
	ALERT_RING,		/* it comes after the first burst of ringing */
	ALERT_POLARITY,		/* a reversal; it comes before the first ring */
	ALERT_DTAS,		/* 2130 and 2750 Hz together; likewise */
	ALERT_NONE,		/* nothing; likewise */
};

/* How caller ID goes on a line. */
struct callerid_way {
	enum callerid_standard standard;
	enum callerid_alert alert;
	char start, stop;	/* CALLERID_DTMF: digits around the number */
};

/* Whether messages wait, as data to a telephone on hook (GR-1401, EN 300 659-3
 * clause 5.2). .way.alert: ALERT_RING, ALERT_DTAS or ALERT_NONE goes before. */
struct media_messages {
	struct callerid_way way;
	bool waiting;
};

/* Ringing of an FXS port. */
struct media_ring {
	struct cadence cadence;
	struct callerid_way way;	/* .standard CALLERID_NONE: none is sent */
	struct party from;
	int64_t when;		/* s since 1970, for the date in caller ID */
};

enum dial_method { DIAL_DTMF, DIAL_PULSE };

/* Digits 0-9*#A-D; 'w' waits 0.5 s. Times in ms. */
struct media_dial {
	char digits[PARTY_NUMBER_SIZE];
	enum dial_method method;
	uint16_t on_ms, off_ms;	/* DTMF; 0: 100 and 100 */
};

/* Who takes the line's echo out. */
enum canceller {
	CANCELLER_OWN,
	CANCELLER_SPANDSP,
	CANCELLER_CARD,		/* PORT_CANCELLER: the card or its kernel driver */
};

/* How an end on a port works; applies from the next frame. */
struct media_port_conf {
	int16_t rx_gain, tx_gain;	/* 0.1 dB, line to us and us to line */
	enum canceller canceller;
	uint16_t echo_ms;	/* canceller's length, 8 to 128; 0: off */
	bool nlp;		/* non-linear processor of the canceller */
	int16_t tone_threshold;	/* 0.1 dBm0; 0: default */
	enum callerid_standard callerid;	/* what DETECT_CALLERID expects */
	const struct tone *plan;	/* TONE_COUNT tones: frequencies to look
					   for; must outlive the end */
};

/* What is found out about a line that nobody talks on. */
enum media_probe {
	PROBE_STOP,
	PROBE_LISTEN,		/* noise and tones, 1 s */
	PROBE_ECHO,		/* a test signal and what returns of it, 2 s */
	PROBE_ECHO_SHORT,	/* the same in 1 s, less exact in noise */
};

#define PROBE_NOTHING (-990)	/* 0.1 dBm0: no sound at all */

/* Levels in 0.1 dBm0, ratios in 0.1 dB, times in 0.1 ms. Of the line's own
 * samples: before gains and canceller. */
struct media_probed {
	enum media_probe what;
	/* PROBE_LISTEN */
	int16_t level;			/* unweighted, 30 to 3900 Hz */
	int16_t psophometric;		/* ITU-T O.41 */
	int16_t c_message;		/* IEEE 743; dBrnC0 is 90 dB more */
	int16_t hum;			/* mains: 50 or 60 Hz and its harmonics */
	uint16_t hum_hz;		/* 50 or 60 */
	uint16_t tone[TONE_FREQUENCIES];	/* 0.1 Hz, strongest first; none
					   where it is noise or speech */
	int16_t tone_level;		/* of all of them together */
	/* PROBE_ECHO */
	bool echo;			/* one was found; else erl is a bound */
	int16_t erl;			/* sent against returned, mean of the power
					   over 300 to 3400 Hz */
	int16_t erl_low, erl_high;	/* 260 to 500 Hz, 2200 to 3400 Hz: the
					   singing return losses of IEEE 743 */
	int16_t worst;			/* least over any 100 Hz of 300 to 3400 */
	uint16_t worst_hz;
	uint16_t delay;			/* until it is strongest */
	uint16_t over;			/* until less than 0.1 % is still to come */
};

/* One side of an RTP session. */
struct media_rtp {
	struct sockaddr_storage remote;	/* family 0: not known yet */
	enum codec codec;
	uint8_t payload;		/* RTP payload type of the codec */
	uint8_t event_payload;		/* RFC 4733; 0: digits stay in the audio */
	uint16_t ptime;			/* ms a packet we send, 10 to 60 */
	bool send, receive;		/* direction attributes of the session */
	bool learn;			/* remote may be behind NAT: take the source
					   of the first packets, never later ones */
	struct sockaddr_storage likely;	/* learn: where they should come from, of
					   any port; family 0: nobody knows */
	struct media_srtp srtp;		/* the same keys again: goes on as it is */
	uint16_t dead_s;		/* no packet for so long: MEDIA_RTP_DEAD; 0 off */
};

/* Where RTP ends get their sockets. */
struct media_rtp_conf {
	struct sockaddr_storage local;	/* address to bind; port ignored */
	uint16_t port_min, port_max;	/* even ports in this range, RTCP above */
	uint8_t dscp;			/* 46: expedited forwarding */
	uint16_t jitter_min_ms, jitter_max_ms;
	char cname[64];
};

enum media_event_type {
	MEDIA_LINE,		/* .line: what the driver saw */
	MEDIA_DIGIT,		/* .digit: one digit, once, at its end or when sure */
	MEDIA_TONE,		/* .tone: a segment of tone has ended or goes on */
	MEDIA_SPEECH,		/* .span: speech (or music) was heard */
	MEDIA_SILENCE,		/* .span: nothing above the noise */
	MEDIA_CALLERID,		/* .party: complete and its checksum is right */
	MEDIA_CALLERID_BAD,	/* it came, but could not be read */
	MEDIA_CALLERID_SENT,	/* of ops->callerid; of ops->call_waiting, .value:
				   1 the telephone asked for it, 0 it did not */
	MEDIA_MESSAGES_SENT,	/* of ops->messages: all was sent */
	MEDIA_PLAYED,		/* a tone that ends has ended */
	MEDIA_DIALLED,		/* dial is complete */
	MEDIA_RTP_FIRST,	/* the first packet of a session has come */
	MEDIA_RTP_DEAD,		/* none for dead_s */
	MEDIA_FAX,		/* .value: frequency, 1100 or 2100 Hz */
	MEDIA_PROBED,		/* .probed: of ops->probe */
	MEDIA_TROUBLE,		/* .trouble: what a port should not do, told once
				   until a minute passes without it */
	MEDIA_FREED,		/* the pump has let go; the last event of an end */
};

enum trouble {
	TROUBLE_SHORT_READS,	/* count: reads of less than a frame so far */
	TROUBLE_STORM,		/* count: events of the port within a second */
	TROUBLE_LOST_EVENTS,	/* count: events that found no room so far */
	TROUBLE_COUNT
};

enum digit_source { DIGIT_DTMF, DIGIT_RFC4733, DIGIT_PULSE, DIGIT_INFO };

/* Facts carry their time in samples of the end's own clock; `sample` is the
 * time of the event. Core compares differences only. */
struct media_event {
	enum media_event_type type;
	uint64_t sample;
	union {
		struct line_event line;
		struct {
			char digit;	/* 0-9*#A-D, 'F' hookflash (event 16) */
			enum digit_source source;
			uint16_t ms;
		} digit;
		struct {
			uint16_t frequency[TONE_FREQUENCIES];
			int16_t level;		/* 0.1 dBm0, of the sum */
			uint32_t on_ms;		/* so far, or in all */
			uint32_t off_ms;	/* silence before it */
			bool ended;		/* false: continuous tone, goes on */
			bool swings;		/* one frequency, modulated deeply */
		} tone;
		struct { uint32_t ms; int16_t level; } span;
		struct { enum trouble what; uint32_t count; } trouble;
		struct party party;
		struct media_probed probed;
		int value;
	};
};

/* Called on the signalling thread; the event is only valid in the call. */
typedef void media_event_fn(void *owner, const struct media_event *);

/* Counters of an end so far; any thread, any time. */
struct media_stats {
	uint64_t samples;		/* of the end's clock */
	uint32_t sent, received;	/* RTP packets */
	uint32_t lost;			/* not there when needed, concealed */
	uint32_t late, strangers, malformed;
	uint32_t forged;		/* SRTP: not authentic, or played again */
	uint32_t remote_lost;		/* as the far end's reports say */
	uint16_t jitter_ms, delay_ms;	/* of the jitter buffer */
	uint16_t round_trip_ms;
	int16_t rx_level, tx_level;	/* 0.1 dBm0, over the last second */
	int16_t erle;			/* 0.1 dB, of the canceller */
	uint32_t slips, overruns;	/* line: frames dropped or repeated;
					   reads that gave less than a frame */
	uint32_t events, events_lost;	/* line: of the port */
	uint32_t silences;		/* line: times without audio for 2 s */
};

struct media_ops {
	/* A line's end. Opens the port; on error returns NULL and fills why. */
	struct media_end *(*port_new)(struct media *, const char *port,
			const struct port_conf *, const struct media_port_conf *,
			media_event_fn *, void *owner, char *why, size_t size);
	/* An RTP end with sockets bound; NULL and errno: EADDRINUSE when no
	 * port of the range is free. Sends nothing before rtp_set. */
	struct media_end *(*rtp_new)(struct media *, const struct media_rtp_conf *,
			media_event_fn *, void *owner);
	uint16_t (*rtp_port)(const struct media_end *);
	int (*rtp_set)(struct media_end *, const struct media_rtp *);

	/* Gives the end back. Splits it, silences its port (on hook, no ringing)
	 * and closes it when the pump has let go. No event but MEDIA_FREED comes
	 * after this call; owner may be NULL already by then. */
	void (*free)(struct media_end *);

	/* Voice both ways between two ends; each is in at most one join, a join
	 * replaces an older one. A tone being played goes before the voice
	 * towards its own end. */
	int (*join)(struct media_end *, struct media_end *);
	void (*split)(struct media_end *);

	int (*play)(struct media_end *, const struct tone *);	/* NULL: stop */
	int (*dial)(struct media_end *, const struct media_dial *);
	/* One digit towards the end: DTMF on a line, RFC 4733 (or in-band) on
	 * RTP. digit 'F': hookflash. */
	int (*digit)(struct media_end *, char digit, unsigned ms);
	int (*detect)(struct media_end *, unsigned what);	/* all of it, anew */
	/* RFC 4733 relay: take digits out of the audio of this line's end and
	 * send them as events through the joined RTP end, and the reverse. */
	int (*relay_digits)(struct media_end *, bool on);
	void (*stats)(const struct media_end *, struct media_stats *);

	/* Lines only. */
	int (*conf)(struct media_end *, const struct media_port_conf *);
	int (*state)(const struct media_end *, struct port_state *);	/* last known */
	int (*hook)(struct media_end *, bool off_hook);
	int (*ring)(struct media_end *, const struct media_ring *);	/* NULL stops */
	/* Caller ID at once, to a telephone that is off hook (NTT); then
	 * MEDIA_CALLERID_SENT. Its cadence is not looked at. */
	int (*callerid)(struct media_end *, const struct media_ring *);
	/* Caller ID of a call that waits, to a telephone that talks: when the tone
	 * being played has ended, CAS, and after the telephone's answer the data;
	 * meanwhile the voice path is cut. Then MEDIA_CALLERID_SENT; none when a
	 * hook event, play, join or split came between. Its cadence is not looked
	 * at. Bellcore, ETSI and UK only. */
	int (*call_waiting)(struct media_end *, const struct media_ring *);
	/* Then MEDIA_MESSAGES_SENT; none when a call came between, or the telephone
	 * is not on hook. -ENOTSUP: its port sends nothing on hook, or its standard
	 * has no such data. */
	int (*messages)(struct media_end *, const struct media_messages *);
	int (*battery)(struct media_end *, int break_ms);
	int (*polarity)(struct media_end *, bool reversed);
	int (*flash)(struct media_end *, int ms);
	int (*set)(struct media_end *, enum port_param, int value);
	/* Then MEDIA_PROBED, unless it is stopped before. -EBUSY: the last one
	 * has not let go yet; -ENOMEM. */
	int (*probe)(struct media_end *, enum media_probe);
	/* As the driver's; these wait for the card, some 100 ms at most. */
	int (*readings)(struct media_end *, struct port_readings *);
	int (*impedance)(struct media_end *, int setting);
};

/* A room that offers the above begins with this. */
struct media {
	const struct media_ops *ops;
};

/* An end begins with this. */
struct media_end {
	struct media *media;
};

/* A suite's name in session descriptions (RFC 4568, RFC 7714); "": none. */
static inline const char *srtp_suite_name(enum srtp_suite suite)
{
	switch (suite) {
	case SUITE_AES_128_GCM: return "AEAD_AES_128_GCM";
	case SUITE_AES_256_GCM: return "AEAD_AES_256_GCM";
	case SUITE_AES_CM_80: return "AES_CM_128_HMAC_SHA1_80";
	case SUITE_AES_CM_32: return "AES_CM_128_HMAC_SHA1_32";
	case SUITE_NONE:
	case SUITE_COUNT: break;
	}
	return "";
}

/* A port's kind in words, for people. */
static inline const char *port_kind_name(enum port_kind kind)
{
	switch (kind) {
	case PORT_FXS: return "fxs";
	case PORT_FXO: return "fxo";
	case PORT_B: return "b";
	}
	return "?";
}

#endif
