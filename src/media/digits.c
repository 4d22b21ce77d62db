/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "media/digits.h"

#include <errno.h>
#include <string.h>

#define RAMP 16
#define PURE 0.8f	/* of a frame's power that is in the two tones */
#define SHARE 0.08f	/* of it that the weaker one has at least */
#define PEAK 3.0f	/* a tone to the others of its group; the receiver asks 6.3 */
#define DEEP 0.4f	/* of a block's power that is dial tone, which the receiver
			   filters out */
#define DULL 4		/* blocks that end whatever went on */
#define SOFT 2500.0f	/* mean square, -50 dBm0: not worth a look */

static struct correlator dtmf[8], deep[3];

static void make_tables(void)
{
	static const float hz[8] = { 697, 770, 852, 941, 1209, 1336, 1477, 1633 };
	static const float low[3] = { 350, 425, 480 };

	for (int i = 0; i < 8; i++)
		correlator_init(&dtmf[i], hz[i]);
	for (int i = 0; i < 3; i++)
		correlator_init(&deep[i], low[i]);
}

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
	if (!dtmf[0].cosine[0])
		make_tables();
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
	d->faint = on;
	/* At its very limit it takes half of the digits. */
	dtmf_rx_parms(d->rx, 1, (on ? 8 : d->twist) + 2,
		      (on ? 8 : d->reverse_twist) + 2,
		      on ? -46 : -42);
}

void digits_reset(struct digits *d)
{
	static const int16_t quiet[DIGITS_BLOCK * DULL];

	dtmf_rx(d->rx, quiet, DIGITS_BLOCK * DULL);
	d->filled = 0;
	d->dull = DULL;
	d->unseen = false;
	d->current = 0;
	d->changes = 0;
	d->muted = false;
	memset(d->held, 0, sizeof(d->held));
}

static float squares(const int16_t *s, size_t n)
{
	int64_t all = 0;

	for (size_t i = 0; i < n; i++)
		all += s[i] * s[i];
	return (float)all;
}

/* The strongest of a group, n samples; *next: the one after it. */
static float strongest(const struct correlator *group, const int16_t *s, size_t n,
		       float *next)
{
	float most = 0;

	*next = 0;
	for (int i = 0; i < 4; i++) {
		float p = correlate(&group[i], s, n);

		if (p > most) {
			*next = most;
			most = p;
		} else if (p > *next) {
			*next = p;
		}
	}
	return most;
}

static bool is_deep(const int16_t *s, float all)
{
	float sum = 0;

	for (int i = 0; i < 3; i++)
		sum += correlate(&deep[i], s, CORRELATE_MOST);
	return sum > DEEP * all;
}

/* Whether the receiver may take this block for a digit's. */
static bool may_be_digit(const int16_t *s)
{
	float all = squares(s, DIGITS_BLOCK), next;

	if (all < SOFT * DIGITS_BLOCK)
		return false;
	if (strongest(dtmf, s, CORRELATE_MOST, &next) > PEAK * next &&
	    strongest(dtmf + 4, s, CORRELATE_MOST, &next) > PEAK * next)
		return true;
	return is_deep(s, all);
}

static void block(struct digits *d)
{
	bool rests = d->dull >= DULL && !d->current && !dtmf_rx_status(d->rx);

	if (d->faint || may_be_digit(d->block)) {
		/* Its filter shall have heard what came before. */
		if (d->unseen)
			dtmf_rx(d->rx, d->before, DIGITS_BLOCK);
		rests = false;
		d->dull = 0;
	} else if (d->dull < DULL) {
		d->dull++;
	}
	if (rests)
		memcpy(d->before, d->block, sizeof(d->before));
	else
		dtmf_rx(d->rx, d->block, DIGITS_BLOCK);
	d->unseen = rests;
	d->since += DIGITS_BLOCK;
}

void digits_run(struct digits *d, const int16_t *s, size_t n)
{
	d->changes = 0;
	for (size_t part; n; n -= part, s += part) {
		part = DIGITS_BLOCK - d->filled;
		if (part > n)
			part = n;
		memcpy(d->block + d->filled, s, part * sizeof(*s));
		d->filled += part;
		if (d->filled == DIGITS_BLOCK) {
			d->filled = 0;
			block(d);
		}
	}
}

/* Whether these 10 ms are one tone of each group and nothing else. */
static bool suspicious(const int16_t *s)
{
	float all = squares(s, DIGITS_DELAY), low, high, next;

	if (all < SOFT * DIGITS_DELAY)
		return false;
	low = strongest(dtmf, s, DIGITS_DELAY, &next);
	if (low < SHARE * all)
		return false;
	high = strongest(dtmf + 4, s, DIGITS_DELAY, &next);
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
