/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "media/correlate.h"

#include <math.h>

#include "media/dot.h"

/* So small that 104 products with a sample fit into 32 bits. */
#define SCALE 511.0f

void correlator_init(struct correlator *c, float hz)
{
	for (int i = 0; i < CORRELATE_MOST; i++) {
		float a = 2 * (float)M_PI * hz * (float)i / 8000;

		c->cosine[i] = (int16_t)lrintf(SCALE * cosf(a));
		c->sine[i] = (int16_t)lrintf(SCALE * sinf(a));
	}
}

float correlate(const struct correlator *c, const int16_t *s, size_t n)
{
	float re = (float)dot(s, c->cosine, n);
	float im = (float)dot(s, c->sine, n);

	return 2 * (re * re + im * im) / (SCALE * SCALE * (float)n);
}
