/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * echo_state.h - the canceller's inside, shared by its own files only.
 *
 * Two filters look at the same signals. The background filter adapts; the
 * foreground filter makes the output and is only ever copied from it, when it
 * is clearly better. So a near talker who throws the background filter off
 * harms nobody.
 *
 *   echo.c          the blocks of a call of echo_run()
 *   echo_adapt.c    one step of the background filter
 *   echo_judge.c    who talks, did the path change, which filter is better
 *   echo_nlp.c      what is left goes under comfort noise
 *   echo_tone.c     modems and faxes switch it off
 *   echo_kernel.h   the loops over all taps
 *
 * Powers are sums over a block of 8 or a stretch of 64 samples, as named.
 */
#ifndef MEDIA_ECHO_STATE_H
#define MEDIA_ECHO_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "media/echo.h"
#include "media/echo_kernel.h"

#define ECHO_STRETCH 8		/* blocks between two judgements */
#define ECHO_TAPS_MAX (8 * ECHO_MS_MAX)
#define ECHO_GROUPS_MAX (ECHO_TAPS_MAX / ECHO_GROUP)

/* Power of one sample; 0 dBm0 is 16140 squared. */
#define ECHO_LOUD 2600.0f	/* -50 dBm0: worth learning from */
#define ECHO_QUIET 64.0f	/* -66 dBm0: its echo drowns in mu-law */

/* kappa below this: the filter fits well enough to tell a talker from echo. */
#define ECHO_CONVERGED 0.3f

#define ECHO_NLP_PIECE 128	/* samples */
#define ECHO_NLP_PIECES 32	/* half a second of noise */

/* A piece that is being played. */
struct echo_voice {
	unsigned piece;
	float sign;
	bool back;
};

struct echo_nlp {
	/* the decision */
	float gain;		/* of the signal, the rest is noise */
	float brief, longer;	/* power of a block, over about 4 and 16 */
	float echo_brief, echo_longer;	/* the same of the echo's peak */
	unsigned open;		/* blocks for which it stays open */
	unsigned run;		/* blocks that were heard while open */
	/* the noise */
	float noise;		/* its power, a sample; 0: not known */
	float least[2];		/* of the pieces in this window and the last */
	unsigned window;
	unsigned quiet_age;	/* pieces since the far end was quiet */
	unsigned have, next;	/* pieces */
	int16_t piece[ECHO_NLP_PIECES][ECHO_NLP_PIECE];
	/* the piece being recorded */
	float record[ECHO_NLP_PIECE], record_power;
	unsigned recorded;
	bool record_far;	/* there was echo in it */
	/* the noise being played */
	struct echo_voice voice[2];	/* fading out, fading in */
	float slope[ECHO_NLP_PIECE / 2];
	unsigned played;
	uint32_t seed;
};

/* One side of the tone disabler. All counts are in windows. */
#define ECHO_TONE_WINDOW 80
struct echo_ear {
	int16_t window[ECHO_TONE_WINDOW];
	float re, im;		/* phase of the last window with the tone */
	float turn_re, turn_im;	/* by which it moves from window to window */
	unsigned good;		/* with the tone, in a row but for the gap */
	unsigned gap;		/* without it since */
	unsigned odd;		/* out of phase in a row */
	unsigned since;		/* since the last reversal */
	unsigned turns;		/* reversals, the right time apart */
	unsigned quiet;		/* below the holding level, in a row */
};

struct echo_disabler {
	struct echo_ear far, near;
	unsigned at;		/* samples in the present windows */
	enum echo_bypass bypass;
};

/* What the blocks of one stretch add up to. */
struct echo_sums {
	float rx, fore, back;	/* received; residuals of both filters */
	float echo, cross;	/* foreground's echo, and it by its residual */
};

struct echo {
	const struct echo_kernel *kernel;
	size_t taps, groups;
	unsigned flags;
	void *spandsp;		/* which does the work instead; NULL: not */

	/* what was sent: x[at] is the present block's first sample */
	float *x;
	size_t size, at;
	unsigned loud, heard;	/* blocks until the whole filter lies in signal
				   below ECHO_LOUD, ECHO_QUIET; 0: it does */

	float *fore, *back;
	bool same;		/* back is a copy of fore */

	/* adaptation */
	float *gain;		/* of each group of taps, twice in a row */
	float *lags;		/* see echo_adapt.c */
	size_t slot, row;
	float suffix[2][ECHO_BLOCK][8], full[8];
	unsigned flip;
	float error, weighed, rx;	/* smoothed powers: residual of back, input
				   as the gains weigh it, received */
	float belief;		/* square of what the back filter misses, 1: as
				   before anything was learnt */
	float trust;		/* most of the residual that may be echo, 0 to 1 */

	/* judgement */
	struct echo_sums sum;
	unsigned block;		/* of the stretch */
	float kappa;		/* residual to echo that fore has reached */
	float peak;		/* recent most of the echo's power a block */
	float rx_slow, fore_slow, back_slow;
	float rx_avg, fore_avg, echo_avg, cross_avg;
	unsigned near;		/* stretches for which a near talker is assumed */
	unsigned near_for;	/* stretches of far speech under that assumption */
	unsigned probe;		/* stretches for which it has been doubted */
	unsigned hold;		/* blocks, the same at once */
	unsigned tone;		/* blocks for which a pure tone is assumed */
	float fore_long, back_long;
	unsigned long_for;	/* stretches since they were made equal */
	unsigned better, worse, fits, bad;
	float erle;		/* powers of ten, see echo_erle() */

	struct echo_nlp nlp;
	struct echo_disabler disabler;
};

/* One step of the background filter towards residual, over the window x. */
void echo_adapt(struct echo *, const float *x, const float *residual);
/* Every block, before echo_adapt: keeps the correlations of the input. */
void echo_adapt_input(struct echo *);
/* Starts the correlations again from silence. */
void echo_adapt_clear(struct echo *);
/* Anew from the background filter's shape. */
void echo_adapt_gains(struct echo *);

/* Every block: somebody near talks, as far as one can tell at once. */
void echo_judge_block(struct echo *, float fore, float echo);
/* Every stretch. */
void echo_judge(struct echo *);
void echo_judge_clear(struct echo *);

void echo_nlp_clear(struct echo_nlp *);
/* out: residual of the foreground filter, a block. */
void echo_nlp_run(struct echo *, float *out);

void echo_tone_clear(struct echo_disabler *);
/* A block of what went out and what came in, before anything is done to it. */
void echo_tone_run(struct echo_disabler *, const int16_t *tx, const int16_t *rx);

static inline float echo_power(const float *x)
{
	float s = 0;

	for (int i = 0; i < ECHO_BLOCK; i++)
		s += x[i] * x[i];
	return s;
}

#endif
