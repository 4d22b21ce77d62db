/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * Judges, from powers alone, what a residual means.
 *
 * kappa is the ratio of residual to echo that the foreground filter has
 * reached. A residual well above it is a near talker or a changed path. The
 * two differ in how the residual goes with the echo that the filter makes: a
 * talker's does not, a wrong filter's does, for the echo it makes is part of
 * it. With rho = E[echo * rx] / E[echo^2] the square of their correlation is
 * (rho - 1)^2 E[echo^2] / E[residual^2]. A path that changed without that
 * trace (an echo was added) looks like a talker who never stops. So a talker is
 * doubted from time to time: the background filter adapts as if it were echo,
 * and is believed only when it stays better for longer than two voices can go
 * together by chance.
 */
#include <math.h>
#include <string.h>

#include "media/echo_state.h"

#define S (ECHO_STRETCH * ECHO_BLOCK)	/* samples of a stretch */

#define KAPPA_LEAST 0.004f	/* -24 dB: a residual that colour explains */
#define NEAR_RISE 4		/* residual over what is usual: near talker */
#define NEAR_STRETCHES 6
#define HOLD_RISE 12		/* the same of one block */
#define HOLD_BLOCKS 8
#define CHANGE_FIT 0.25f	/* squared correlation of a changed path */
#define CHANGE_STRETCHES 8
#define BETTER 0.8f		/* background to foreground residual: copy */
#define BETTER_NEAR 0.5f
#define BETTER_AT_FIRST 0.5f	/* not converged: may be a talker's doing */
#define BETTER_LONG 0.9f	/* over half a second and more */
#define LONG_STRETCHES 40
#define BELIEF_FADES 0.0005f	/* paths change, a little each stretch */
#define DOUBT_AFTER 40		/* stretches of near talk with far speech */
#define PROBE_LEAST 40		/* stretches until a probe may be believed */
#define PROBE_RATE 0.04f

void echo_judge_clear(struct echo *e)
{
	memset(&e->sum, 0, sizeof e->sum);
	e->block = 0;
	e->same = true;
	e->kappa = e->trust = e->belief = 1;
	e->peak = 0;
	e->rx_slow = e->fore_slow = e->back_slow = 0;
	e->rx_avg = e->fore_avg = e->echo_avg = e->cross_avg = 0;
	e->near = e->hold = e->tone = 0;
	e->near_for = e->probe = e->long_for = 0;
	e->fore_long = e->back_long = 0;
	e->better = e->worse = e->fits = e->bad = 0;
}

static float usual(const struct echo *e)
{
	return e->kappa > KAPPA_LEAST ? e->kappa : KAPPA_LEAST;
}

void echo_judge_block(struct echo *e, float fore, float echo)
{
	e->peak = echo > e->peak ? echo : 0.9f * e->peak;
	if (e->kappa < ECHO_CONVERGED &&
	    fore > HOLD_RISE * usual(e) * e->peak + ECHO_BLOCK * 400)
		e->hold = HOLD_BLOCKS;
	else if (e->hold)
		e->hold--;
}

static void keep(struct echo *e)
{
	memcpy(e->fore, e->back, e->taps * sizeof *e->fore);
	e->back_long = e->fore_long;
	e->long_for = 0;
	e->same = true;
	e->probe = e->near_for = 0;
}

static void restore(struct echo *e)
{
	memcpy(e->back, e->fore, e->taps * sizeof *e->back);
	e->back_slow = e->fore_slow;
	e->back_long = e->fore_long;
	e->long_for = 0;
	e->same = true;
	e->worse = 0;
	e->probe = e->near_for = 0;
}

static void follow(float *avg, float rate, float x)
{
	*avg += rate * (x - *avg) + 1e-9f;
}

/* Who talks, and does the foreground filter still fit its path? */
static void judge_talk(struct echo *e)
{
	const struct echo_sums *s = &e->sum;
	float most = s->echo > e->echo_avg ? s->echo : e->echo_avg, fit;
	bool was_near = e->near;

	if (e->kappa < ECHO_CONVERGED &&
	    s->fore > NEAR_RISE * usual(e) * most + S * 200)
		e->near = NEAR_STRETCHES;
	else if (e->near)
		e->near--;

	fit = e->cross_avg * e->cross_avg / (e->echo_avg * e->fore_avg + 1);
	if (fit > CHANGE_FIT && s->echo > S * 500 && e->echo_avg > S * 500 &&
	    e->fore_avg > 0.1f * e->echo_avg)
		e->fits++;
	else
		e->fits = 0;
	if (e->fits > CHANGE_STRETCHES && e->kappa < ECHO_CONVERGED) {
		e->near = 0;
		e->kappa = e->trust = e->belief = 1;
	}

	if (s->echo > S * 100) {
		float now = s->fore / (s->echo + S * 25);

		if (now < e->kappa)
			e->kappa += 0.03f * (now - e->kappa);
		else if (!e->near)
			e->kappa = fminf(fminf(now, 1), 1.005f * e->kappa);
	}
	/* What it learnt while the talker began is wrong. */
	if (e->near && !was_near && !e->same)
		restore(e);
	if (e->near && e->back_slow > 1.05f * e->fore_slow)
		restore(e);
}

