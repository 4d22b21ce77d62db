/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * line_end.h - the end on a port, as the pump sees it.
 *
 * A frame: read, decode, cancel echo, listen, gain, push to the peer; pull from
 * the peer, gain, or what we sound ourselves (digits before caller ID before
 * tones before voice), encode, write as many samples as were read.
 */
#ifndef MEDIA_LINE_END_H
#define MEDIA_LINE_END_H

#include "media/callerid.h"
#include "media/echo.h"
#include "media/end.h"
#include "media/line_waiting.h"
#include "media/probe.h"
#include "media/pump.h"
#include "media/slipring.h"

struct trouble_watch {
	unsigned seen;			/* of the counter, a second ago */
	int64_t at_us;			/* when it last grew; 0: never */
	unsigned due;			/* the count to be told; 0: none */
};

struct line_end {
	struct end end;
	const struct line_driver *driver;
	struct line_port *port;
	char name[PORT_NAME_SIZE];	/* "sim/1" */
	atomic_uint_fast64_t snapshot;	/* port_state, packed */

	uint16_t echo_ms;		/* S: as the last canceller was made */
	bool nlp;
	enum canceller canceller;

	/* A canceller made by signalling comes in by next, the old one leaves by
	 * spent; changed says that a NULL in next means none. */
	_Atomic(struct echo *) echo_next, echo_spent;
	atomic_bool echo_changed;

	struct probe *probe;		/* S: lent to the pump, NULL: it has none */

	/* the pump's */
	struct probe *probing;		/* the same, while it runs */
	struct watch own[2];		/* for events, for audio */
	struct watch *event_watch, *audio_watch;
	struct list_head audio_node;
	struct media_port_conf conf;
	enum audio_format format;
	float rx_gain, tx_gain;		/* 1: none */
	struct echo *echo;
	int16_t ref[FRAME_MAX];		/* what the last read's samples met */
	size_t ref_n;
	struct slipring ring;		/* voice from another line */
	bool active;			/* its audio is served */
	bool starts;			/* it will be, in step with the others */
	bool silent;			/* active, but the card gives none */
	bool gone;			/* -ENODEV: wait for the alarm to end */
	int64_t audio_us;		/* when audio came last */
	struct callerid_sender *sender;
	struct media_ring call;		/* of the ringing going on */
	bool callerid_due;		/* at the end of a burst */
	unsigned callerid_bursts;	/* that go before */
	bool callerid_first;		/* it is being sent, ringing follows */
	bool callerid_answered;		/* it is being sent to who is off hook */
	struct media_messages messages;	/* to be told */
	enum { MESSAGES_NONE, MESSAGES_RINGS, MESSAGES_SENT } telling;
	unsigned ring_wait;		/* samples until then */
	struct line_waiting waiting;	/* telling who calls meanwhile */
	char pulses[PARTY_NUMBER_SIZE];	/* still to be pulsed */
	unsigned pulse_wait;		/* samples of 'w' before them */
	struct trouble_watch trouble[TROUBLE_COUNT];
};

static inline struct line_end *line_end(struct end *e)
{
	return (struct line_end *)e;
}

extern const struct end_class line_class;

/* The watch says so. */
void line_end_events(struct line_end *);
void line_end_audio(struct line_end *);
/* A turn has come in which lines may begin. */
void line_end_start(struct line_end *);

/* ---- line_open.c */
void line_end_dispose(struct end *);

/* Whether it drives its peer with its clock. */
bool line_end_runs(const struct line_end *);

/* ---- line_port.c: what goes to the driver and what comes from it */
void line_port_command(struct line_end *, const struct command *);
void line_port_state(struct line_end *);	/* asks and publishes */
void line_port_pulse(struct line_end *);	/* goes on with ->pulses */
void line_port_called(struct line_end *);	/* caller ID is sent */
void line_port_ring(struct line_end *);		/* ring_wait is over */
void line_port_alarm(struct line_end *, enum line_event_type, enum port_alarm);
/* The port as calls leave it: on hook, silent, normal. */
void line_port_quiet(struct line_end *);

/* ---- line_trouble.c: once a second */
void line_trouble(struct line_end *);

uint64_t line_pack(const struct port_state *);
void line_unpack(uint64_t, struct port_state *);

/* ---- line_end.c */
void line_end_clock(struct line_end *);		/* on to this turn's time */

#endif
