/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "pbx/hear.h"

#include <stdio.h>
#include <string.h>

#define HOP_MS 25
#define CONTINUOUS_MS 600	/* a tone that goes on is known after */
#define PAUSE_MS 600		/* a lone burst is, after such a pause */
#define SILENCE_MS 1000
#define VOICE_MS 300

static const struct {
	enum tone_id tone;
	enum heard heard;
} meanings[] = {
	{ TONE_DIAL, HEARD_DIAL_TONE }, { TONE_STUTTER, HEARD_DIAL_TONE },
	{ TONE_SECOND_DIAL, HEARD_DIAL_TONE }, { TONE_RINGBACK, HEARD_RINGBACK },
	{ TONE_BUSY, HEARD_BUSY }, { TONE_CONGESTION, HEARD_CONGESTION },
	{ TONE_SIT, HEARD_SIT }, { TONE_HOWLER, HEARD_HOWLER },
};

const char *heard_name(enum heard h)
{
	static const char *const names[HEARD_COUNT] = {
		NULL, "dial-tone", "ringback", "busy", "congestion", "sit", "howler",
	};

	return h < HEARD_COUNT ? names[h] : NULL;
}

static uint32_t mask_of(struct spectrum *s, const struct tone_segment *g)
{
	uint32_t mask = 0;

	if (g->modulated)
		return spectrum_bit(s, g->frequency[0]);
	for (int i = 0; i < TONE_FREQUENCIES && g->frequency[i]; i++)
		mask |= spectrum_bit(s, g->frequency[i]);
	return mask;
}

void hear_reset(struct hear *h)
{
	h->segment[0] = (struct hear_segment){ .partial = true };
	h->count = 1;
	h->pending = 0;
	h->heard = HEARD_NOTHING;
	h->voice_ms = h->silence_ms = 0;
	h->spectrum.fill = 0;
	h->spectrum.mask = 0;
	memset(h->recent, 0, sizeof(h->recent));
}

void hear_init(struct hear *h, const struct tone *tones, void (*hop)(void *), void *arg)
{
	memset(h, 0, sizeof(*h));
	h->tones = tones;
	h->hop = hop;
	h->arg = arg;
	for (unsigned i = 0; i < sizeof(meanings) / sizeof(*meanings); i++) {
		const struct tone *t = &tones[meanings[i].tone];

		for (unsigned k = 0; k < t->count; k++)
			h->masks[meanings[i].tone][k] =
				mask_of(&h->spectrum, &t->segment[k]);
	}
	hear_reset(h);
}

/* The segment of a tone after this one; count: silence for ever. */
static unsigned next_of(const struct tone *t, unsigned k)
{
	if (k >= t->count)
		return t->count;
	if (k + 1 < t->count)
		return k + 1;
	return t->loop < t->count ? t->loop : t->count;
}

static bool fits(const struct hear *h, enum tone_id id, unsigned k,
		 const struct hear_segment *s, bool running)
{
	const struct tone *t = &h->tones[id];
	uint32_t mask = k < t->count ? h->masks[id][k] : 0;
	unsigned ms = k < t->count ? t->segment[k].ms : 0;
	unsigned most = ms + ms / 7 + 50, least = ms - ms / 7;

	if (mask != s->mask)
		return false;
	if (!ms)
		return running;
	if (s->ms > most)
		return false;
	return running || s->partial || s->ms + 50 >= least;
}

/* How well the tone explains what was heard last: 0 not at all, else 1 + the
 * completed segments it explains, from as far back as it can. */
static unsigned score(const struct hear *h, enum tone_id id)
{
	const struct tone *t = &h->tones[id];

	for (unsigned from = 0; from < h->count; from++) {
		/* A tone begins or goes on with sound. */
		if (!h->segment[from].mask)
			continue;
		for (unsigned begin = 0; begin < t->count; begin++) {
			unsigned k = begin, i = from;

			while (i < h->count && fits(h, id, k, &h->segment[i],
						    i + 1 == h->count)) {
				k = next_of(t, k);
				i++;
			}
			if (i == h->count)
				return h->count - from;
		}
	}
	return 0;
}

