/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * The tone disabler of G.168 clause 7; G.165 clause 4 has the same under the same
 * second numbers: 7.2 here is 4.2 there. A modem
 * cancels echo itself and says so by a tone of 2100 Hz whose phase it turns
 * every 450 ms: then the canceller stands aside. A fax answers with the tone
 * alone: then only the non-linear processor does, which would cut its carrier.
 * The tone may come from either side; the two are heard apart, because the sum
 * of a tone and its echo can be anything.
 *
 * 2100 Hz is 21 turns in 80 samples. So a window of 80 needs no phase of its
 * own, and its projection on one table tells level, purity and phase. A tone
 * 21 Hz off still has 86 % of its power there, one 36 Hz off 64 %, one at 1900
 * or 2350 Hz at most 2 %. Everything else in the window opposes: that is the
 * guard band.
 */
#include <math.h>
#include <string.h>

#include "media/echo_state.h"

#define N ECHO_TONE_WINDOW

/* 7.2: hears from -31 dBm0 on, 2100 +/- 21 Hz. 7.4: holds from -31 dBm0 on, from
 * 700 to 3000 Hz (-27 from 390 to 700), lets go at -36. */
#define LEVEL (16140.0f * 16140.0f * 5e-4f)	/* -33 dBm0 */
#define PURE 0.65f		/* 7.3: share of the power that is the tone's */
#define GAP_MOST 3		/* windows that a turn or a click may spoil */
#define TONE_WINDOWS 30		/* 300 ms: G.164 has 300 +/- 100 */
#define STEADY 5		/* windows until a phase can be foretold */
#define TURNED (-0.676f)	/* 7.2: cosine of 132.5; 155 is a turn, 110 a slip */
#define STRAIGHT 0.7f
#define TURN_LEAST 40		/* 7.2: 450 +/- 25 ms, and our windows are coarse */
#define TURN_MOST 50
#define TURNS 2			/* periodic; 7.5: the second comes within 1 s */
#define RELEASE 25		/* 7.8: 250 +/- 150 ms, never below 100 */

/* cos and sin of 2100 Hz, times 8191. */
static const int16_t wave[2][N] = {
	{
		8191, -643, -8090, 1912, 7790, -3135, -7298, 4280, 6627, -5320,
		-5792, 6228, 4815, -6984, -3719, 7567, 2531, -7965, -1281, 8166,
		0, -8166, 1281, 7965, -2531, -7567, 3719, 6984, -4815, -6228,
		5792, 5320, -6627, -4280, 7298, 3135, -7790, -1912, 8090, 643,
		-8191, 643, 8090, -1912, -7790, 3135, 7298, -4280, -6627, 5320,
		5792, -6228, -4815, 6984, 3719, -7567, -2531, 7965, 1281, -8166,
		0, 8166, -1281, -7965, 2531, 7567, -3719, -6984, 4815, 6228,
		-5792, -5320, 6627, 4280, -7298, -3135, 7790, 1912, -8090, -643,
	}, {
		0, 8166, -1281, -7965, 2531, 7567, -3719, -6984, 4815, 6228,
		-5792, -5320, 6627, 4280, -7298, -3135, 7790, 1912, -8090, -643,
		8191, -643, -8090, 1912, 7790, -3135, -7298, 4280, 6627, -5320,
		-5792, 6228, 4815, -6984, -3719, 7567, 2531, -7965, -1281, 8166,
		0, -8166, 1281, 7965, -2531, -7567, 3719, 6984, -4815, -6228,
		5792, 5320, -6627, -4280, 7298, 3135, -7790, -1912, 8090, 643,
		-8191, 643, 8090, -1912, -7790, 3135, 7298, -4280, -6627, 5320,
		5792, -6228, -4815, 6984, 3719, -7567, -2531, 7965, 1281, -8166,
	},
};

void echo_tone_clear(struct echo_disabler *d)
{
	memset(d, 0, sizeof *d);
}

/* 16 by 16 bits into 32: with three bits less, 80 samples fit. */
static int32_t dot(const int16_t *a, const int16_t *b)
{
	int32_t sum = 0;

	for (size_t i = 0; i < N; i++)
		sum += a[i] * b[i];
	return sum;
}

static void forget(struct echo_ear *e)
{
	e->good = e->gap = e->odd = e->since = e->turns = 0;
}

static void turn(struct echo_ear *e)
{
	bool periodic = e->since >= TURN_LEAST && e->since <= TURN_MOST;

	e->turns = periodic ? e->turns + 1 : 1;
	e->since = 0;
}

/* The phase of this window against what the tone's own frequency foretells. */
static void follow_phase(struct echo_ear *e, float re, float im)
{
	float size = 1 / sqrtf(re * re + im * im), a, b, c, s;

	re *= size;
	im *= size;
	if (e->good == 1 && !e->gap) {
		e->turn_re = re * e->re + im * e->im;
		e->turn_im = im * e->re - re * e->im;
	} else if (e->good > 1) {
		a = e->re;
		b = e->im;
		for (unsigned i = 0; i <= e->gap; i++) {
			c = a * e->turn_re - b * e->turn_im;
			b = a * e->turn_im + b * e->turn_re;
			a = c;
		}
		c = re * a + im * b;
		s = im * a - re * b;
		if (c > STRAIGHT) {
			/* the frequency, a little better */
			a = e->turn_re - 0.2f * s * e->turn_im;
			b = e->turn_im + 0.2f * s * e->turn_re;
			size = 1 / sqrtf(a * a + b * b);
			e->turn_re = a * size;
			e->turn_im = b * size;
			e->odd = 0;
		} else if (c < TURNED && e->good >= STEADY) {
			turn(e);
			e->odd = 0;
		} else if (++e->odd > 1) {
			forget(e);
		}
	}
	e->re = re;
	e->im = im;
	e->good++;
	e->gap = 0;
}

static void listen(struct echo_ear *e)
{
	int16_t x[N];
	float re, im, power;

	for (size_t i = 0; i < N; i++)
		x[i] = e->window[i] >> 3;
	power = 64.0f / N * (float)dot(x, x);
	e->quiet = power < LEVEL ? e->quiet + 1 : 0;
	e->since++;
	if (power >= LEVEL) {
		re = 8.0f / 8191 * (float)dot(x, wave[0]);
		im = -8.0f / 8191 * (float)dot(x, wave[1]);
		if (2 * (re * re + im * im) > PURE * N * N * power) {
			follow_phase(e, re, im);
			return;
		}
	}
	if (e->good && ++e->gap > GAP_MOST)
		forget(e);
}

void echo_tone_run(struct echo_disabler *d, const int16_t *tx, const int16_t *rx)
{
	memcpy(d->far.window + d->at, tx, ECHO_BLOCK * sizeof *tx);
	memcpy(d->near.window + d->at, rx, ECHO_BLOCK * sizeof *rx);
	d->at += ECHO_BLOCK;
	if (d->at < N)
		return;
	d->at = 0;
	listen(&d->far);
	listen(&d->near);
	if (d->far.turns >= TURNS || d->near.turns >= TURNS)
		d->bypass = ECHO_BYPASS_ALL;
	else if (d->bypass == ECHO_BYPASS_NONE &&
		 (d->far.good >= TONE_WINDOWS || d->near.good >= TONE_WINDOWS))
		d->bypass = ECHO_BYPASS_NLP;
	else if (d->far.quiet >= RELEASE && d->near.quiet >= RELEASE)
		d->bypass = ECHO_BYPASS_NONE;
}
