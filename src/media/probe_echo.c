/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * probe_echo.c - the echo path of a line, from a signal that repeats. Sent and
 * returned are averaged over its periods; their quotient, frequency by
 * frequency, is the path's response, and transformed back what it does in time.
 * What lies outside the stretch where it does something is noise.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "media/fourier.h"
#include "media/osc.h"
#include "media/probe.h"

#define N PROBE_PERIOD
#define BIN (8000.0 / N)
#define BLOCK 8			/* samples: 1 ms */
#define BLOCKS (N / BLOCK)
#define BEFORE 4		/* blocks before the strongest that may belong */
#define AFTER 160		/* and behind it */
#define FOUND 16.0		/* times the noise: an echo */
#define BELONGS 6.0		/* times the noise: part of it */
#define GAP 32			/* blocks without echo: what follows is none */
#define REST 0.001		/* of the energy: it is over */
#define LOUDEST_ERL 600		/* 0.1 dB: no better one can be told */

/* Bins of the signal. A bit more than what is judged. */
enum { LOW = (int)(200 / BIN), HIGH = (int)(3600 / BIN) };

/* Equal power in each bin; phases that grow by squares (Newman) keep the peaks
 * low, as in a sweep. */
void probe_signal(float signal[N])
{
	double complex *x = calloc(N, sizeof(*x));
	const int count = HIGH - LOW + 1;
	double rms = OSC_DBM0_PEAK / M_SQRT2 * pow(10, PROBE_LEVEL / 200.0);

	if (!x)
		return;		/* silence, in which no echo is found */
	for (int k = LOW; k <= HIGH; k++) {
		double n = k - LOW;

		x[k] = N * rms / sqrt(2.0 * count) * cexp(I * M_PI * n * n / count);
		x[N - k] = conj(x[k]);
	}
	fourier_back(x, N);
	for (int i = 0; i < N; i++)
		signal[i] = (float)creal(x[i]);
	free(x);
}

static void average(const int16_t *s, unsigned periods, double complex *to)
{
	memset(to, 0, N * sizeof(*to));
	for (unsigned p = 1; p < periods; p++)
		for (int i = 0; i < N; i++)
			to[i] += s[p * N + (unsigned)i];
	for (int i = 0; i < N; i++)
		to[i] /= periods - 1;
	fourier(to, N);
}

/* Soft edges, so that little rings before and behind. */
static double edge(int k)
{
	double hz = k * BIN;

	if (hz < 200 || hz > 3600)
		return 0;
	if (hz < 300)
		return 0.5 - 0.5 * cos(M_PI * (hz - 200) / 100);
	if (hz > 3400)
		return 0.5 + 0.5 * cos(M_PI * (hz - 3400) / 200);
	return 1;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Where something returns, in blocks from first on, around the period's end;
 * false: nowhere. */
static bool find(const double *energy, unsigned *first, unsigned *count)
{
	double sorted[BLOCKS], noise;
	unsigned top = 0, last = 0;

	memcpy(sorted, energy, sizeof(sorted));
	qsort(sorted, BLOCKS, sizeof(*sorted), compare);
	noise = sorted[BLOCKS / 2] + 1e-15;
	for (unsigned b = 0; b < BLOCKS; b++)
		if (energy[b] > energy[top])
			top = b;
	for (unsigned b = 0; b <= AFTER && b <= last + GAP; b++)
		if (energy[(top + b) % BLOCKS] > BELONGS * noise)
			last = b;
	*first = (top + BLOCKS - BEFORE) % BLOCKS;
	*count = BEFORE + last + 2;
	return energy[top] > FOUND * noise;
}

/* Its times, by the energy that has come so far. What seems to come before it
 * was sent is the edges' ringing. */
static void times(const double complex *h, unsigned first, unsigned count,
		  struct media_probed *to)
{
	double all = 0, so_far = 0, most = 0;
	unsigned top = 0, over = 0;

	for (unsigned i = 0; i < count * BLOCK; i++) {
		double e = creal(h[(first * BLOCK + i) % N]);

		all += e * e;
		if (fabs(e) > most) {
			most = fabs(e);
			top = i;
		}
	}
	for (; over < count * BLOCK && so_far < (1 - REST) * all; over++) {
		double e = creal(h[(first * BLOCK + over) % N]);

		so_far += e * e;
	}
	top = (first * BLOCK + top) % N;
	over = (first * BLOCK + over) % N;
	to->delay = (uint16_t)(top > N - BEFORE * BLOCK ? 0 : top * 10 / 8);
	to->over = (uint16_t)(over > N - BEFORE * BLOCK ? 0 : over * 10 / 8);
}

static double mean_power(const double complex *h, double from, double to)
{
	double sum = 0;
	int n = 0;

	for (int k = (int)ceil(from / BIN); k <= (int)(to / BIN); k++, n++)
		sum += creal(h[k] * conj(h[k]));
	return sum / n;
}

static int16_t loss(double power)
{
	double db = power > 0 ? -100 * log10(power) : LOUDEST_ERL;

	return (int16_t)lrint(db > LOUDEST_ERL ? LOUDEST_ERL : db < -300 ? -300 : db);
}

static void losses(const double complex *h, struct media_probed *to)
{
	to->erl = loss(mean_power(h, 300, 3400));
	to->erl_low = loss(mean_power(h, 260, 500));
	to->erl_high = loss(mean_power(h, 2200, 3400));
	to->worst = LOUDEST_ERL;
	for (double hz = 300; hz <= 3300; hz += 20) {
		int16_t here = loss(mean_power(h, hz, hz + 100));

		if (here < to->worst) {
			to->worst = here;
			to->worst_hz = (uint16_t)(hz + 50);
		}
	}
}

/* h: the response; leaves in it that of the stretch that is echo. */
static void gate(double complex *h, struct media_probed *to)
{
	double energy[BLOCKS] = { 0 };
	unsigned first, count;

	fourier_back(h, N);
	for (int i = 0; i < N; i++)
		energy[i / BLOCK] += creal(h[i]) * creal(h[i]);
	to->echo = find(energy, &first, &count);
	if (to->echo) {
		times(h, first, count, to);
		for (unsigned b = count; b < BLOCKS; b++)
			memset(h + (first + b) % BLOCKS * BLOCK, 0, BLOCK * sizeof(*h));
	}
	fourier(h, N);
}

void probe_echo(const int16_t *sent, const int16_t *heard, unsigned periods,
		struct media_probed *to)
{
	double complex *x = calloc(N, sizeof(*x)), *y = calloc(N, sizeof(*y));

	to->erl = to->erl_low = to->erl_high = to->worst = LOUDEST_ERL;
	if (!x || !y)
		goto out;
	average(sent, periods, x);
	average(heard, periods, y);
	for (int k = 0; k < N; k++) {
		int mirror = k <= N / 2 ? k : N - k;
		double power = creal(x[k] * conj(x[k]));

		y[k] = edge(mirror) > 0 && power > 0 ?
		       edge(mirror) * y[k] * conj(x[k]) / power : 0;
	}
	gate(y, to);
	losses(y, to);
out:
	free(x);
	free(y);
}
