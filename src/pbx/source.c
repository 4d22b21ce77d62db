/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "pbx/source.h"

#include <spandsp.h>
#include <stdlib.h>
#include <string.h>

void source_stop(struct source *s)
{
	free(s->samples);
	*s = (struct source){ .kind = SOURCE_NONE };
}

static void enter(struct source *s, unsigned segment)
{
	s->segment = segment;
	s->left = s->tone.segment[segment].ms * 8;
}

void source_tone(struct source *s, const struct tone *t)
{
	source_stop(s);
	if (!t->count)
		return;
	s->kind = SOURCE_TONE;
	s->tone = *t;
	enter(s, 0);
}

void source_sine(struct source *s, double hz, double dbm0)
{
	const struct tone t = {
		.segment = { { .frequency = { (uint16_t)(hz + 0.5) } } },
		.count = 1, .level = (int16_t)(dbm0 * 10),
	};

	source_tone(s, &t);
}

void source_samples(struct source *s, int16_t *samples, size_t count)
{
	source_stop(s);
	s->kind = SOURCE_SAMPLES;
	s->samples = samples;
	s->count = count;
}

static int32_t one_sample(struct source *s, const struct tone_segment *g, int scale)
{
	int32_t sum = 0;

	if (g->modulated) {
		/* Amplitude from nothing to twice the carrier's. */
		int32_t carrier = dds_mod(&s->phase[0],
				dds_phase_rate(g->frequency[0]), scale, 0);
		int32_t envelope = dds_mod(&s->phase[1],
				dds_phase_rate(g->frequency[1]), 32767, 0);

		return carrier + carrier * envelope / 32768;
	}
	for (int i = 0; i < TONE_FREQUENCIES && g->frequency[i]; i++)
		sum += dds_mod(&s->phase[i], dds_phase_rate(g->frequency[i]),
			       scale, 0);
	return sum;
}

/* The next segment; false when there is none. */
static bool advance(struct source *s)
{
	if (s->segment + 1 < s->tone.count)
		enter(s, s->segment + 1);
	else if (s->tone.loop < s->tone.count)
		enter(s, s->tone.loop);
	else
		return false;
	return true;
}

static bool fill_tone(struct source *s, int16_t *to, size_t n)
{
	int scale = (int)dds_scaling_dbm0(s->tone.level / 10.0f);

	for (size_t i = 0; i < n; i++) {
		const struct tone_segment *g = &s->tone.segment[s->segment];

		to[i] = saturate(one_sample(s, g, scale));
		if (!s->left || --s->left)
			continue;
		if (!advance(s)) {
			memset(to + i + 1, 0, (n - i - 1) * sizeof(*to));
			source_stop(s);
			return true;
		}
	}
	return false;
}

static bool fill_samples(struct source *s, int16_t *to, size_t n)
{
	size_t left = s->count - s->at;
	size_t take = left < n ? left : n;

	memcpy(to, s->samples + s->at, take * sizeof(*to));
	memset(to + take, 0, (n - take) * sizeof(*to));
	s->at += take;
	if (s->at < s->count)
		return false;
	source_stop(s);
	return true;
}

bool source_fill(struct source *s, int16_t *to, size_t n)
{
	switch (s->kind) {
	case SOURCE_TONE:
		return fill_tone(s, to, n);
	case SOURCE_SAMPLES:
		return fill_samples(s, to, n);
	case SOURCE_NONE:
		break;
	}
	memset(to, 0, n * sizeof(*to));
	return false;
}
