/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include <math.h>
#include <string.h>

#include "bare.h"

/* So that the compiler makes vectors of the loops, whatever CFLAGS says. */
#pragma GCC optimize("O3", "fast-math")

#ifdef __x86_64__
#define EVERY_CPU __attribute__((target_clones("arch=haswell", "default")))
#else
#define EVERY_CPU
#endif

EVERY_CPU
static float filter(const float *x, const float *h)
{
	float y = 0;

	for (size_t i = 0; i < BARE_TAPS; i++)
		y += h[i] * x[i];
	return y;
}

EVERY_CPU
static void update(const float *x, float *h, float step)
{
	for (size_t i = 0; i < BARE_TAPS; i++)
		h[i] += step * x[i];
}

void bare_init(struct bare *b)
{
	memset(b, 0, sizeof *b);
	b->at = BARE_TAPS;
}

void bare_run(struct bare *b, const int16_t *tx, int16_t *rx, size_t n)
{
	if (b->at + n > sizeof b->x / sizeof b->x[0]) {
		memmove(b->x, b->x + b->at - BARE_TAPS,
			BARE_TAPS * sizeof b->x[0]);
		b->at = BARE_TAPS;
	}
	for (size_t i = 0; i < n; i++) {
		const float *x = b->x + b->at + 1 - BARE_TAPS;
		float in = tx[i], out = b->x[b->at - BARE_TAPS], e;

		b->x[b->at] = in;
		b->power += in * in - out * out;
		e = rx[i] - filter(x, b->h);
		update(x, b->h, 0.5f * e / (fabsf(b->power) + 1e5f));
		rx[i] = (int16_t)(e > 32767 ? 32767 : e < -32768 ? -32768 : e);
		b->at++;
	}
}
