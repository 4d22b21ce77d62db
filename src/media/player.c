/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "media/player.h"

#include <string.h>

/* The depth of a modulated tone, of the carrier's level. */
#define DEPTH 0.9f

static void begin(struct player *p, unsigned n)
{
	const struct tone_segment *s = &p->tone.segment[n];

	p->segment = n;
	p->left = s->ms * 8;
	for (int i = 0; i < TONE_FREQUENCIES; i++) {
		p->osc[i].phase = 0;
		osc_set(&p->osc[i], s->frequency[i], p->tone.level);
	}
	if (s->modulated)
		p->osc[1].peak = DEPTH;
}

void player_start(struct player *p, const struct tone *t)
{
	p->tone = *t;
	if (p->tone.count > TONE_SEGMENTS)
		p->tone.count = TONE_SEGMENTS;
	p->playing = p->tone.count > 0;
	if (p->playing)
		begin(p, 0);
}

void player_stop(struct player *p)
{
	p->playing = false;
}

static void sound(struct player *p, int16_t *to, size_t n)
{
	const struct tone_segment *s = &p->tone.segment[p->segment];

	memset(to, 0, n * sizeof(*to));
	if (s->modulated && s->frequency[1]) {
		for (size_t i = 0; i < n; i++)
			to[i] = osc_clip(osc_next(&p->osc[0]) *
					 (1 + osc_next(&p->osc[1])));
		return;
	}
	for (int f = 0; f < TONE_FREQUENCIES && s->frequency[f]; f++)
		for (size_t i = 0; i < n; i++)
			to[i] = osc_clip(to[i] + osc_next(&p->osc[f]));
}

/* False: that was the last segment. A loop without any length would never
 * leave this turn, so it ends. */
static bool next(struct player *p)
{
	unsigned n = p->segment + 1;

	if (n >= p->tone.count)
		n = p->tone.loop;
	if (n >= p->tone.count)
		return false;
	begin(p, n);
	return true;
}

bool player_run(struct player *p, int16_t *to, size_t n)
{
	while (n && p->playing) {
		size_t part = p->left && p->left < n ? p->left : n;

		sound(p, to, part);
		to += part;
		n -= part;
		if (!p->left)
			continue;
		p->left -= (uint32_t)part;
		if (!p->left)
			p->playing = next(p);
	}
	memset(to, 0, n * sizeof(*to));
	return p->playing;
}
