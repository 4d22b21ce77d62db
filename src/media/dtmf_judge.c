/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "media/dtmf_judge.h"

#include <math.h>
#include <string.h>

#include "media/correlate.h"
#include "media/osc.h"

#define WINDOW 4		/* steps that are summed up */
#define LAG 0.005f		/* s, between the vectors that are compared */
/* Operation is asked for to 1.5 % and 2 Hz, non-operation from 3.5 %. */
#define OFF_PART 0.015f
#define OFF_HZ 4.5f
#define TWIST 8.5f		/* 9.3 dB */
/* The square of what two vectors 5 ms apart have in common: at most one part in so
 * many is missing. */
#define PURE 4
/* Part of the power of a digit from end to end that lies in its bands, or more. */
#define MOST 0.5f
/* What else there may be, to the power of both tones. */
#define DIRT 0.3f

#define ROUND (2 * (float)M_PI)
#define SQUARE (DTMF_UNIT * DTMF_UNIT)

/* What is known of a tone. */
struct tone {
	float coarse[2], fine[2];	/* turns in one vector and in LAG */
	float off;			/* tangent of the greatest deviation */
	float gain;			/* mean square of its vector's power */
};

/* Sums over the window. */
struct band {
	int64_t power, before;		/* before: LAG earlier */
	int64_t coarse[2], fine[2];
};

static const char digits[] = "123A456B789C*0#D";
static struct tone low[4], high[4];
static struct dtmf_filter low_filter, high_filter;
static float low_gain, high_gain;	/* the greatest of each */
static struct correlator dial[3];

static void tone_init(struct tone *t, const struct dtmf_filter *f, float hz,
		      float coarse)
{
	t->coarse[0] = cosf(ROUND * hz * coarse);
	t->coarse[1] = sinf(ROUND * hz * coarse);
	t->fine[0] = cosf(ROUND * hz * LAG);
	t->fine[1] = sinf(ROUND * hz * LAG);
	t->off = tanf(ROUND * (hz * OFF_PART + OFF_HZ) * LAG);
	t->gain = dtmf_filter_gain(f, hz);
}

void dtmf_judge_init(void)
{
	static const float row[4] = { 697, 770, 852, 941 };
	static const float column[4] = { 1209, 1336, 1477, 1633 };
	/* 350 and 440, or one of 400 to 480 Hz */
	static const float hz[3] = { 350, 425, 480 };

	if (low[0].gain > 0)
		return;
	dtmf_filter_init(&low_filter, 819, 160);
	dtmf_filter_init(&high_filter, 1421, 280);
	for (int i = 0; i < 3; i++)
		correlator_init(&dial[i], hz[i]);
	for (int i = 0; i < 4; i++) {
		tone_init(&high[i], &high_filter, column[i], 0.00125f);
		tone_init(&low[i], &low_filter, row[i], 0.0025f);
		low_gain = fmaxf(low_gain, low[i].gain);
		high_gain = fmaxf(high_gain, high[i].gain);
	}
}

static int64_t power(const int32_t v[2])
{
	return (int64_t)v[0] * v[0] + (int64_t)v[1] * v[1];
}

void dtmf_judge_low(struct dtmf_step *s, const int16_t *step)
{
	dtmf_filter(&low_filter, step + DTMF_STEP - DTMF_TAPS, s->low);
	s->low_power = power(s->low);
}

static void make_high(struct dtmf_step *s, const int16_t *step)
{
	const int16_t *x = step + DTMF_STEP - DTMF_TAPS;

	dtmf_filter(&high_filter, x - DTMF_STEP / 2, s->high[0]);
	dtmf_filter(&high_filter, x, s->high[1]);
	s->high_power = (power(s->high[0]) + power(s->high[1])) / 2;
}

/* Those that were left out as well: a tone was there before it is known. */
static void make_highs(struct dtmf *d)
{
	unsigned missing = d->now - d->high_at;

	if (missing > DTMF_BACK + 1)
		missing = DTMF_BACK + 1;
	while (missing--)
		make_high(&d->step[(d->now - missing) % DTMF_STEPS],
			  d->x + d->at - missing * DTMF_STEP);
	d->high_at = d->now;
}

/* The turn from b to a. */
static void add_turn(int64_t sum[2], const int32_t a[2], const int32_t b[2])
{
	sum[0] += (int64_t)a[0] * b[0] + (int64_t)a[1] * b[1];
	sum[1] += (int64_t)a[1] * b[0] - (int64_t)a[0] * b[1];
}

static float along(const int64_t v[2], const float turn[2])
{
	return (float)v[0] * turn[0] + (float)v[1] * turn[1];
}

/* Cauchy and Schwarz: equal if one is the other, turned. What is squared has 31
 * bits at most. */
static bool is_pure(const struct band *b)
{
	int bits = 64 - __builtin_clzll((uint64_t)(b->power | b->before | 1));
	int less = bits > 31 ? bits - 31 : 0;
	int64_t re = b->fine[0] >> less, im = b->fine[1] >> less;
	int64_t both = (b->power >> less) * (b->before >> less);

	return re * re + im * im >= both - both / PURE;
}

