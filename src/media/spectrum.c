/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "media/spectrum.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "media/dot.h"

#define N SPECTRUM_SIZE
#define HALF (N / 2)
#define HZ (8000.0f / N)	/* of a bin */
#define LOW 12			/* bins: 187 Hz, mains hum stays out */
#define HIGH 225		/* 3515 Hz */
#define REACH 3			/* bins that belong to a peak on either side */
#define WEAKEST 0.03f		/* of the strongest peak, -15 dB */

#define LOUDEST 14		/* bits of the window's samples, sign apart */
#define ONE 32767		/* of tables */

/* Whole numbers of 16 bits: most of them fit into a vector, and where floating point
 * is dear they are not. Each stage halves what it makes, so that nothing overflows;
 * what is rounded off lies 50 dB below the strongest. */
static int16_t window[N], cosine[HALF], sine[HALF];
/* What a stage of n points turns by, from n / 2 on: in the order of their use. */
static int16_t turn_re[HALF], turn_im[HALF];
static uint16_t order[HALF];

static int16_t fraction(double v)
{
	return (int16_t)lrint(ONE * v);
}

void spectrum_init(void)
{
	for (int i = 0; i < N; i++)
		window[i] = fraction(sin(M_PI * (i + 0.5) / N));
	for (int i = 0; i < HALF; i++) {
		int r = 0;

		for (int b = 1, k = HALF >> 1; b < HALF; b <<= 1, k >>= 1)
			if (i & b)
				r |= k;
		order[i] = (uint16_t)r;
		cosine[i] = fraction(cos(2 * M_PI * i / N));
		sine[i] = fraction(sin(2 * M_PI * i / N));
	}
	for (int half = 1; half < HALF; half *= 2)
		for (int k = 0; k < half; k++) {
			turn_re[half + k] = cosine[k * (HALF / half)];
			turn_im[half + k] = (int16_t)-sine[k * (HALF / half)];
		}
}

/* Half of v, turned: what vectors of 16 bits do in one instruction. */
static inline int16_t turned(int16_t v, int16_t by)
{
	return (int16_t)(v * by >> 16);
}

static void stage(int16_t *restrict re, int16_t *restrict im, int half)
{
	int16_t *restrict re2 = re + half, *restrict im2 = im + half;
	const int16_t *c = turn_re + half, *s = turn_im + half;

	for (int k = 0; k < half; k++) {
		int16_t tr = turned(re2[k], c[k]) - turned(im2[k], s[k]);
		int16_t ti = turned(re2[k], s[k]) + turned(im2[k], c[k]);
		int16_t r = re[k] >> 1, i = im[k] >> 1;

		re2[k] = r - tr;
		im2[k] = i - ti;
		re[k] = r + tr;
		im[k] = i + ti;
	}
}

/* The first two stages turn by nothing or by a quarter. */
static void first_stages(int16_t *re, int16_t *im)
{
	for (int i = 0; i < HALF; i += 4) {
		int r0 = re[i] + re[i + 1] + 2, r1 = re[i] - re[i + 1] + 2;
		int r2 = re[i + 2] + re[i + 3], r3 = re[i + 2] - re[i + 3];
		int i0 = im[i] + im[i + 1] + 2, i1 = im[i] - im[i + 1] + 2;
		int i2 = im[i + 2] + im[i + 3], i3 = im[i + 2] - im[i + 3];

		re[i] = (int16_t)((r0 + r2) >> 2);
		re[i + 1] = (int16_t)((r1 + i3) >> 2);
		re[i + 2] = (int16_t)((r0 - r2) >> 2);
		re[i + 3] = (int16_t)((r1 - i3) >> 2);
		im[i] = (int16_t)((i0 + i2) >> 2);
		im[i + 1] = (int16_t)((i1 - r3) >> 2);
		im[i + 2] = (int16_t)((i0 - i2) >> 2);
		im[i + 3] = (int16_t)((i1 + r3) >> 2);
	}
}

/* In place, HALF points, input in bit-reversed order. */
static void transform(int16_t *re, int16_t *im)
{
	first_stages(re, im);
	for (int half = 4; half < HALF; half *= 2)
		for (int i = 0; i < HALF; i += 2 * half)
			stage(re + i, im + i, half);
}

/* Squares of the bins of a real signal, of which each sample was shifted to the
 * left, to a quarter: even samples as real part, odd ones as imaginary part of one
 * transform of half the size. Bin 0 is left out. */
static void squares(const int16_t *s, int shift, uint32_t *to)
{
	const int down = 15 - shift, round = 1 << (down - 1);
	int16_t re[HALF], im[HALF], re2[HALF], im2[HALF], x[N];

	for (int i = 0; i < N; i++)
		x[i] = (int16_t)((s[i] * window[i] + round) >> down);
	for (int i = 0; i < HALF; i++) {
		re[order[i]] = x[2 * i];
		im[order[i]] = x[2 * i + 1];
	}
	transform(re, im);
	for (int k = 1; k < HALF; k++) {
		re2[k] = re[HALF - k];
		im2[k] = im[HALF - k];
	}
	for (int k = 1; k < HALF; k++) {
		int16_t er = (re[k] >> 1) + (re2[k] >> 1);
		int16_t ei = (im[k] >> 1) - (im2[k] >> 1);
		int16_t or = (im[k] >> 1) + (im2[k] >> 1);
		int16_t oi = (re2[k] >> 1) - (re[k] >> 1);
		int16_t r = (er >> 1) + turned(or, cosine[k]) + turned(oi, sine[k]);
		int16_t i = (ei >> 1) + turned(oi, cosine[k]) - turned(or, sine[k]);

		to[k] = (uint32_t)(r * r + i * i);
	}
}

/* The true top of a peak, by a parabola through three logarithms. */
static float top(const uint32_t *p, int k)
{
	float a = logf((float)p[k - 1] + 1), b = logf((float)p[k] + 1);
	float c = logf((float)p[k + 1] + 1);
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
static float around(const uint32_t *p, int k)
{
	uint64_t sum = p[k];

	for (int i = 1; i <= REACH && p[k + i] < p[k + i - 1]; i++)
		sum += p[k + i];
	for (int i = 1; i <= REACH && p[k - i] < p[k - i + 1]; i++)
		sum += p[k - i];
	return (float)sum;
}

void spectrum_of(struct spectrum *to, const int16_t s[SPECTRUM_SIZE])
{
	int loudest = bits(s, N) | 1, shift = LOUDEST - 32 +
					      __builtin_clz((unsigned)loudest);
	/* A sine window keeps half of the power, one side has half of it. */
	const float scale = ldexpf(4, -2 * shift);
	uint32_t p[HALF], most = 0, weakest;
	uint64_t sum = 0;

	memset(to, 0, sizeof(*to));
	squares(s, shift, p);
	for (int k = LOW; k <= HIGH; k++) {
		sum += p[k];
		if (p[k] > most)
			most = p[k];
	}
	to->power = (float)sum * scale;
	weakest = (uint32_t)(WEAKEST * (float)most);
	for (int k = LOW; k <= HIGH; k++)
		if (p[k] > weakest && p[k] > p[k - 1] && p[k] >= p[k + 1])
			insert(to, k, around(p, k) * scale);
	for (unsigned i = 0; i < to->peaks; i++)
		to->peak[i].hz = top(p, (int)to->peak[i].hz) * HZ;
}