/* Whether there is enough of it to say so. */
static bool is_evident(const struct hear *h, unsigned points)
{
	const struct hear_segment *now = &h->segment[h->count - 1];
	bool whole = points >= 2 && !h->segment[h->count - points].partial;

	if (now->mask && now->ms >= CONTINUOUS_MS)
		return true;
	if (points >= 3)
		return true;
	return whole && !now->mask && now->ms >= PAUSE_MS;
}

static void judge(struct hear *h)
{
	unsigned best = 0, present = 0;
	enum heard first = HEARD_NOTHING;
	bool tie = false;

	for (unsigned i = 0; i < sizeof(meanings) / sizeof(*meanings); i++) {
		unsigned points = score(h, meanings[i].tone);

		if (!points)
			continue;
		if (meanings[i].heard == h->heard)
			present = points;
		if (points > best) {
			best = points;
			first = meanings[i].heard;
			tie = false;
		} else if (points == best && meanings[i].heard != first) {
			tie = true;
		}
	}
	if (best && !tie && is_evident(h, best))
		h->heard = first;
	else if (!present)
		h->heard = HEARD_NOTHING;
}

static void new_segment(struct hear *h, uint32_t mask, unsigned ms)
{
	if (h->count == HEAR_SEGMENTS) {
		memmove(h->segment, h->segment + 1,
			(HEAR_SEGMENTS - 1) * sizeof(*h->segment));
		h->count--;
	}
	h->segment[h->count++] = (struct hear_segment){ .mask = mask, .ms = ms };
}

/* A change is believed when it lasts. Two windows see each edge of a tone, and
 * may take it for voice; those count for what was before. */
static void follow(struct hear *h, uint32_t mask)
{
	struct hear_segment *now = &h->segment[h->count - 1];

	if (h->pending && mask != h->changing) {
		now->ms += h->pending * HOP_MS;
		h->pending = 0;
	}
	if (mask == now->mask) {
		now->ms += HOP_MS;
		return;
	}
	h->changing = mask;
	if (++h->pending < (mask == SPECTRUM_VOICE ? 3u : 2u))
		return;
	new_segment(h, mask, h->pending * HOP_MS);
	h->pending = 0;
}

static void hop(void *arg)
{
	struct hear *h = arg;
	uint32_t mask = h->spectrum.mask;

	follow(h, mask);
	h->silence_ms = mask ? 0 : h->silence_ms + HOP_MS;
	if (mask == SPECTRUM_VOICE && !h->is_digit)
		h->voice_ms += h->voice_ms < 2 * VOICE_MS ? HOP_MS : 0;
	else if (h->voice_ms)
		h->voice_ms -= 5;
	judge(h);
	if (h->hop)
		h->hop(h->arg);
}

void hear_put(struct hear *h, const int16_t *in, size_t n)
{
	size_t keep = n < HEAR_RECENT ? n : HEAR_RECENT;

	memmove(h->recent, h->recent + keep, (HEAR_RECENT - keep) * sizeof(*in));
	memcpy(h->recent + HEAR_RECENT - keep, in + n - keep, keep * sizeof(*in));
	spectrum_put(&h->spectrum, in, n, hop, h);
}

bool hear_silence(const struct hear *h)
{
	return h->silence_ms >= SILENCE_MS && h->heard == HEARD_NOTHING;
}

bool hear_voice(const struct hear *h)
{
	return h->voice_ms >= VOICE_MS;
}

bool hear_tone(const struct hear *h, double hz)
{
	double dbm0;

	return spectrum_share(h->recent, HEAR_RECENT, hz, &dbm0) > 0.25 &&
	       dbm0 > -45;
}

void hear_text(const struct hear *h, char *text, size_t size)
{
	double dbm0, hz;

	if (h->heard) {
		snprintf(text, size, "%s", heard_name(h->heard));
		return;
	}
	hz = spectrum_strongest(h->recent, HEAR_RECENT);
	if (spectrum_share(h->recent, HEAR_RECENT, hz, &dbm0) > 0.4 && dbm0 > -45)
		snprintf(text, size, "a tone of %.0f Hz, %.0f dBm0", hz, dbm0);
	else if (hear_voice(h))
		snprintf(text, size, "voice, %.0f dBm0", dbm0);
	else if (dbm0 > -45)
		snprintf(text, size, "a sound, %.0f dBm0", dbm0);
	else
		snprintf(text, size, "silence");
}
