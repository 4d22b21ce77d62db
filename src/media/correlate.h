/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * correlate.h - how much of a short piece of sound is at one frequency, in
 * whole numbers: eight samples at a time on any processor.
 */
#ifndef MEDIA_CORRELATE_H
#define MEDIA_CORRELATE_H

#include <stddef.h>
#include <stdint.h>

#define CORRELATE_MOST 104	/* samples */

struct correlator {
	_Alignas(16) int16_t cosine[CORRELATE_MOST], sine[CORRELATE_MOST];
};

void correlator_init(struct correlator *, float hz);

/* The sum of the squares of the first n samples as far as they are at this
 * frequency. n: a multiple of 8, at most CORRELATE_MOST. */
float correlate(const struct correlator *, const int16_t *, size_t n);

#endif
