/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "media/digits.h"

#include <string.h>

#include "media/correlate.h"
#include "media/dtmf_judge.h"
#include "media/osc.h"

#define RAMP 16
#define PURE 0.8f	/* of a frame's power that is in the two tones */
#define SHARE 0.08f	/* of it that the weaker one has at least */
#define SOFT 2500.0f	/* mean square, -50 dBm0: not worth a look */
#define NORMAL (-36)	/* dBm0 of each tone */
#define FAINT (-42)

static struct correlator dtmf[8];

void digits_init(struct digits *d)
{
	static const float hz[8] = { 697, 770, 852, 941, 1209, 1336, 1477, 1633 };

	memset(d, 0, sizeof(*d));
	if (!dtmf[0].cosine[0])
		for (int i = 0; i < 8; i++)
			correlator_init(&dtmf[i], hz[i]);
	dtmf_init(&d->rx, NORMAL);
}

/* Nobody speaks before caller ID: there is no voice to be taken for a digit. */
void digits_faint(struct digits *d, bool on)
{
	dtmf_level(&d->rx, on ? FAINT : NORMAL);
}

void digits_reset(struct digits *d)
{
	dtmf_reset(&d->rx);
	d->current = 0;
	d->changes = 0;
	d->muted = false;
	memset(d->held, 0, sizeof(d->held));
}

static void change(struct digits *d, bool began, uint32_t samples)
{
	if (d->changes == DIGITS_CHANGES)
		return;
	d->change[d->changes++] = (struct digit_change) {
		.digit = d->current, .began = began, .samples = samples };
}

void digits_run(struct digits *d, const int16_t *s, size_t n)
{
	d->changes = 0;
	for (size_t part; n; n -= part, s += part) {
		enum dtmf_news news;

		part = dtmf_run(&d->rx, s, n, &news);
		if (news == DTMF_BEGAN) {
			d->current = d->rx.digit;
			change(d, true, 0);
		} else if (news == DTMF_ENDED) {
			change(d, false, dtmf_length(&d->rx));
			d->current = 0;
		}
	}
}

uint32_t digits_since(const struct digits *d)
{
	return dtmf_length(&d->rx);
}

/* The strongest of a group. */
static float strongest(const struct correlator *group, const int16_t *s)
{
	float most = 0;

	for (int i = 0; i < 4; i++) {
		float p = correlate(&group[i], s, DIGITS_DELAY);

		if (p > most)
			most = p;
	}
	return most;
}

/* Whether these 10 ms are one tone of each group and nothing else. */
static bool suspicious(const int16_t *s)
{
	float all = (float)level_squares(s, DIGITS_DELAY), low, high;

	if (all < SOFT * DIGITS_DELAY || !dtmf_judge_bands(s, all))
		return false;
	low = strongest(dtmf, s);
	if (low < SHARE * all)
		return false;
	high = strongest(dtmf + 4, s);
	return high > SHARE * all && low + high > PURE * all;
}

static void ramp(int16_t *s, size_t n, bool down)
{
	for (size_t i = 0; i < n; i++) {
		int k = i < RAMP ? (int)i : RAMP;

		if (down)
			k = RAMP - k;
		s[i] = (int16_t)(s[i] * k / RAMP);
	}
}

void digits_mute(struct digits *d, int16_t *s, size_t n)
{
	int16_t now[DIGITS_DELAY];
	bool mute;

	if (n > DIGITS_DELAY)
		n = DIGITS_DELAY;
	mute = dtmf_suspects(&d->rx) ||
	       (n == DIGITS_DELAY && suspicious(s));
	memcpy(now, s, n * sizeof(*s));
	memcpy(s, d->held, n * sizeof(*s));
	memmove(d->held, d->held + n, (DIGITS_DELAY - n) * sizeof(*s));
	memcpy(d->held + DIGITS_DELAY - n, now, n * sizeof(*s));
	if (mute && d->muted)
		memset(s, 0, n * sizeof(*s));
	else if (mute != d->muted)
		ramp(s, n, mute);
	d->muted = mute;
}
