/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "media/digits.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define RAMP 16
#define PURE 0.8f	/* of a frame's power that is in the two tones */
#define SHARE 0.08f	/* of it that the weaker one has at least */
#define QUIET (102 * 4)
#define SOFT 2500.0f	/* mean square, -50 dBm0: not worth a look */

static void change(struct digits *d, char digit, bool began)
{
	if (d->changes == DIGITS_CHANGES)
		return;
	d->change[d->changes++] = (struct digit_change) {
		.digit = digit, .began = began, .samples = d->since };
}

static void heard(void *arg, int code, int level, int delay)
{
	struct digits *d = arg;

	if (d->current)
		change(d, d->current, false);
	d->current = (char)code;
	d->since = 0;
	if (code)
		change(d, (char)code, true);
}

int digits_init(struct digits *d, int twist, int reverse_twist)
{
	static const float hz[8] = { 697, 770, 852, 941, 1209, 1336, 1477, 1633 };

	memset(d, 0, sizeof(*d));
	for (int i = 0; i < 8; i++)
		d->twice_cosine[i] = 2 * cosf(2 * (float)M_PI * hz[i] / 8000);
	d->rx = dtmf_rx_init(NULL, NULL, NULL);
	if (!d->rx)
		return -ENOMEM;
	digits_parameters(d, twist, reverse_twist);
	dtmf_rx_set_realtime_callback(d->rx, heard, d);
	return 0;
}

void digits_fini(struct digits *d)
{
	if (d->rx)
		dtmf_rx_free(d->rx);
	d->rx = NULL;
}

void digits_parameters(struct digits *d, int twist, int reverse_twist)
{
	d->twist = twist > 0 ? (twist + 5) / 10 : 8;
	d->reverse_twist = reverse_twist > 0 ? (reverse_twist + 5) / 10 : 4;
	digits_faint(d, false);
}

/* Nobody speaks before caller ID: there is no voice to be taken for a digit. The
 * library's -42 are -33 dBm0 of both tones, its -46 are -37. */
void digits_faint(struct digits *d, bool on)
{
	dtmf_rx_parms(d->rx, 1, on ? 8 : d->twist, on ? 8 : d->reverse_twist,
		      on ? -46 : -42);
}

void digits_reset(struct digits *d)
{
	static const int16_t quiet[102 * 3];

	/* Three silent blocks end whatever was going on. */
	dtmf_rx(d->rx, quiet, 102 * 3);
	d->current = 0;
	d->changes = 0;
	d->muted = false;
	memset(d->held, 0, sizeof(d->held));
}

/* A digit needs a block of 102 samples above -42 dBm0, and the receiver
 * forgets what was before within three that are quiet: more silence tells it
 * nothing. */
static bool quiet_for_long(struct digits *d, const int16_t *s, size_t n)
{
	int64_t all = 0;

	for (size_t i = 0; i < n; i++)
		all += s[i] * s[i];
	if ((float)all >= SOFT * (float)n)
		d->quiet = 0;
	else if (d->quiet < QUIET)
		d->quiet += (uint32_t)n;
	return d->quiet >= QUIET && !d->current && !dtmf_rx_status(d->rx);
}

void digits_run(struct digits *d, const int16_t *s, size_t n)
{
	d->changes = 0;
	if (quiet_for_long(d, s, n)) {
		d->since += (uint32_t)n;
		return;
	}
	dtmf_rx(d->rx, s, (int)n);
	d->since += (uint32_t)n;
}

/* How much of a frame's power is at this frequency (Goertzel). */
static float power_at(const int16_t *s, size_t n, float twice_cosine)
{
	float a = 0, b = 0;

	for (size_t i = 0; i < n; i++) {
		float c = s[i] + twice_cosine * a - b;

		b = a;
		a = c;
	}
	return 2 * (a * a + b * b - twice_cosine * a * b) / (float)n;
}

static float strongest(const struct digits *d, int first, const int16_t *s,
		       size_t n)
{
	float most = 0;

	for (int i = first; i < first + 4; i++) {
		float p = power_at(s, n, d->twice_cosine[i]);

		if (p > most)
			most = p;
	}
	return most;
}

/* Whether these 10 ms are one tone of each group and nothing else. */
static bool suspicious(const struct digits *d, const int16_t *s, size_t n)
{
	float all = 0, low, high;

	for (size_t i = 0; i < n; i++)
		all += (float)s[i] * s[i];
	if (all < SOFT * (float)n)
		return false;
	low = strongest(d, 0, s, n);
	if (low < SHARE * all)
		return false;
	high = strongest(d, 4, s, n);
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
	mute = dtmf_rx_status(d->rx) != 0 ||
	       (n == DIGITS_DELAY && suspicious(d, s, n));
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
