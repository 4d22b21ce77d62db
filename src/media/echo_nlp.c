/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * What the filter leaves of the echo goes under comfort noise of the near end's
 * own level and tilt. It opens at once for anything louder than a residual
 * should be, and stays open for a while: a clipped syllable is worse than a
 * trace of echo.
 */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "media/echo_state.h"

#define OPEN_BLOCKS 40		/* 40 ms */
#define MARGIN 4		/* residual over the usual that is still echo */
#define MOST 0.01f		/* and never more than -20 dB of the echo */
#define WINDOW 500		/* blocks over which the least power is noise */
#define NOISE_MOST 1600.0f	/* -52 dBm0: louder is hardly noise */

void echo_nlp_clear(struct echo_nlp *n)
{
	memset(n, 0, sizeof *n);
	n->least = NOISE_MOST;
	n->noise = 16;
	n->gain = 1;
	n->open = OPEN_BLOCKS;
	n->seed = 1;
}

/* The background noise is the least power that half a second has. */
static void learn(struct echo_nlp *n, const float *out)
{
	float power = echo_power(out) / ECHO_BLOCK, lag = 0;

	if (power < n->least)
		n->least = power;
	if (power < 4 * n->noise + 1) {
		for (int i = 1; i < ECHO_BLOCK; i++)
			lag += out[i] * out[i - 1];
		lag /= power * (ECHO_BLOCK - 1) + 1;
		lag = lag > 0.9f ? 0.9f : lag < -0.9f ? -0.9f : lag;
		n->lag += 0.02f * (lag - n->lag);
	}
	if (++n->window < WINDOW)
		return;
	/* The least of many short powers lies some dB below their mean. */
	n->noise += 0.3f * (fminf(3 * n->least, NOISE_MOST) - n->noise);
	n->least = NOISE_MOST;
	n->window = 0;
}

static float comfort(struct echo_nlp *n)
{
	float white;

	n->seed = n->seed * 1664525u + 1013904223u;
	white = (float)(int32_t)n->seed / 2147483648.0f;	/* power 1/3 */
	n->last = n->lag * n->last +
		white * sqrtf(3 * n->noise * (1 - n->lag * n->lag));
	return n->last;
}

void echo_nlp_run(struct echo *e, float *out)
{
	struct echo_nlp *n = &e->nlp;
	float power = echo_power(out), share = MARGIN * e->kappa, to, step;
	bool far = e->heard && e->peak > ECHO_BLOCK * ECHO_QUIET;

	if (share > MOST)
		share = MOST;
	if (!far)
		learn(n, out);
	if (!far || e->near || e->hold ||
	    power > share * e->peak + 2 * ECHO_BLOCK * n->noise)
		n->open = OPEN_BLOCKS;
	else if (n->open)
		n->open--;
	to = n->open ? 1 : 0;
	if (n->gain >= 1 && to >= 1)
		return;
	/* Opens within one block, closes within four. */
	step = to > n->gain ? 1.0f / ECHO_BLOCK : -0.25f / ECHO_BLOCK;
	for (int i = 0; i < ECHO_BLOCK; i++) {
		n->gain = fminf(1, fmaxf(0, n->gain + step));
		out[i] = n->gain * out[i] +
			sqrtf(1 - n->gain * n->gain) * comfort(n);
	}
}
