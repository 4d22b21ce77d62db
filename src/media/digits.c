/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "media/digits.h"

#include <errno.h>
#include <string.h>

#define RAMP 16

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
	memset(d, 0, sizeof(*d));
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
	dtmf_rx_parms(d->rx, 1, twist > 0 ? (twist + 5) / 10 : 8,
		      reverse_twist > 0 ? (reverse_twist + 5) / 10 : 4, -99);
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

void digits_run(struct digits *d, const int16_t *s, size_t n)
{
	d->changes = 0;
	dtmf_rx(d->rx, s, (int)n);
	d->since += (uint32_t)n;
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
	bool mute = dtmf_rx_status(d->rx) != 0;

	if (n > DIGITS_DELAY)
		n = DIGITS_DELAY;
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
