/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * The non-linear processor: what the filter leaves of the echo goes under
 * comfort noise. It closes only over what is not louder than a residual should
 * be, opens within a block (1 ms) for anything else, and stays open the longer
 * the more it heard: a clipped syllable is worse than a trace of echo.
 *
 * The comfort noise is the near end's own: pieces of 16 ms in which nobody
 * spoke are kept and played in random order, direction and sign, half
 * overlapping under a sine window, which keeps their power. So level, tilt and
 * hum are right without being measured.
 */
#include <math.h>
#include <string.h>

#include "media/echo_state.h"

#define PIECE ECHO_NLP_PIECE
#define HALF (PIECE / 2)

/* Opening. */
#define ECHO_BLOCKWISE 10	/* residual over the usual that is still echo: */
#define ECHO_BRIEF 6		/* in a block, in about 4, in about 16 */
#define ECHO_LONGER 3
#define NOISE_BLOCKWISE 10	/* the same of noise */
#define NOISE_BRIEF 5
#define NOISE_LONGER 2.5f
#define KAPPA_LEAST 0.0005f	/* what mu-law leaves */
#define MOST 0.005f		/* of the echo: more is never taken for it */
#define OPEN_LEAST 20		/* blocks */
#define RUN_MOST 40		/* blocks heard that lengthen it */
#define OPEN_RUN 3		/* by so many each */

/* Learning the noise. */
#define WINDOW 64		/* pieces, a second, whose least is noise */
#define ACCEPT 4		/* times the least of two windows: still noise */
#define GONE 8			/* times that: it has become quieter */
#define LOUDEST 26000.0f	/* -40 dBm0: louder is no noise */
#define RECENT 128		/* pieces for which a quiet far end is recent */
#define KNOWN 4			/* pieces that can be played from */

void echo_nlp_clear(struct echo_nlp *n)
{
	memset(n, 0, sizeof *n);
	for (size_t i = 0; i < HALF; i++)
		n->slope[i] = sinf((float)M_PI * ((float)i + 0.5f) / PIECE);
	n->least[0] = n->least[1] = LOUDEST;
	n->gain = 1;
	n->quiet_age = RECENT;
	n->seed = 1;
}

/* ---------------------------------------------------------- what noise is */

static void forget(struct echo_nlp *n)
{
	n->have = n->next = 0;
	n->noise = 0;
}

static void store(struct echo_nlp *n, float power)
{
	for (size_t i = 0; i < PIECE; i++)
		n->piece[n->next][i] = (int16_t)lrintf(n->record[i]);
	n->next = (n->next + 1) % ECHO_NLP_PIECES;
	if (n->have < ECHO_NLP_PIECES)
		n->have++;
	n->noise += (power - n->noise) / (float)n->have;
}

/* A whole piece: is it noise? */
static void judge_piece(struct echo_nlp *n)
{
	float power = n->record_power / PIECE, least;

	n->least[0] = fminf(n->least[0], power);
	least = fminf(n->least[0], n->least[1]);
	if (++n->window == WINDOW) {
		n->least[1] = n->least[0];
		n->least[0] = LOUDEST;
		n->window = 0;
	}
	if (n->noise > GONE * least + 1)
		forget(n);
	if (!n->record_far)
		n->quiet_age = 0;
	else if (n->quiet_age < RECENT)
		n->quiet_age++;
	/* With a residual in it only if there is nothing better. */
	if (power <= ACCEPT * least + 1 && power < LOUDEST &&
	    (!n->record_far || n->quiet_age == RECENT))
		store(n, power);
}

static void learn(struct echo_nlp *n, const float *out, float power, bool far)
{
	memcpy(n->record + n->recorded, out, ECHO_BLOCK * sizeof *out);
	n->record_power += power;
	n->record_far |= far;
	n->recorded += ECHO_BLOCK;
	if (n->recorded < PIECE)
		return;
	judge_piece(n);
	n->record_power = 0;
	n->record_far = false;
	n->recorded = 0;
}

/* ---------------------------------------------------------- comfort noise */

static void choose(struct echo_nlp *n, struct echo_voice *v, unsigned not)
{
	n->seed = n->seed * 1664525u + 1013904223u;
	v->piece = (n->seed >> 8) % n->have;
	if (v->piece == not)
		v->piece = (v->piece + 1) % n->have;
	v->sign = n->seed >> 30 & 1 ? -1 : 1;
	v->back = n->seed >> 31;
}

static float sample(const struct echo_nlp *n, const struct echo_voice *v,
		    unsigned at)
{
	return v->sign * n->piece[v->piece][v->back ? PIECE - 1 - at : at];
}

static void comfort(struct echo_nlp *n, float *noise)
{
	if (n->played == HALF) {
		n->voice[0] = n->voice[1];
		choose(n, &n->voice[1], n->voice[0].piece);
		n->played = 0;
	}
	for (unsigned i = 0; i < ECHO_BLOCK; i++) {
		unsigned at = n->played + i;

		noise[i] = n->slope[HALF - 1 - at] *
			sample(n, &n->voice[0], HALF + at) +
			n->slope[at] * sample(n, &n->voice[1], at);
	}
	n->played += ECHO_BLOCK;
}

/* ------------------------------------------------------------ the decision */

/* Something that is neither noise nor a usual residual. The shorter the look,
 * the more of them by chance. The filter's own judgement of a talker is of no
 * use here: it does not know the noise. */
static bool heard(const struct echo *e, float power)
{
	const struct echo_nlp *n = &e->nlp;
	float kappa = fmaxf(e->kappa, KAPPA_LEAST), noise = n->noise + 1;

	return power > fminf(ECHO_BLOCKWISE * kappa, MOST) * e->peak +
			ECHO_BLOCK * NOISE_BLOCKWISE * noise ||
		n->brief > fminf(ECHO_BRIEF * kappa, MOST) * n->echo_brief +
			ECHO_BLOCK * NOISE_BRIEF * noise ||
		n->longer > fminf(ECHO_LONGER * kappa, MOST) * n->echo_longer +
			ECHO_BLOCK * NOISE_LONGER * noise;
}

static bool is_open(struct echo *e, float power, bool far)
{
	struct echo_nlp *n = &e->nlp;

	n->brief += 0.25f * (power - n->brief);
	n->longer += 0.06f * (power - n->longer);
	n->echo_brief += 0.25f * (e->peak - n->echo_brief);
	n->echo_longer += 0.06f * (e->peak - n->echo_longer);
	if (n->have < KNOWN || !far) {
		n->open = n->run = 0;
		return true;
	}
	if (heard(e, power)) {
		if (n->run < RUN_MOST)
			n->run++;
		n->open = OPEN_LEAST + OPEN_RUN * n->run;
	} else if (n->open) {
		n->open--;
	} else {
		n->run = 0;
	}
	return n->open;
}

void echo_nlp_run(struct echo *e, float *out)
{
	struct echo_nlp *n = &e->nlp;
	float power = echo_power(out), noise[ECHO_BLOCK], step;
	bool far = e->heard && e->peak > ECHO_BLOCK * ECHO_QUIET, open;

	learn(n, out, power, far);
	open = is_open(e, power, far);
	if ((n->gain >= 1 && open) || !n->have)
		return;
	comfort(n, noise);
	/* Opens within one block, closes within four. */
	step = open ? 1.0f / ECHO_BLOCK : -0.25f / ECHO_BLOCK;
	for (int i = 0; i < ECHO_BLOCK; i++) {
		n->gain = fminf(1, fmaxf(0, n->gain + step));
		out[i] = n->gain * out[i] +
			sqrtf(1 - n->gain * n->gain) * noise[i];
	}
}
