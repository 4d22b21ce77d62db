/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "media/osc.h"

#include <math.h>

#define BITS 10

static float sine[(1 << BITS) + 1];

void osc_init(void)
{
	for (int i = 0; i <= 1 << BITS; i++)
		sine[i] = sinf((float)(2 * M_PI * i / (1 << BITS)));
}

void osc_set(struct osc *o, double hz, int level)
{
	o->step = (uint32_t)(hz * (4294967296.0 / 8000.0) + 0.5);
	o->peak = OSC_DBM0_PEAK * level_gain(level);
}

float osc_next(struct osc *o)
{
	uint32_t i = o->phase >> (32 - BITS);
	float part = (float)(o->phase << BITS) * (1.0f / 4294967296.0f);

	o->phase += o->step;
	return o->peak * (sine[i] + (sine[i + 1] - sine[i]) * part);
}

float level_gain(int gain)
{
	return powf(10.0f, (float)gain / 200.0f);
}

int16_t level_dbm0(double squares, size_t n)
{
	double full = (double)OSC_DBM0_PEAK * OSC_DBM0_PEAK / 2;
	double level;

	if (!n || squares <= 0)
		return -990;
	level = 100 * log10(squares / (double)n / full);
	return (int16_t)(level < -990 ? -990 : lrint(level));
}

double level_squares(const int16_t *s, size_t n)
{
	int64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (int32_t)s[i] * s[i];
	return (double)sum;
}
