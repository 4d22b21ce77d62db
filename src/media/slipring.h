/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * slipring.h - audio from one line's clock to another's. Two clocks that drift
 * cost a frame now and then, which is counted.
 */
#ifndef MEDIA_SLIPRING_H
#define MEDIA_SLIPRING_H

#include <stddef.h>
#include <stdint.h>

#define SLIPRING_SIZE 1024	/* samples, a power of two */

struct slipring {
	int16_t data[SLIPRING_SIZE];
	uint32_t in, out;
	uint32_t slips;
	int16_t last[80];	/* repeated, fading, when nothing is there */
	unsigned gain;
};

void slipring_reset(struct slipring *);
void slipring_put(struct slipring *, const int16_t *, size_t n);
void slipring_get(struct slipring *, int16_t *, size_t n);

#endif
