/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "media/dtmf.h"

#include <math.h>
#include <string.h>

#include "media/dtmf_judge.h"
#include "media/osc.h"

/* Steps of 2.5 ms. Q.24: signals of 40 ms are taken, those of 20 to 24 ms are
 * not; pauses of 40 ms end one, 10 ms do not. */
#define SURE 12			/* of its power */
#define SEEN 6			/* recognised */
#define PAUSE 8
#define HOLE 4
#define GONE 20			/* unrecognised though something sounds */
#define ANOTHER 4		/* another digit at once after it */
#define SETTLED 3		/* quiet ones until the filters are empty */

#define MARGIN (-1.5f)		/* dB, below the level that is surely taken */
#define EDGE 4			/* a tone's power to that at its ends */
/* A tone's greatest power to its least within FLAT_STEPS: a voice has more. */
#define FLAT(power) ((power) * 33 / 10)
#define FLAT_STEPS 8

void dtmf_init(struct dtmf *d, float dbm0)
{
	dtmf_judge_init();
	memset(d, 0, sizeof(*d));
	d->at = DTMF_PAST;
	dtmf_level(d, dbm0);
}

void dtmf_level(struct dtmf *d, float dbm0)
{
	float peak = OSC_DBM0_PEAK * powf(10, (dbm0 + MARGIN) / 20);

	d->least = peak * peak / 2;
	d->hopeless = dtmf_judge_hopeless(d->least);
}

void dtmf_reset(struct dtmf *d)
{
	float least = d->least;
	int64_t hopeless = d->hopeless;

	memset(d, 0, sizeof(*d));
	d->at = DTMF_PAST;
	d->least = least;
	d->hopeless = hopeless;
}

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static bool sounds(const struct dtmf *d, const struct dtmf_step *s)
{
	return s->low_power * EDGE > d->low_power &&
	       s->high_power * EDGE > d->high_power;
}

static void suspect(struct dtmf *d, char digit)
{
	d->digit = digit;
	d->sure = false;
	d->seen = d->absent = d->unseen = d->other = d->present = 0;
	d->low_power = d->high_power = 0;
	for (unsigned i = 1; i < 4; i++) {
		const struct dtmf_step *s = dtmf_ago(d, i);

		d->low_power = larger(d->low_power, s->low_power);
		d->high_power = larger(d->high_power, s->high_power);
	}
	/* When did it begin? This step itself is counted by count(). */
	while (d->present < DTMF_STEPS - 2 &&
	       d->now - d->present - 1 != d->before &&
	       sounds(d, dtmf_ago(d, d->present + 1)))
		d->present++;
	d->began = d->last = d->now - d->present;
}

static void count(struct dtmf *d, char heard)
{
	if (heard == d->digit) {
		d->seen++;
		d->unseen = 0;
	} else {
		d->unseen++;
	}
	d->other = heard && heard != d->digit ? d->other + 1 : 0;
	if (!sounds(d, dtmf_ago(d, 0))) {
		d->absent++;
		return;
	}
	d->absent = 0;
	d->present++;
	if (d->unseen <= PAUSE)
		d->last = d->now;
}

static bool is_flat(const struct dtmf *d)
{
	const struct dtmf_step *s = dtmf_ago(d, d->absent + 1);
	struct dtmf_step least = *s, most = *s;

	for (unsigned i = 2; i <= FLAT_STEPS; i++) {
		s = dtmf_ago(d, d->absent + i);
		least.low_power = smaller(least.low_power, s->low_power);
		least.high_power = smaller(least.high_power, s->high_power);
		most.low_power = larger(most.low_power, s->low_power);
		most.high_power = larger(most.high_power, s->high_power);
	}
	return most.low_power < FLAT(least.low_power) &&
	       most.high_power < FLAT(least.high_power);
}

static enum dtmf_news follow_known(struct dtmf *d)
{
	if (d->absent < PAUSE && d->unseen < GONE && d->other < ANOTHER)
		return DTMF_NOTHING;
	/* What is recognised by now began before that. */
	if (d->other)
		d->last = d->now - d->other - SEEN;
	d->before = d->last;
	d->sure = false;
	d->digit = 0;
	return DTMF_ENDED;
}

static enum dtmf_news follow(struct dtmf *d)
{
	char heard = dtmf_judge(d);

	if (heard && !d->sure && !dtmf_judge_clean(d, heard))
		heard = 0;
	if (heard && heard != d->digit && !d->sure)
		suspect(d, heard);
	if (!d->digit)
		return DTMF_NOTHING;
	count(d, heard);
	if (d->sure)
		return follow_known(d);
	if (d->absent > HOLE || d->unseen > HOLE) {
		d->digit = 0;
	} else if (d->present >= SURE && d->seen >= SEEN && is_flat(d)) {
		d->sure = true;
		return DTMF_BEGAN;
	}
	return DTMF_NOTHING;
}

static enum dtmf_news step(struct dtmf *d)
{
	struct dtmf_step *s = &d->step[++d->now % DTMF_STEPS];
	enum dtmf_news news = DTMF_NOTHING;

	d->quiet = dtmf_loud(d->x + d->at) ? 0 : d->quiet + 1;
	*s = (struct dtmf_step) { 0 };
	if (d->quiet > SETTLED)
		d->high_at = d->now;
	else
		dtmf_judge_low(s, d->x + d->at);
	if (d->digit || d->quiet <= SETTLED)
		news = follow(d);
	d->at += DTMF_STEP;
	if (d->at == sizeof(d->x) / sizeof(*d->x)) {
		memmove(d->x, d->x + d->at - DTMF_PAST,
			DTMF_PAST * sizeof(*d->x));
		d->at = DTMF_PAST;
	}
	return news;
}

size_t dtmf_run(struct dtmf *d, const int16_t *s, size_t n, enum dtmf_news *news)
{
	size_t part = DTMF_STEP - d->filled;

	*news = DTMF_NOTHING;
	if (part > n)
		part = n;
	memcpy(d->x + d->at + d->filled, s, part * sizeof(*s));
	d->filled += (unsigned)part;
	if (d->filled < DTMF_STEP)
		return part;
	d->filled = 0;
	*news = step(d);
	return part;
}

uint32_t dtmf_length(const struct dtmf *d)
{
	return (d->last - d->began + 1) * DTMF_STEP;
}
