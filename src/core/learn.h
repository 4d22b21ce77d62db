/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * learn.h - what an FXO line's calls end with that nobody has configured: a
 * tone of an unknown cadence, a battery break shorter than the timer's. When
 * enough calls agree on a signal, and none went on after it, it is learned.
 * Pure; kept by line, over reloads; ops saves it.
 */
#ifndef CORE_LEARN_H
#define CORE_LEARN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "tipring/media.h"
#include "tipring/tone.h"

enum {
	LEARN_CALLS = 5,	/* that agree, before a signal is believed */
	LEARN_BURSTS = 4,	/* sounds in a cycle of a cadence */
	LEARN_SIGNALS = 4,	/* kept of a line */
	LEARN_RELEASES = 8,	/* the last ones, with their evidence */
};

enum learn_kind { LEARN_NONE, LEARN_TONE, LEARN_BREAK, LEARN_KINDS };

/* A sound and the silence before it. */
struct learn_burst {
	uint16_t frequency[TONE_FREQUENCIES];	/* Hz, as measured */
	uint32_t on_ms, off_ms;			/* on_ms 0: continuous */
};

struct learn_heard {
	enum learn_kind kind;
	unsigned bursts;			/* LEARN_TONE: of a cycle */
	struct learn_burst burst[LEARN_BURSTS];
	int16_t level;				/* 0.1 dBm0 */
	uint32_t break_ms;			/* LEARN_BREAK */
};

struct learn_signal {
	struct learn_heard mean;
	uint32_t least_ms, most_ms;	/* the break, or the first sound */
	unsigned calls;			/* that ended with it */
	unsigned against;		/* that went on with speech after it */
	int64_t last;			/* s since 1970 */
};

struct learn_release {
	int64_t when;			/* s since 1970 */
	char why[96];
	struct learn_heard heard;
};

struct learn_line {
	struct list_head node;
	char name[48], port[64];
	struct learn_signal signal[LEARN_SIGNALS];
	unsigned signals;
	struct learn_release release[LEARN_RELEASES];	/* oldest first */
	unsigned releases;
};

/* By name; with another port than before it is forgotten first. NULL: out of
 * memory. */
struct learn_line *learn_line(struct list_head *lines, const char *name,
			      const char *port);
struct learn_line *learn_find(struct list_head *lines, const char *name);
void learn_free(struct learn_line *);

/* A call has ended, and these were its last seconds' signals, if any. */
void learn_ended(struct learn_line *, const struct learn_heard *, unsigned count,
		 const char *why, int64_t when);
/* A call went on after that. */
void learn_denied(struct learn_line *, const struct learn_heard *);
/* Enough calls agree, and nothing speaks against it. */
bool learn_is_sure(const struct learn_line *, const struct learn_signal *);

/* As it would be configured: rounded, as a tone, as the least length of a break
 * that ends a call. */
void learn_as_tone(const struct learn_heard *, struct tone *);
uint32_t learn_as_break(const struct learn_signal *);
/* "400 Hz 0.35/0.35 s", "battery break of 90 ms" */
void learn_words(const struct learn_heard *, char *, size_t);
/* disconnect_tone = "400/350,0/350"; */
void learn_config(const struct learn_signal *, char *, size_t);

/* ------------------------------------------------------- one call's last words */

enum { LEARN_EAR_BURSTS = 3 * LEARN_BURSTS };

struct learn_ear {
	struct learn_burst burst[LEARN_EAR_BURSTS];	/* oldest first */
	unsigned count;
	struct learn_heard tone, loop;	/* that stand; kind NONE: none */
	uint64_t tone_at, loop_at;	/* ms */
	uint32_t tone_after, loop_after;	/* ms of speech since */
	uint32_t spoken_ms;		/* by the far side, in this call */
	uint64_t speech_end;		/* sample; spans may overlap */
};

void learn_ear_start(struct learn_ear *);
/* Tone and speech events. The number of signals that the call has outlived, to
 * denied[]. */
unsigned learn_ear_hear(struct learn_ear *, const struct media_event *,
			uint64_t now_ms, struct learn_heard denied[2]);
void learn_ear_break(struct learn_ear *, uint32_t ms, uint64_t now_ms);
/* The call ends now: what its last seconds have to say, to heard[]. */
unsigned learn_ear_ended(const struct learn_ear *, uint64_t now_ms,
			 struct learn_heard heard[2]);

#endif
