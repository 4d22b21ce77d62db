/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "media/conceal.h"

#include <string.h>

#define PITCH_MIN 40		/* 200 Hz */
#define PITCH_MAX 120		/* 66 Hz */
#define SPAN 160		/* compared to find the pitch */
#define FULL 80			/* samples before it begins to fade */
#define GONE 480		/* and after which it is silent */
#define BLEND 40

static void remember(struct conceal *c, const int16_t *s, size_t n)
{
	if (n > CONCEAL_PAST) {
		s += n - CONCEAL_PAST;
		n = CONCEAL_PAST;
	}
	memmove(c->past, c->past + n, (CONCEAL_PAST - n) * sizeof(*s));
	memcpy(c->past + CONCEAL_PAST - n, s, n * sizeof(*s));
}

/* The lag at which the past is most like itself. */
static unsigned find_pitch(const struct conceal *c)
{
	const int16_t *end = c->past + CONCEAL_PAST - SPAN;
	unsigned best = PITCH_MAX;
	float most = 0;

	for (unsigned lag = PITCH_MIN; lag <= PITCH_MAX; lag++) {
		float sum = 0, energy = 1;

		for (int i = 0; i < SPAN; i += 2) {
			float o = end[i - (int)lag];

			sum += end[i] * o;
			energy += o * o;
		}
		if (sum > 0 && sum * sum / energy > most) {
			most = sum * sum / energy;
			best = lag;
		}
	}
	return best;
}

/* One period that runs into itself without a step: its last quarter fades into
 * what stood before its beginning. */
static void begin(struct conceal *c)
{
	const int16_t *from;
	unsigned quarter;

	c->pitch = find_pitch(c);
	c->at = 0;
	from = c->past + CONCEAL_PAST - c->pitch;
	memcpy(c->period, from, c->pitch * sizeof(*from));
	quarter = c->pitch / 4;
	for (unsigned i = 0; i < quarter; i++) {
		unsigned k = c->pitch - quarter + i;
		const int16_t *before = from - quarter + i;

		c->period[k] = (int16_t)((from[k] * (int)(quarter - i) +
					  *before * (int)i) / (int)quarter);
	}
}

static int16_t next(struct conceal *c)
{
	int v = c->period[c->at];

	c->at = c->at + 1 == c->pitch ? 0 : c->at + 1;
	if (c->missing >= GONE)
		v = 0;
	else if (c->missing > FULL)
		v = v * (int)(GONE - c->missing) / (GONE - FULL);
	c->missing++;
	return (int16_t)v;
}

void conceal_fill(struct conceal *c, int16_t *to, size_t n)
{
	if (!c->missing)
		begin(c);
	if (c->missing >= GONE) {
		memset(to, 0, n * sizeof(*to));
		c->missing = GONE;
	} else {
		for (size_t i = 0; i < n; i++)
			to[i] = next(c);
	}
	remember(c, to, n);
}

void conceal_good(struct conceal *c, int16_t *s, size_t n)
{
	if (c->missing) {
		for (int i = 0; i < BLEND && (size_t)i < n; i++)
			s[i] = (int16_t)((s[i] * i + next(c) * (BLEND - i)) /
					 BLEND);
		c->missing = 0;
	}
	remember(c, s, n);
}
