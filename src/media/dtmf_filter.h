/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * dtmf_filter.h - a band of DTMF's tones as a vector: a tone in the band makes
 * it turn with the tone's frequency, whatever is outside is 38 dB down.
 */
#ifndef MEDIA_DTMF_FILTER_H
#define MEDIA_DTMF_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#define DTMF_TAPS 48		/* samples, 6 ms */
#define DTMF_STEP 20		/* samples, 2.5 ms */
#define DTMF_UNIT 64		/* of a vector to a sample */

struct dtmf_filter {
	_Alignas(16) int16_t re[DTMF_TAPS], im[DTMF_TAPS];
};

/* Hz; half of the band's width. */
void dtmf_filter_init(struct dtmf_filter *, float centre, float half);

/* A tone's mean square as a multiple of its vector's power, in samples. */
float dtmf_filter_gain(const struct dtmf_filter *, float hz);

/* The vector of DTMF_TAPS samples, in 1/DTMF_UNIT of theirs. */
void dtmf_filter(const struct dtmf_filter *, const int16_t *, int32_t to[2]);

/* Whether a step of samples has any of 128 or more: a digit of -42 dBm0 has. */
bool dtmf_loud(const int16_t *);

#endif
