/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * One step of the background filter for each block of 8 samples: a
 * proportionate affine projection. With X the last 8 input vectors and e their
 * 8 residuals, the step is
 *
 *	h += G X inv(X' G X + d I) e
 *
 * It takes speech's colour out, which is what makes NLMS slow on it, and it is
 * stable for any step that d allows. G gives the taps that matter a larger
 * share, as in IPNLMS, but one gain to each group of 16 taps: then X' G X needs
 * no pass over the taps, only
 *
 *	R[b][a] = sum over groups of gain * c(lag b - a, at sample b)
 *	c(l, m) = sum over i < 16 of x[m - i] x[m - i - l]
 *
 * and each c serves every group once, as time shifts it along the filter. They
 * are kept in `lags`, [row m % 16][slot m / 16 % groups][8], where lag l stands
 * at 7 - l because that is the order of the samples in memory.
 */
#include <math.h>
#include <string.h>

#include "media/echo_state.h"

#define N ECHO_BLOCK

/* Mu-law's noise against its signal, and its smallest step. */
#define NOISE_SHARE 2e-4f
#define NOISE_FLOOR 10.0f
/* d at least this share of the input's power: single precision, and the
 * directions in which the input has next to nothing. */
#define RIDGE 1e-3f
/* Share of the residual that may be echo while somebody near talks. */
#define TRUST_NEAR 0.004f
#define TRUST_PROBE 0.05f
#define TRUST_LEAST 0.001f
/* An echo path before anything is known: 6 dB of loss. */
#define PRIOR_ECHO 0.25f
#define BELIEF_LEAST 0.003f
/* The 8th sample is foretold from 7 to so much of its power: a tone or two. */
#define TONE_SHARE 1e-3f
#define TONE_BLOCKS 20

void echo_adapt_clear(struct echo *e)
{
	memset(e->lags, 0, ECHO_GROUP * e->groups * 8 * sizeof *e->lags);
	memset(e->suffix, 0, sizeof e->suffix);
	memset(e->full, 0, sizeof e->full);
	e->slot = e->row = 0;
	e->error = e->weighed = e->rx = 0;
}

void echo_adapt_gains(struct echo *e)
{
	float weight[ECHO_GROUPS_MAX], sum = 0.01f;

	e->kernel->weights(e->back, e->taps, weight);
	for (size_t i = 0; i < e->groups; i++)
		sum += weight[i];
	for (size_t i = 0; i < e->groups; i++)
		e->gain[i] = e->gain[i + e->groups] =
			0.5f + 0.5f * weight[i] * (float)e->groups / sum;
}

void echo_adapt_input(struct echo *e)
{
	size_t stride = 8 * e->groups;

	e->row ^= N;
	if (!e->row && ++e->slot == e->groups)
		e->slot = 0;
	e->kernel->correlate(e->x + e->at, e->suffix[e->flip], e->full,
			     e->lags + e->row * stride + 8 * e->slot, stride);
	e->flip ^= 1;
}

/* z = inv(R + d I) e, by the square-root-free Cholesky decomposition. r[b][7-l]
 * holds R[b][b - l]. Returns what of the last diagonal element the others do
 * not foretell. */
static float solve(const float r[N][8], float d, const float *e, float *z)
{
	float l[N][N], inverse[N], t[N], pivot = 0;

	for (int i = 0; i < N; i++) {
		const float *row = r[i] + 7 - i;

		pivot = row[i] + d;
		t[i] = e[i];
		for (int j = 0; j < i; j++) {
			float s = row[j];

			for (int k = 0; k < j; k++)
				s -= l[i][k] * l[j][k];
			l[i][j] = s;	/* times the pivot of j, for now */
		}
		for (int j = 0; j < i; j++) {
			float s = l[i][j] * inverse[j];

			pivot -= s * l[i][j];
			t[i] -= s * t[j];
			l[i][j] = s;
		}
		if (pivot < d)
			pivot = d;
		inverse[i] = 1 / pivot;
	}
	for (int i = N - 1; i >= 0; i--) {
		z[i] = t[i] * inverse[i];
		for (int k = i + 1; k < N; k++)
			z[i] -= l[k][i] * z[k];
	}
	return pivot - d;
}

/* The ridge d is noise over misalignment, as in a Kalman filter: what of the
 * residual is not echo, against what is. */
static float ridge(const struct echo *e)
{
	float noise = NOISE_SHARE * e->rx + NOISE_FLOOR, echo;
	float trust = e->trust;

	if (e->near || e->hold)
		trust = fminf(trust, e->probe ? TRUST_PROBE : TRUST_NEAR);
	echo = e->error - noise;
	if (echo < 0.05f * e->error)
		echo = 0.05f * e->error;
	/* A converged filter leaves what it uses to leave: the rest is a near
	 * sound too soft to be taken for a talker. */
	if (e->kappa < ECHO_CONVERGED) {
		float most = 2 * fmaxf(e->kappa, 0.002f) * e->peak / N;

		if (most < trust * e->error)
			trust = fmaxf(most / e->error, TRUST_NEAR);
	}
	/* And by what has been learnt, whatever the residual says: this is what
	 * lets it converge while somebody near talks from the beginning. */
	if (!e->probe) {
		float most = e->belief * PRIOR_ECHO * e->weighed /
			(float)e->taps;

		if (most < trust * e->error)
			trust = fmaxf(most / e->error, TRUST_LEAST);
	}
	if (echo > trust * e->error) {
		echo = trust * e->error;
		noise = e->error - echo;
	}
	return noise * e->weighed / (echo + 0.01f) + RIDGE * e->weighed + 1;
}

void echo_adapt(struct echo *e, const float *x, const float *residual)
{
	float r[N][8], z[N], power = 0, alone, d;

	e->kernel->weigh(e->lags + e->row * e->groups * 8,
			 e->gain + e->groups - 1 - e->slot, e->groups, &r[0][0]);
	for (int i = 0; i < N; i++)
		power += r[i][7];
	e->error += 0.1f * (echo_power(residual) / N - e->error);
	e->weighed += 0.1f * (power / N - e->weighed);
	if (power < N * 64 * ECHO_LOUD)
		return;
	d = ridge(e);
	alone = solve((const float (*)[8])r, d, residual, z);
	if (alone < TONE_SHARE * power / N)
		e->tone = TONE_BLOCKS;
	else if (e->tone)
		e->tone--;
	/* A tone tells about one frequency and would spoil the others. */
	if (e->tone && e->kappa < 0.1f)
		return;
	e->kernel->update(x, z, e->gain, e->back, e->taps);
	e->same = false;
	/* 8 of so many directions are as good as known, as far as d let them. */
	power /= N;
	e->belief *= 1 - (float)N / (float)e->taps * power / (power + d);
	if (e->belief < BELIEF_LEAST)
		e->belief = BELIEF_LEAST;
}
