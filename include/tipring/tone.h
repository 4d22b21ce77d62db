/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * tone.h - call-progress tones and ringing as values: what is sent, and what
 * is looked for. Frequencies in Hz, times in ms, levels in 0.1 dBm0 for each
 * frequency.
 */
#ifndef TIPRING_TONE_H
#define TIPRING_TONE_H

#include <stdbool.h>
#include <stdint.h>

#define TONE_FREQUENCIES 4
#define TONE_SEGMENTS 16
#define CADENCE_STEPS 16

/* One stretch of a tone: frequencies sounding together (0 ends the list; none
 * is silence), for ms milliseconds (0: for ever). modulated: frequency[0] is
 * the carrier, frequency[1] modulates its amplitude. */
struct tone_segment {
	uint16_t frequency[TONE_FREQUENCIES];
	uint32_t ms;
	bool modulated;
};

/* Played once to the end, then again from segment `loop`; loop >= count:
 * played once and then silence. */
struct tone {
	struct tone_segment segment[TONE_SEGMENTS];
	uint8_t count;
	uint8_t loop;
	int16_t level;		/* 0.1 dBm0 for each frequency, -630 to 0 */
};

/* The tones of a country (ITU-T E.180). */
enum tone_id {
	TONE_DIAL,
	TONE_STUTTER,		/* dial tone of a line with messages waiting */
	TONE_RINGBACK,
	TONE_BUSY,
	TONE_CONGESTION,	/* reorder, fast busy */
	TONE_SIT,		/* special information tone */
	TONE_CALL_WAITING,
	TONE_HOWLER,		/* off-hook warning, receiver off hook */
	TONE_SECOND_DIAL,	/* after a first answer (two-stage) */
	TONE_COUNT
};

/* Ringing of an FXS port: on and off times in ms, by turns, the first is on;
 * repeated from `loop`. */
struct cadence {
	uint16_t ms[CADENCE_STEPS];
	uint8_t count;
	uint8_t loop;
};

#endif
