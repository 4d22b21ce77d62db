/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * osc.h - sine waves and levels. 0 dBm0 is a sine 3.14 dB below full scale
 * (G.711 mu-law).
 */
#ifndef MEDIA_OSC_H
#define MEDIA_OSC_H

#include <stddef.h>
#include <stdint.h>

#define OSC_DBM0_PEAK 22827.0f	/* peak of a sine of 0 dBm0 */

struct osc {
	uint32_t phase, step;
	float peak;
};

void osc_init(void);	/* the table; once, before anything else */

/* Level in 0.1 dBm0. Keeps the phase. */
void osc_set(struct osc *, double hz, int level);
float osc_next(struct osc *);

static inline int16_t osc_clip(float v)
{
	return (int16_t)(v > 32767.0f ? 32767.0f : v < -32768.0f ? -32768.0f : v);
}

/* 0.1 dBm0 of n samples whose squares sum up to this; -990 for nothing. */
int16_t level_dbm0(double squares, size_t n);

/* Factor of a gain in 0.1 dB. */
float level_gain(int gain);

double level_squares(const int16_t *, size_t n);

#endif
