/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * hear.h - what a line hears: which of the country's tones, by frequency and
 * cadence; voice; silence; a tone of any frequency. States, not events: they
 * hold as long as what is heard does not contradict them.
 */
#ifndef PBX_HEAR_H
#define PBX_HEAR_H

#include "pbx/spectrum.h"
#include "tipring/tone.h"

#define HEAR_SEGMENTS 8
#define HEAR_RECENT 800		/* samples, for a tone of any frequency */

enum heard { HEARD_NOTHING, HEARD_DIAL_TONE, HEARD_RINGBACK, HEARD_BUSY,
	     HEARD_CONGESTION, HEARD_SIT, HEARD_HOWLER, HEARD_COUNT };

/* A stretch in which the same frequencies sounded, or none. */
struct hear_segment {
	uint32_t mask;
	unsigned ms;
	bool partial;		/* its beginning was not heard */
};

struct hear {
	const struct tone *tones;	/* TONE_COUNT */
	struct spectrum spectrum;
	uint32_t masks[TONE_COUNT][TONE_SEGMENTS];
	struct hear_segment segment[HEAR_SEGMENTS];	/* the last one runs */
	unsigned count;
	uint32_t changing;	/* a mask not yet believed, ... */
	unsigned pending;	/* ... seen for so many hops */
	enum heard heard;
	unsigned voice_ms, silence_ms;
	bool is_digit;		/* DTMF sounds: not voice */
	int16_t recent[HEAR_RECENT];
	void (*hop)(void *);	/* every 25 ms, after all is up to date */
	void *arg;
};

void hear_init(struct hear *, const struct tone *tones, void (*hop)(void *), void *arg);
void hear_reset(struct hear *);		/* another call: forget all */
void hear_put(struct hear *, const int16_t *, size_t n);

bool hear_silence(const struct hear *);
bool hear_voice(const struct hear *);
bool hear_tone(const struct hear *, double hz);

/* "busy", ...; NULL: no such. */
const char *heard_name(enum heard);
/* For people: "busy", "a tone of 1004 Hz, -10 dBm0", "voice", "silence". */
void hear_text(const struct hear *, char *text, size_t size);

#endif