/* One tone of four, or NULL. */
static const struct tone *find(const struct band *b, const struct tone t[4])
{
	const struct tone *best = &t[0];
	float with, across;

	for (int i = 1; i < 4; i++)
		if (along(b->coarse, t[i].coarse) > along(b->coarse, best->coarse))
			best = &t[i];
	with = along(b->fine, best->fine);
	across = (float)b->fine[1] * best->fine[0] -
		 (float)b->fine[0] * best->fine[1];
	return with > 0 && fabsf(across) < best->off * with ? best : NULL;
}

static void low_sums(const struct dtmf *d, struct band *l)
{
	for (unsigned i = 0; i < WINDOW; i++) {
		const struct dtmf_step *s = dtmf_ago(d, i);
		const struct dtmf_step *before = dtmf_ago(d, i + 2);

		l->power += s->low_power;
		l->before += before->low_power;
		add_turn(l->fine, s->low, before->low);
	}
}

static void high_sums(const struct dtmf *d, struct band *h)
{
	for (unsigned i = 0; i < WINDOW; i++) {
		const struct dtmf_step *s = dtmf_ago(d, i);
		const struct dtmf_step *before = dtmf_ago(d, i + 2);

		/* Two vectors, and the mean of their powers. */
		h->power += 2 * s->high_power;
		h->before += 2 * before->high_power;
		add_turn(h->fine, s->high[0], before->high[0]);
		add_turn(h->fine, s->high[1], before->high[1]);
	}
}

static void coarse_turns(const struct dtmf *d, struct band *l, struct band *h)
{
	for (unsigned i = 0; i < WINDOW; i++) {
		const struct dtmf_step *s = dtmf_ago(d, i);
		const struct dtmf_step *last = dtmf_ago(d, i + 1);

		add_turn(l->coarse, s->low, last->low);
		add_turn(h->coarse, s->high[0], last->high[1]);
		add_turn(h->coarse, s->high[1], s->high[0]);
	}
}

/* Before anything is known of the tones: their gains differ by 3 dB. */
int64_t dtmf_judge_hopeless(float least)
{
	return (int64_t)(least * WINDOW / 8 * DTMF_UNIT * DTMF_UNIT);
}

static bool is_twisted(float l, float h, float most)
{
	return l > h * most || h > l * most;
}

/* Most of what is heard is no tone: that is known before all is summed up. */
static bool sums(struct dtmf *d, struct band *l, struct band *h)
{
	low_sums(d, l);
	if (l->power < d->hopeless || !is_pure(l))
		return false;
	make_highs(d);
	high_sums(d, h);
	if (h->power < 2 * d->hopeless || !is_pure(h) ||
	    is_twisted(2 * (float)l->power, (float)h->power, 2 * TWIST))
		return false;
	coarse_turns(d, l, h);
	return true;
}

char dtmf_judge(struct dtmf *d)
{
	struct band l = { 0 }, h = { 0 };
	const struct tone *r, *c;
	float lp, hp;

	if (d->digit)
		make_highs(d);
	if (!sums(d, &l, &h))
		return 0;
	r = find(&l, low);
	if (!r)
		return 0;
	c = find(&h, high);
	if (!c)
		return 0;
	lp = (float)l.power * r->gain / (WINDOW * SQUARE);
	hp = (float)h.power * c->gain / (2 * WINDOW * SQUARE);
	if (lp < d->least || hp < d->least || is_twisted(lp, hp, TWIST))
		return 0;
	return digits[4 * (r - low) + (c - high)];
}

bool dtmf_judge_clean(const struct dtmf *d, char digit)
{
	const int16_t *x = d->x + d->at + DTMF_STEP - CORRELATE_MOST;
	float all = (float)level_squares(x, CORRELATE_MOST);
	size_t at = (size_t)(strchr(digits, digit) - digits);
	float both = 0;

	for (unsigned i = 0; i < WINDOW; i++)
		both += (float)dtmf_ago(d, i)->low_power * low[at / 4].gain +
			(float)dtmf_ago(d, i)->high_power * high[at % 4].gain;
	both *= (float)CORRELATE_MOST / (WINDOW * SQUARE);
	for (int i = 0; i < 3; i++)
		all -= correlate(&dial[i], x, CORRELATE_MOST);
	return all < both * (1 + DIRT);
}

/* The middle of the frame tells of all of it. */
bool dtmf_judge_bands(const int16_t *frame, float all)
{
	const int16_t *x = frame + (DTMF_FRAME - DTMF_TAPS) / 2;
	float mean = all * SQUARE / DTMF_FRAME, l, h;
	int32_t v[2];

	dtmf_filter(&low_filter, x, v);
	l = (float)power(v) * low_gain;
	dtmf_filter(&high_filter, x, v);
	h = (float)power(v) * high_gain;
	return l + h > MOST * mean;
}
