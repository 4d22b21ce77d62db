/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * dtmf.h - a receiver of DTMF (ITU-T Q.23) that keeps what Q.24 annex A asks.
 *
 * Two filters, one for each group of tones, make of the sound a vector of each
 * every step. How far it turns in 5 ms is the frequency, to a hertz or two; that
 * it does so evenly says that there is one tone; its power, step by step, says
 * when the tone began and ended, and that it is as steady as no voice is.
 *
 *   taken	1.5 % + 2 Hz off; twist of 8 dB either way; each tone as
 *		strong as is told; 35 ms, after a pause of 30 ms; in noise 15 dB below, in
 *		dial tone 6 dB above each tone
 *   refused	3 % off; twist of 10 dB; 2 dB less than told; 26 ms
 *   one digit	with holes of 10 ms
 *
 * A digit is told 35 ms after its beginning at the soonest, and its end 25 ms
 * after that.
 */
#ifndef MEDIA_DTMF_H
#define MEDIA_DTMF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media/dtmf_filter.h"

#define DTMF_BACK 16		/* steps before this one that can be looked at */
#define DTMF_PAST (DTMF_BACK * DTMF_STEP + 40)	/* samples before a step */
#define DTMF_AHEAD 8		/* steps until they are moved */
#define DTMF_STEPS 32		/* that are remembered; a power of two */

struct dtmf_step {
	int32_t low[2], high[2][2];	/* vectors: one, and two a step */
	int64_t low_power, high_power;	/* the high ones: if anybody asked */
};

struct dtmf {
	float least;			/* mean square of either tone */
	int64_t hopeless;		/* with less power a window has no tone */
	_Alignas(16) int16_t x[DTMF_PAST + DTMF_AHEAD * DTMF_STEP];
	unsigned at;			/* where in it the step to come begins */
	unsigned filled;		/* of the step to come */
	unsigned quiet;			/* steps in a row that are not loud */
	uint32_t now;			/* number of the last step */
	uint32_t high_at;		/* of the last one with the high vectors */
	struct dtmf_step step[DTMF_STEPS];

	char digit;			/* heard, or suspected; 0: none */
	bool sure;			/* it has been told */
	int64_t low_power, high_power;	/* of its vectors */
	uint32_t began, last;		/* first and last step that has it */
	uint32_t before;		/* last step of the one before it */
	unsigned present;		/* steps of its power */
	unsigned seen;			/* steps at which it was recognised */
	unsigned absent, unseen;	/* steps in a row without either */
	unsigned other;			/* steps in a row with another digit */
};

enum dtmf_news {
	DTMF_NOTHING,
	DTMF_BEGAN,
	DTMF_ENDED,
};

/* dBm0 of the weaker tone, at which a digit is surely taken; -42 at least. */
void dtmf_init(struct dtmf *, float dbm0);
void dtmf_level(struct dtmf *, float dbm0);

/* As if there had been silence. */
void dtmf_reset(struct dtmf *);

/* Takes what is missing of a step, n samples at most, and returns how many that
 * were. */
size_t dtmf_run(struct dtmf *, const int16_t *, size_t n, enum dtmf_news *);

/* Samples of the digit so far, or of the last one. */
uint32_t dtmf_length(const struct dtmf *);

/* That there is a digit, or what may become one, or was one 20 ms ago. */
static inline bool dtmf_suspects(const struct dtmf *d)
{
	return d->digit;
}

/* The last steps, 0: the one just made. */
static inline const struct dtmf_step *dtmf_ago(const struct dtmf *d, unsigned steps)
{
	return &d->step[(d->now - steps) % DTMF_STEPS];
}

#endif