/* A talker who stays while the far end speaks is put to the test. */
static void judge_probe(struct echo *e)
{
	if (!e->near) {
		e->near_for = e->probe = 0;
		return;
	}
	if (e->sum.echo > S * 100 && ++e->near_for == DOUBT_AFTER) {
		e->back_slow = e->fore_slow;
		e->probe = 1;
	}
	if (e->probe && ++e->probe > PROBE_LEAST &&
	    e->back_slow < 0.6f * e->fore_slow) {
		keep(e);
		e->near = 0;
		e->kappa = e->trust = e->belief = 1;
	}
}

/* A filter that fits only the sound of the moment is not kept: so the more a
 * near talker may be at work, the more, or the longer, it must be better. */
static bool clearly_better(struct echo *e, float fore, float back)
{
	float least = e->near ? BETTER_NEAR :
		e->kappa > ECHO_CONVERGED ? BETTER_AT_FIRST : BETTER;

	follow(&e->fore_long, 0.02f, fore);
	follow(&e->back_long, 0.02f, back);
	if (e->probe)
		return false;
	e->better = back < least * fore ? e->better + 1 : 0;
	return e->better >= (e->near ? 3 : 2) ||
		(++e->long_for > LONG_STRETCHES &&
		 e->back_long < BETTER_LONG * e->fore_long);
}

/* Which filter is better? */
static void judge_filters(struct echo *e)
{
	float fore = e->sum.fore + S, back = e->sum.back + S;

	if (clearly_better(e, fore, back)) {
		keep(e);
		e->trust = fminf(1, 2 * e->trust);
		e->worse = 0;
		return;
	}
	if (back > 1.3f * fore) {
		if (++e->worse >= (e->kappa > ECHO_CONVERGED ? 6 : 2)) {
			restore(e);
			e->trust = fmaxf(0.002f, 0.5f * e->trust);
		}
		return;
	}
	e->worse = 0;
	e->trust = fminf(1, 1.02f * e->trust);
}

/* A foreground filter that adds echo is worse than none. */
static void judge_harm(struct echo *e)
{
	const struct echo_sums *s = &e->sum;

	/* No talker makes the residual larger than what came in. */
	if (e->kappa < 0.1f &&
	    s->fore > 3 * s->rx + S * 4 * ECHO_LOUD)
		e->bad += 2;
	else if (e->fore_avg > 1.5f * e->rx_avg + S * ECHO_LOUD)
		e->bad++;
	else
		e->bad = 0;
	if (e->bad < 4)
		return;
	memset(e->fore, 0, e->taps * sizeof *e->fore);
	e->same = false;
	if (s->back > s->rx)
		restore(e);
	e->kappa = e->trust = e->belief = 1;
	e->near = e->bad = 0;
	e->fore_avg = e->rx_avg;
	e->echo_avg = e->cross_avg = 0;
}

void echo_judge(struct echo *e)
{
	const struct echo_sums *s = &e->sum;

	/* An infinity would stay for ever; none is known to come about. */
	if (!(s->back < 1e30f))
		restore(e);
	follow(&e->rx_avg, 0.06f, s->rx);
	follow(&e->fore_avg, 0.06f, s->fore);
	follow(&e->echo_avg, 0.06f, s->echo);
	follow(&e->cross_avg, 0.06f, s->cross);
	follow(&e->fore_slow, e->probe ? PROBE_RATE : 0.1f, s->fore + S);
	follow(&e->back_slow, e->probe ? PROBE_RATE : 0.1f, s->back + S);
	judge_talk(e);
	judge_probe(e);
	judge_filters(e);
	judge_harm(e);
	if (!e->near && s->echo > S * ECHO_LOUD)
		follow(&e->erle, 0.01f, log10f((s->rx + S) / (s->fore + S)));
	if (e->loud)
		e->belief = fminf(1, e->belief + BELIEF_FADES);
	echo_adapt_gains(e);
	memset(&e->sum, 0, sizeof e->sum);
}
