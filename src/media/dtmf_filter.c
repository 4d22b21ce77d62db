/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "media/dtmf_filter.h"

#include <math.h>

#include "media/dot.h"

/* The taps' absolute sum is under 65536: no product overflows. */
#define SCALE 32768.0f
#define BETA 3.0f		/* of Kaiser's window */

/* The modified Bessel function of order 0. */
static float bessel(float x)
{
	float sum = 1, term = 1;

	for (int k = 1; k < 20; k++) {
		term *= (x / 2 / (float)k) * (x / 2 / (float)k);
		sum += term;
	}
	return sum;
}

void dtmf_filter_init(struct dtmf_filter *f, float centre, float half)
{
	float tap[DTMF_TAPS], sum = 0;

	for (int i = 0; i < DTMF_TAPS; i++) {
		float m = (float)i - (DTMF_TAPS - 1) / 2.0f;
		float edge = 2 * m / (DTMF_TAPS - 1);

		tap[i] = bessel(BETA * sqrtf(fmaxf(0, 1 - edge * edge))) *
			 sinf(2 * (float)M_PI * half * m / 8000) / m;
		sum += tap[i];
	}
	for (int i = 0; i < DTMF_TAPS; i++) {
		float a = 2 * (float)M_PI * centre *
			  ((float)i - (DTMF_TAPS - 1) / 2.0f) / 8000;

		f->re[i] = (int16_t)lrintf(SCALE * tap[i] / sum * cosf(a));
		f->im[i] = (int16_t)lrintf(-SCALE * tap[i] / sum * sinf(a));
	}
}

float dtmf_filter_gain(const struct dtmf_filter *f, float hz)
{
	float re = 0, im = 0;

	for (int i = 0; i < DTMF_TAPS; i++) {
		float w = 2 * (float)M_PI * hz * (float)i / 8000;
		float c = cosf(w), s = sinf(w);

		re += f->re[i] * c - f->im[i] * s;
		im += f->im[i] * c + f->re[i] * s;
	}
	/* Half of a real tone's amplitude turns this way. */
	return 2 * SCALE * SCALE / (re * re + im * im);
}

void dtmf_filter(const struct dtmf_filter *f, const int16_t *x, int32_t to[2])
{
	to[0] = dot(f->re, x, DTMF_TAPS) / ((int)SCALE / DTMF_UNIT);
	to[1] = dot(f->im, x, DTMF_TAPS) / ((int)SCALE / DTMF_UNIT);
}

bool dtmf_loud(const int16_t *s)
{
	return bits(s, DTMF_STEP) >= 128;
}
