/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "media/spectrum.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#define N SPECTRUM_SIZE
#define HALF (N / 2)
#define HZ (8000.0f / N)	/* of a bin */
#define LOW 12			/* bins: 187 Hz, mains hum stays out */
#define HIGH 225		/* 3515 Hz */
#define REACH 3			/* bins that belong to a peak on either side */
#define WEAKEST 0.03f		/* of the strongest peak, -15 dB */

static float window[N], cosine[HALF], sine[HALF];
/* What a stage of n points turns by, from n / 2 on: in the order of their use. */
static float turn_re[HALF], turn_im[HALF];
static uint16_t order[HALF];

void spectrum_init(void)
{
	for (int i = 0; i < N; i++)
		window[i] = sinf((float)M_PI * ((float)i + 0.5f) / N);
	for (int i = 0; i < HALF; i++) {
		int r = 0;

		for (int b = 1, k = HALF >> 1; b < HALF; b <<= 1, k >>= 1)
			if (i & b)
				r |= k;
		order[i] = (uint16_t)r;
		cosine[i] = cosf(2 * (float)M_PI * (float)i / N);
		sine[i] = sinf(2 * (float)M_PI * (float)i / N);
	}
	for (int half = 1; half < HALF; half *= 2)
		for (int k = 0; k < half; k++) {
			turn_re[half + k] = cosine[k * (HALF / half)];
			turn_im[half + k] = -sine[k * (HALF / half)];
		}
}

static void stage(float *restrict re, float *restrict im, int half)
{
	float *restrict re2 = re + half, *restrict im2 = im + half;
	const float *c = turn_re + half, *s = turn_im + half;

	for (int k = 0; k < half; k++) {
		float tr = re2[k] * c[k] - im2[k] * s[k];
		float ti = re2[k] * s[k] + im2[k] * c[k];

		re2[k] = re[k] - tr;
		im2[k] = im[k] - ti;
		re[k] += tr;
		im[k] += ti;
	}
}

/* The first two stages turn by nothing or by a quarter. */
static void first_stages(float *re, float *im)
{
	for (int i = 0; i < HALF; i += 4) {
		float r0 = re[i] + re[i + 1], r1 = re[i] - re[i + 1];
		float r2 = re[i + 2] + re[i + 3], r3 = re[i + 2] - re[i + 3];
		float i0 = im[i] + im[i + 1], i1 = im[i] - im[i + 1];
		float i2 = im[i + 2] + im[i + 3], i3 = im[i + 2] - im[i + 3];

		re[i] = r0 + r2;
		re[i + 1] = r1 + i3;
		re[i + 2] = r0 - r2;
		re[i + 3] = r1 - i3;
		im[i] = i0 + i2;
		im[i + 1] = i1 - r3;
		im[i + 2] = i0 - i2;
		im[i + 3] = i1 + r3;
	}
}

/* In place, HALF points, input in bit-reversed order. */
static void transform(float *re, float *im)
{
	first_stages(re, im);
	for (int half = 4; half < HALF; half *= 2)
		for (int i = 0; i < HALF; i += 2 * half)
			stage(re + i, im + i, half);
}

/* Squares of the bins 0 to HALF - 1 of a real signal: even samples as real
 * part, odd ones as imaginary part of one transform of half the size. */
static void squares(const int16_t *s, float *to)
{
	float re[HALF], im[HALF];

	for (int i = 0; i < HALF; i++) {
		re[order[i]] = s[2 * i] * window[2 * i];
		im[order[i]] = s[2 * i + 1] * window[2 * i + 1];
	}
	transform(re, im);
	to[0] = (re[0] + im[0]) * (re[0] + im[0]);
	for (int k = 1; k < HALF; k++) {
		int m = HALF - k;
		float er = (re[k] + re[m]) / 2, ei = (im[k] - im[m]) / 2;
		float or = (im[k] + im[m]) / 2, oi = (re[m] - re[k]) / 2;
		float r = er + or * cosine[k] + oi * sine[k];
		float i = ei + oi * cosine[k] - or * sine[k];

		to[k] = r * r + i * i;
	}
}

/* The true top of a peak, by a parabola through three logarithms. */
static float top(const float *p, int k)
{
	float a = logf(p[k - 1] + 1), b = logf(p[k] + 1), c = logf(p[k + 1] + 1);
	float bend = a - 2 * b + c;

	return (float)k + (bend < 0 ? (a - c) / (2 * bend) : 0);
}

/* The strongest ones, by their bins in hz until all are known. */
static void insert(struct spectrum *to, int k, float power)
{
	unsigned i = to->peaks;

	if (i == SPECTRUM_PEAKS) {
		if (power <= to->peak[i - 1].power)
			return;
		i--;
	} else {
		to->peaks++;
	}
	for (; i && to->peak[i - 1].power < power; i--)
		to->peak[i] = to->peak[i - 1];
	to->peak[i] = (struct peak) { (float)k, power };
}

/* Power around k, as far as it belongs to no other peak. */
static float around(const float *p, int k)
{
	float sum = p[k];

	for (int i = 1; i <= REACH && p[k + i] < p[k + i - 1]; i++)
		sum += p[k + i];
	for (int i = 1; i <= REACH && p[k - i] < p[k - i + 1]; i++)
		sum += p[k - i];
	return sum;
}

void spectrum_of(struct spectrum *to, const int16_t s[SPECTRUM_SIZE])
{
	/* A sine window keeps half of the power, one side has half of it. */
	const float scale = 4.0f / ((float)N * N);
	float p[HALF], most = 0;

	memset(to, 0, sizeof(*to));
	squares(s, p);
	for (int k = LOW; k <= HIGH; k++) {
		to->power += p[k] * scale;
		if (p[k] > most)
			most = p[k];
	}
	for (int k = LOW; k <= HIGH; k++)
		if (p[k] > WEAKEST * most && p[k] > p[k - 1] && p[k] >= p[k + 1])
			insert(to, k, around(p, k) * scale);
	for (unsigned i = 0; i < to->peaks; i++)
		to->peak[i].hz = top(p, (int)to->peak[i].hz) * HZ;
}
