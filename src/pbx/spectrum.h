/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * spectrum.h - which of a few known frequencies sound, every 25 ms, in windows
 * of 50 ms (Hann): two of them are told apart from 40 Hz on.
 */
#ifndef PBX_SPECTRUM_H
#define PBX_SPECTRUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SPECTRUM_HOP 200	/* samples */
#define SPECTRUM_WINDOW 400
#define SPECTRUM_KNOWN 24
#define SPECTRUM_VOICE (1u << 31)	/* something that is none of them */

struct spectrum {
	uint16_t known[SPECTRUM_KNOWN];
	unsigned known_count;
	int16_t window[SPECTRUM_WINDOW];
	unsigned fill;
	/* of the last window */
	uint32_t mask;		/* bit i: known[i] sounds; 0: silence */
	double level;		/* dBm0, of everything; -99: nothing */
};

/* Its bit; adds the frequency where it is new. */
uint32_t spectrum_bit(struct spectrum *, uint16_t hz);
/* Takes n samples, calls hop() after each 25 ms. */
void spectrum_put(struct spectrum *, const int16_t *, size_t n,
		  void (*hop)(void *), void *arg);

/* Share (0 to 1) of the power of n samples that is at hz, within some 1.5/n of
 * the rate, and the level of all of it in dBm0. */
double spectrum_share(const int16_t *, unsigned n, double hz, double *dbm0);
/* The strongest frequency from 200 to 3500 Hz. */
double spectrum_strongest(const int16_t *, unsigned n);

#endif
