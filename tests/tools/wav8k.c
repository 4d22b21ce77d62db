/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * wav8k - makes a telephone's sound file of any mono WAV: 8 kHz, below 3.6 kHz,
 * at a given level. The level is the RMS of the whole, so it should hold speech
 * without long silence.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wav.h"

#define CUTOFF 3600.0	/* Hz */
#define HALF 24		/* zero crossings of the sinc on each side */

/* Windowed sinc, sampled where it is needed: slow and exact. */
static double sample_at(const struct wav *in, double at, double cutoff)
{
	double reach = HALF / (2 * cutoff), sum = 0, t, x, window;
	long i, from = (long)ceil(at - reach), to = (long)floor(at + reach);

	if (from < 0)
		from = 0;
	if (to >= (long)in->count)
		to = (long)in->count - 1;
	for (i = from; i <= to; i++) {
		t = at - (double)i;
		x = 2 * M_PI * cutoff * t;
		window = 0.5 + 0.5 * cos(M_PI * t / reach);
		sum += in->samples[i] * window * 2 * cutoff *
			(fabs(x) < 1e-9 ? 1 : sin(x) / x);
	}
	return sum;
}

static int convert(const struct wav *in, struct wav *out, double level)
{
	double cutoff = CUTOFF / in->rate, power = 0, gain, *y;
	size_t i;

	if (cutoff > 0.49)
		cutoff = 0.49;
	out->rate = 8000;
	out->count = (size_t)((double)in->count * 8000 / in->rate);
	out->samples = malloc((out->count + 1) * sizeof(int16_t));
	y = malloc((out->count + 1) * sizeof(*y));
	if (!out->samples || !y) {
		free(y);
		return -ENOMEM;
	}
	for (i = 0; i < out->count; i++) {
		y[i] = sample_at(in, (double)i * in->rate / 8000, cutoff);
		power += y[i] * y[i];
	}
	gain = power > 0 ? 32768 / sqrt(2 * power / (double)out->count) *
		pow(10, (level - 3.14) / 20) : 0;
	for (i = 0; i < out->count; i++)
		out->samples[i] = (int16_t)fmax(-32124, fmin(32124, y[i] * gain));
	free(y);
	return 0;
}

int main(int argc, char **argv)
{
	struct wav in = { 0 }, out = { 0 };
	const char *why = "";
	int rc;

	if (argc != 4) {
		fprintf(stderr, "usage: wav8k LEVEL_DBM0 IN.wav OUT.wav\n");
		return 2;
	}
	rc = wav_read(&in, argv[2], false, &why);
	if (rc) {
		fprintf(stderr, "wav8k: %s: %s\n", argv[2], why);
		goto out;
	}
	rc = convert(&in, &out, atof(argv[1]));
	if (!rc)
		rc = wav_write(&out, argv[3]);
	if (rc)
		fprintf(stderr, "wav8k: %s: %s\n", argv[3], strerror(-rc));
out:
	wav_free(&in);
	wav_free(&out);
	return rc ? 2 : 0;
}
