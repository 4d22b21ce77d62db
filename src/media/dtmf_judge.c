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
/* Least square of what two vectors 5 ms apart have in common. */
#define PURE 0.75f
/* What else there may be, to the power of both tones. */
#define DIRT 0.3f

#define ROUND (2 * (float)M_PI)

/* What is known of a tone. */
struct tone {
	float coarse[2], fine[2];	/* turns in one vector and in LAG */
	float off;			/* tangent of the greatest deviation */
	float gain;			/* mean square of its vector's power */
};

/* Sums over the window. */
struct band {
	float power, before;		/* before: LAG earlier */
	float coarse[2], fine[2];
};

static const char digits[] = "123A456B789C*0#D";
static struct tone low[4], high[4];
static struct dtmf_filter low_filter, high_filter;
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
	}
}

static float power(const float v[2])
{
	return v[0] * v[0] + v[1] * v[1];
}

void dtmf_judge_step(struct dtmf_step *s, const int16_t *step)
{
	const int16_t *x = step + DTMF_STEP - DTMF_TAPS;

	dtmf_filter(&low_filter, x, s->low);
	dtmf_filter(&high_filter, x - DTMF_STEP / 2, s->high[0]);
	dtmf_filter(&high_filter, x, s->high[1]);
	s->low_power = power(s->low);
	s->high_power = (power(s->high[0]) + power(s->high[1])) / 2;
}

/* The turn from b to a. */
static void add_turn(float sum[2], const float a[2], const float b[2])
{
	sum[0] += a[0] * b[0] + a[1] * b[1];
	sum[1] += a[1] * b[0] - a[0] * b[1];
}

static float along(const float v[2], const float turn[2])
{
	return v[0] * turn[0] + v[1] * turn[1];
}

/* Cauchy and Schwarz: equal if one is the other, turned. */
static bool is_pure(const struct band *b)
{
	return power(b->fine) >= PURE * b->power * b->before;
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
	across = b->fine[1] * best->fine[0] - b->fine[0] * best->fine[1];
	return with > 0 && fabsf(across) < best->off * with ? best : NULL;
}

static void powers(const struct dtmf *d, struct band *l, struct band *h)
{
	for (unsigned i = 0; i < WINDOW; i++) {
		l->power += dtmf_ago(d, i)->low_power;
		l->before += dtmf_ago(d, i + 2)->low_power;
		h->power += dtmf_ago(d, i)->high_power;
		h->before += dtmf_ago(d, i + 2)->high_power;
	}
}

/* Most of what is heard is no tone: that is known before all is summed up. */
static bool pure_turns(const struct dtmf *d, struct band *l, struct band *h)
{
	for (unsigned i = 0; i < WINDOW; i++)
		add_turn(l->fine, dtmf_ago(d, i)->low, dtmf_ago(d, i + 2)->low);
	if (!is_pure(l))
		return false;
	for (unsigned i = 0; i < WINDOW; i++) {
		const struct dtmf_step *s = dtmf_ago(d, i);
		const struct dtmf_step *before = dtmf_ago(d, i + 2);

		add_turn(h->fine, s->high[0], before->high[0]);
		add_turn(h->fine, s->high[1], before->high[1]);
	}
	/* A step has two of the high ones, and the mean of their powers. */
	h->power *= 2;
	h->before *= 2;
	return is_pure(h);
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
static bool hopeless(const struct dtmf *d, const struct band *l,
		     const struct band *h)
{
	float least = d->least * WINDOW / 8;

	return l->power < least || h->power < least ||
	       l->power > h->power * 2 * TWIST || h->power > l->power * 2 * TWIST;
}

char dtmf_judge(const struct dtmf *d)
{
	struct band l = { 0 }, h = { 0 };
	const struct tone *r, *c;
	float lp, hp;

	powers(d, &l, &h);
	if (hopeless(d, &l, &h) || !pure_turns(d, &l, &h))
		return 0;
	coarse_turns(d, &l, &h);
	r = find(&l, low);
	if (!r)
		return 0;
	c = find(&h, high);
	if (!c)
		return 0;
	lp = l.power * r->gain / WINDOW;
	hp = h.power * c->gain / WINDOW / 2;
	if (lp < d->least || hp < d->least || lp > hp * TWIST || hp > lp * TWIST)
		return 0;
	return digits[4 * (r - low) + (c - high)];
}

bool dtmf_judge_clean(const struct dtmf *d, char digit)
{
	const int16_t *x = d->x + DTMF_PAST - CORRELATE_MOST;
	float all = (float)level_squares(x, CORRELATE_MOST);
	size_t at = (size_t)(strchr(digits, digit) - digits);
	float both = 0;

	for (unsigned i = 0; i < WINDOW; i++)
		both += dtmf_ago(d, i)->low_power * low[at / 4].gain +
			dtmf_ago(d, i)->high_power * high[at % 4].gain;
	both *= (float)CORRELATE_MOST / WINDOW;
	for (int i = 0; i < 3; i++)
		all -= correlate(&dial[i], x, CORRELATE_MOST);
	return all < both * (1 + DIRT);
}
