/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * jitter.h - the adaptive jitter buffer: packets in as they come, samples out
 * as the line's clock asks for them.
 *
 * Times are samples (1/8000 s). "Now" is the clock of whoever pulls; an arrival
 * is a time on that clock, so a packet may wait in its socket at no loss. The
 * transit of a packet is arrival minus RTP timestamp; the least transit of the
 * last seconds is the network at its best, and the target delay above it covers
 * the worst that was seen. A delay that is off is mended by taking out or
 * repeating a pitch period with a cross-fade, so a drifting clock is absorbed
 * without an end. What is missing is concealed.
 */
#ifndef MEDIA_JITTER_H
#define MEDIA_JITTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media/conceal.h"

#define JITTER_RING 8192	/* samples, a power of two */
#define JITTER_FADE 80		/* samples of a cross-fade, and of a pull */
#define JITTER_WINDOWS 2

struct jitter_stats {
	uint32_t lost;		/* packets that were not there when needed */
	uint32_t late;		/* came after their time */
	uint32_t duplicate;
	uint32_t restarts;	/* jumps of the stream's time */
	uint32_t concealed;	/* samples */
	uint32_t stretched, shrunk;	/* samples put in and taken out */
};

struct jitter {
	int16_t ring[JITTER_RING];	/* by timestamp; JITTER_EMPTY: none */
	int32_t least, most;		/* target's bounds, samples */
	bool started;			/* there is a stream */
	uint32_t play;			/* timestamp of the next sample */
	uint32_t newest;		/* one after the latest sample held */
	uint32_t solid;			/* from play on all is there up to here, or more */
	int64_t now;			/* the puller's clock at its next pull */
	bool fresh;			/* play is set at the next pull */
	uint32_t last_ts;
	int64_t last_extended;		/* last_ts without wrapping */
	uint16_t last_seq;
	unsigned late_run;
	int64_t least_transit[JITTER_WINDOWS];
	int32_t most_spread[JITTER_WINDOWS];
	int64_t window_end, spread_end;
	int32_t age;			/* samples played, while it is young */
	int32_t over;			/* samples in a row with too long a delay */
	int32_t silence;		/* samples in a row with nothing to play */
	float noise;			/* mean square of the quiet */
	int16_t past[JITTER_FADE];	/* the last samples given out */
	struct conceal conceal;
	struct jitter_stats stats;
};

/* Bounds of the target delay in ms, 0 to 400. */
void jitter_init(struct jitter *, unsigned least_ms, unsigned most_ms);

/* A new stream begins: another source or SSRC. Counters stay. */
void jitter_reset(struct jitter *);

/* A packet's decoded samples (n at most 480). */
void jitter_put(struct jitter *, uint16_t seq, uint32_t timestamp, bool marker,
		const int16_t *samples, size_t n, int64_t arrival);

/* A packet of the stream without audio (RFC 4733): only its number counts. */
void jitter_skip(struct jitter *, uint16_t seq);

/* The next n samples for time `now`, in steps of 80. */
void jitter_pull(struct jitter *, int16_t *to, size_t n, int64_t now);

/* Whether the next n samples are there. */
bool jitter_ready(struct jitter *, size_t n);

/* ms that audio waits here beyond the network's best. */
unsigned jitter_delay_ms(const struct jitter *);
unsigned jitter_target_ms(const struct jitter *);

#endif
