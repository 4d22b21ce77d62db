/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "media/correlate.h"

#include <math.h>

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

/* In the shape that compilers know to be one instruction for eight samples. */
static int32_t product(const int16_t *a, const int16_t *b, size_t n)
{
	int32_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += a[i] * b[i];
	return sum;
}

float correlate(const struct correlator *c, const int16_t *s, size_t n)
{
	float re = (float)product(s, c->cosine, n);
	float im = (float)product(s, c->sine, n);

	return 2 * (re * re + im * im) / (SCALE * SCALE * (float)n);
}
