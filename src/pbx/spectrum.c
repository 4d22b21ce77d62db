/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "pbx/spectrum.h"

#include <math.h>
#include <string.h>

#define SILENCE_DBM0 (-46.0)
#define COMPONENT 0.10		/* share that counts as sounding */
#define TONAL 0.75		/* share of the known ones together, else voice */
#define APART 35		/* Hz: nearer ones are one */

uint32_t spectrum_bit(struct spectrum *s, uint16_t hz)
{
	unsigned i;

	for (i = 0; i < s->known_count; i++)
		if (s->known[i] == hz)
			return 1u << i;
	if (s->known_count == SPECTRUM_KNOWN)
		return SPECTRUM_VOICE;
	s->known[s->known_count++] = hz;
	return 1u << i;
}

/* A full-scale sine is +3.14 dBm0. */
static double to_dbm0(double mean_square)
{
	const double full = 32767.0 * 32767.0 / 2;

	return mean_square < 1e-3 ? -99 : 10 * log10(mean_square / full) + 3.14;
}

static double hann(unsigned i, unsigned n)
{
	return 0.5 - 0.5 * cos(2 * M_PI * (i + 0.5) / n);
}

/* Goertzel over windowed samples. A lone sine at hz gives its mean square. */
static double power_at(const float *x, unsigned n, double hz)
{
	double w = 2 * cos(2 * M_PI * hz / 8000), a = 0, b = 0;

	for (unsigned i = 0; i < n; i++) {
		double c = x[i] + w * a - b;

		b = a;
		a = c;
	}
	/* Amplitude A gives |X| = A * n / 4 behind a Hann window. */
	return (a * a + b * b - w * a * b) * 8 / ((double)n * n);
}

/* The windowed samples' mean square, made good for the window's 3/8. */
static double windowed(const int16_t *in, unsigned n, float *out)
{
	double sum = 0;

	for (unsigned i = 0; i < n; i++) {
		out[i] = (float)(in[i] * hann(i, n));
		sum += (double)out[i] * out[i];
	}
	return sum / n / 0.375;
}

static void classify(struct spectrum *s)
{
	float x[SPECTRUM_WINDOW];
	double total = windowed(s->window, SPECTRUM_WINDOW, x), sum = 0;
	double power[SPECTRUM_KNOWN];

	s->level = to_dbm0(total);
	s->mask = 0;
	if (s->level < SILENCE_DBM0)
		return;
	for (unsigned i = 0; i < s->known_count; i++)
		power[i] = power_at(x, SPECTRUM_WINDOW, s->known[i]) / total;
	/* The strongest first; what leaks from it beside it is not another. */
	for (;;) {
		int best = -1;

		for (unsigned i = 0; i < s->known_count; i++)
			if (power[i] > COMPONENT && (best < 0 || power[i] > power[best]))
				best = (int)i;
		if (best < 0)
			break;
		sum += power[best];
		s->mask |= 1u << best;
		for (unsigned i = 0; i < s->known_count; i++)
			if (fabs((double)s->known[i] - s->known[best]) < APART)
				power[i] = 0;
	}
	if (sum < TONAL)
		s->mask = SPECTRUM_VOICE;
}

void spectrum_put(struct spectrum *s, const int16_t *in, size_t n,
		  void (*hop)(void *), void *arg)
{
	while (n) {
		size_t room = SPECTRUM_WINDOW - s->fill;
		size_t take = n < room ? n : room;

		memcpy(s->window + s->fill, in, take * sizeof(*in));
		s->fill += (unsigned)take;
		in += take;
		n -= take;
		if (s->fill < SPECTRUM_WINDOW)
			return;
		classify(s);
		hop(arg);
		memmove(s->window, s->window + SPECTRUM_HOP,
			(SPECTRUM_WINDOW - SPECTRUM_HOP) * sizeof(*s->window));
		s->fill = SPECTRUM_WINDOW - SPECTRUM_HOP;
	}
}

double spectrum_share(const int16_t *in, unsigned n, double hz, double *dbm0)
{
	float x[1024];
	double total = windowed(in, n, x);

	*dbm0 = to_dbm0(total);
	return total > 0 ? power_at(x, n, hz) / total : 0;
}

double spectrum_strongest(const int16_t *in, unsigned n)
{
	float x[1024];
	double best = 0, at = 0;

	windowed(in, n, x);
	for (double hz = 200; hz <= 3500; hz += 5) {
		double p = power_at(x, n, hz);

		if (p > best) {
			best = p;
			at = hz;
		}
	}
	return at;
}
