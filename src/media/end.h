/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * end.h - a media end from inside, and what passes between the signalling
 * thread and the pump.
 *
 * An end's memory is the signalling thread's: allocated in full before the pump
 * hears of it, freed when the pump has said that it let go. In between the pump
 * alone touches it, but for the fields marked S (signalling's) and A (atomic).
 */
#ifndef MEDIA_END_H
#define MEDIA_END_H

#include <stdatomic.h>

#include "base/list.h"
#include "media/dialler.h"
#include "media/listen.h"
#include "media/player.h"
#include "tipring/media.h"

struct pump;
struct end;
struct probe;
struct seal;

#define FRAME 80	/* samples that are worked on at a time */
#define METER_EACH 4	/* frames */

enum command_type {
	COMMAND_ADD, COMMAND_RELEASE,
	COMMAND_RTP, COMMAND_JOIN, COMMAND_SPLIT, COMMAND_PLAY, COMMAND_DIAL,
	COMMAND_DIGIT, COMMAND_DETECT, COMMAND_RELAY, COMMAND_CONF,
	COMMAND_HOOK, COMMAND_RING, COMMAND_CALLERID, COMMAND_WAITING,
	COMMAND_MESSAGES, COMMAND_BATTERY, COMMAND_POLARITY,
	COMMAND_FLASH, COMMAND_SET, COMMAND_PROBE, COMMAND_STOP,
};

struct command {
	enum command_type type;
	struct end *end;
	union {
		struct {
			struct media_rtp rtp;	/* without keys */
			struct seal *in, *out;
			unsigned serial;
		};
		struct end *other;
		struct tone tone;
		struct media_dial dial;
		struct media_port_conf conf;
		struct media_ring ring;
		struct probe *probe;
		struct media_messages messages;
		struct {
			int value;
			int param;
		};
	};
};

/* From the pump; MEDIA_FREED is the last one of an end. */
struct notice {
	struct end *end;
	struct media_event event;
};

/* media_stats, written by the pump, read by anybody. */
struct end_stats {
	atomic_uint_fast64_t samples;
	atomic_uint sent, received, lost, late, strangers, malformed, forged,
		remote_lost, jitter_ms, delay_ms, round_trip_ms, slips,
		overruns, events, events_lost, silences;
	atomic_int rx_level, tx_level, erle;
};

#define stat_set(field, value) \
	atomic_store_explicit(&(field), (value), memory_order_relaxed)
#define stat_get(field) atomic_load_explicit(&(field), memory_order_relaxed)
/* The pump is the only writer. */
#define stat_add(field, n) stat_set(field, stat_get(field) + (n))

/* Level over a second. */
struct meter {
	double squares;
	size_t samples;
	unsigned frames;	/* measured or not */
};

struct end_class {
	const char *name;
	/* The pump's thread. */
	void (*command)(struct end *, const struct command *);
	/* Voice for this end from its peer, at most FRAME samples. */
	void (*push)(struct end *, const int16_t *, size_t n);
	/* Voice of this end when its peer is the clock; NULL: it pushes. */
	void (*pull)(struct end *, int16_t *, size_t n);
	/* The peer, or what is asked of the end, has changed; at a turn's end. */
	void (*settle)(struct end *);
	/* About once a second. */
	void (*second)(struct end *);
	void (*release)(struct end *);
	/* Signalling's thread, after release: closes and frees all. */
	void (*dispose)(struct end *);
};

/* Notices without contents that must not get lost; sent when there is room. */
enum owed {
	OWED_RESYNC = 1 << 0, OWED_PLAYED = 1 << 1, OWED_DIALLED = 1 << 2,
	OWED_FIRST = 1 << 3, OWED_DEAD = 1 << 4, OWED_FREED = 1 << 5,
	OWED_PROBED = 1 << 6,
};

struct end {
	struct media_end base;
	const struct end_class *class;
	struct pump *pump;

	/* S */
	media_event_fn *fn;
	void *owner;
	bool closing;			/* free() was called */
	unsigned overdue;		/* BIT of commands that found no room */
	struct list_head all;		/* of the room's ends */
	struct list_head overdue_node;

	/* A */
	struct end_stats stats;

	/* the pump's */
	struct list_head node;
	struct list_head owing_node;
	struct list_head changed_node;
	unsigned owed;
	struct end *peer;
	uint64_t samples;		/* the end's clock */
	int64_t seen_us;		/* when the clock was last looked at */
	struct player player;
	struct dialler dialler;
	bool dialling;			/* MEDIA_DIALLED is to be told */
	bool relay;			/* digits go as events */
	struct listen listen;		/* what is looked for in its audio */
	struct meter rx, tx;
};

/* ---- end.c, the pump's thread */

void end_emit(struct end *, const struct media_event *);
void end_emit_type(struct end *, enum media_event_type);
void end_emit_digit(struct end *, char digit, enum digit_source, unsigned ms);
void end_command(struct end *, const struct command *);	/* kinds alike for all */
void end_changed(struct end *);		/* ->class->settle at the turn's end */
void end_split(struct end *);
void end_join(struct end *, struct end *);
/* Generated sound towards the end, which goes before its peer's voice. False:
 * there is none, n samples are untouched. */
bool end_sound(struct end *, int16_t *, size_t n);
void end_dialled(struct end *);		/* nothing is left to dial */
/* What is heard from the end: detectors and digits. */
void end_listen(struct end *, const int16_t *, size_t n);
void end_meters(struct end *);

/* One frame of METER_EACH tells the level of a second as well as all of them. */
static inline void meter_add(struct meter *m, const int16_t *s, size_t n)
{
	if (m->frames++ % METER_EACH)
		return;
	m->squares += level_squares(s, n);
	m->samples += n;
}

/* ---- port.c and rtp_open.c, signalling's thread */

struct end *line_end_new(struct media *, const char *port,
			 const struct port_conf *, const struct media_port_conf *,
			 char *why, size_t size);
struct end *rtp_end_new(struct media *, const struct media_rtp_conf *);
uint16_t rtp_end_port(const struct end *);
int rtp_end_set(struct end *, const struct media_rtp *);
int line_end_state(const struct end *, struct port_state *);
int line_end_conf(struct end *, const struct media_port_conf *);

#endif
