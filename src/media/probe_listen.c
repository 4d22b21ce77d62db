/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * probe_listen.c - a second of a line that should be quiet: how loud, how
 * disturbing, and whether a tone sounds.
 */
#include <math.h>
#include <stdlib.h>

#include "media/fourier.h"
#include "media/osc.h"
#include "media/probe.h"

#define RATE 8000.0
#define REACH 4			/* bins that belong to a peak on either side */
#define TONE_LEAST (-480)	/* 0.1 dBm0: what is weaker is no tone */
#define TONE_SHARE 0.8		/* of the power between 200 and 3500 Hz */
#define TONE_WEAKEST 0.02	/* of the strongest, -17 dB */
#define HARMONICS 6

struct point {
	double hz, db;
};

/* ITU-T O.41 table 1. */
static const struct point psophometric[] = {
	{ 17, -85 }, { 50, -63 }, { 100, -41 }, { 200, -21 }, { 300, -10.6 },
	{ 400, -6.3 }, { 500, -3.6 }, { 600, -2 }, { 700, -0.9 }, { 800, 0 },
	{ 900, 0.6 }, { 1000, 1 }, { 1200, 0 }, { 1400, -0.9 }, { 1600, -1.7 },
	{ 1800, -2.4 }, { 2000, -3 }, { 2500, -4.2 }, { 3000, -5.6 },
	{ 3500, -8.5 }, { 4000, -15 }, { 0, 0 },
};

/* IEEE 743 table 1. */
static const struct point c_message[] = {
	{ 17, -85 }, { 60, -55.7 }, { 100, -42.5 }, { 200, -25.1 }, { 300, -16.3 },
	{ 400, -11.2 }, { 500, -7.7 }, { 600, -5 }, { 700, -2.8 }, { 800, -1.3 },
	{ 900, -0.3 }, { 1000, 0 }, { 1200, -0.4 }, { 1300, -0.7 }, { 1500, -1.2 },
	{ 1800, -1.3 }, { 2000, -1.1 }, { 2500, -1.1 }, { 2800, -2 }, { 3000, -3 },
	{ 3300, -5.1 }, { 3500, -7.1 }, { 4000, -14.6 }, { 0, 0 },
};

static double weight(const struct point *p, double hz)
{
	double db = p->db;

	for (; p[1].hz > 0; p++) {
		if (hz < p->hz)
			break;
		db = p[1].db;
		if (hz <= p[1].hz) {
			db = p->db + (p[1].db - p->db) * (hz - p->hz) / (p[1].hz - p->hz);
			break;
		}
	}
	return pow(10, db / 10);
}

/* power[k]: mean square that bin k stands for, k below n / 2. A Hann window
 * keeps 3/8 of the power. */
static void powers(const int16_t *s, size_t n, double complex *x, double *power)
{
	double mean = 0;

	for (size_t i = 0; i < n; i++)
		mean += s[i];
	mean /= (double)n;
	for (size_t i = 0; i < n; i++)
		x[i] = (s[i] - mean) *
		       (0.5 - 0.5 * cos(2 * M_PI * ((double)i + 0.5) / (double)n));
	fourier(x, n);
	for (size_t k = 0; k < n / 2; k++)
		power[k] = 2 * creal(x[k] * conj(x[k])) / ((double)n * (double)n * 0.375);
}

static double between(const double *p, size_t n, double from, double to,
		      const struct point *weights)
{
	double sum = 0, hz = RATE / (double)n;

	for (size_t k = (size_t)(from / hz); k <= (size_t)(to / hz) && k < n / 2; k++)
		sum += p[k] * (weights ? weight(weights, (double)k * hz) : 1);
	return sum;
}

static int16_t dbm0(double power)
{
	return level_dbm0(power, 1);
}

static double hum_of(const double *p, size_t n, double mains)
{
	double sum = 0;

	for (int i = 1; i <= HARMONICS; i++)
		sum += between(p, n, mains * i - 4, mains * i + 4, NULL);
	return sum;
}

/* The true top of a Hann window's peak: a parabola through three logarithms is
 * good to 0.02 bins. */
static double top(const double *p, size_t k)
{
	double a = log(p[k - 1] + 1e-9), b = log(p[k] + 1e-9), c = log(p[k + 1] + 1e-9);
	double bend = a - 2 * b + c;

	return (double)k + (bend < 0 ? (a - c) / (2 * bend) : 0);
}

/* The strongest peak that is left; its bins are taken away. */
static double take_peak(double *p, size_t from, size_t to, double *hz, double bin)
{
	size_t best = from;
	double sum = 0;

	for (size_t k = from; k <= to; k++)
		if (p[k] > p[best])
			best = k;
	*hz = top(p, best) * bin;
	for (size_t k = best - REACH; k <= best + REACH; k++) {
		sum += p[k];
		p[k] = 0;
	}
	return sum;
}

static void find_tones(double *p, size_t n, struct media_probed *to)
{
	double bin = RATE / (double)n, all = between(p, n, 200, 3500, NULL), sum = 0, first = 0;
	size_t low = (size_t)(200 / bin), high = (size_t)(3500 / bin);

	to->tone_level = PROBE_NOTHING;
	for (int i = 0; i < TONE_FREQUENCIES; i++) {
		double hz, power = take_peak(p, low, high, &hz, bin);

		if (!i)
			first = power;
		if (power < TONE_WEAKEST * first || power <= 0)
			break;
		sum += power;
		to->tone[i] = (uint16_t)lrint(hz * 10);
	}
	if (sum >= TONE_SHARE * all && dbm0(sum) >= TONE_LEAST) {
		to->tone_level = dbm0(sum);
		return;
	}
	for (int i = 0; i < TONE_FREQUENCIES; i++)
		to->tone[i] = 0;
}

void probe_listen(const int16_t *heard, size_t n, struct media_probed *to)
{
	double complex *x = calloc(n, sizeof(*x));
	double *p = calloc(n / 2, sizeof(*p)), hum50, hum60;

	to->level = to->psophometric = to->c_message = to->hum = to->tone_level = PROBE_NOTHING;
	if (!x || !p)
		goto out;
	powers(heard, n, x, p);
	hum50 = hum_of(p, n, 50);
	hum60 = hum_of(p, n, 60);
	to->level = dbm0(between(p, n, 30, 3900, NULL));
	to->psophometric = dbm0(between(p, n, 17, 3999, psophometric));
	to->c_message = dbm0(between(p, n, 17, 3999, c_message));
	to->hum = dbm0(fmax(hum50, hum60));
	to->hum_hz = hum60 > hum50 ? 60 : 50;
	find_tones(p, n, to);
out:
	free(x);
	free(p);
}
