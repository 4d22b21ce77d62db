/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "media/echo.h"
#include "media/echo_spandsp.h"
#include "media/echo_state.h"

#define ROOM 640		/* samples between two moves of the input */
#define BACK 16			/* input kept beyond the filter's length */
#define ALIGN 64

static size_t round_up(size_t bytes)
{
	return (bytes + ALIGN - 1) / ALIGN * ALIGN;
}

static struct echo *new_spandsp(size_t taps, unsigned flags)
{
	struct echo *e = calloc(1, sizeof *e);

	if (!e)
		return NULL;
	e->taps = taps;
	e->flags = flags;
	e->spandsp = echo_spandsp_new(taps, flags & ECHO_NLP);
	if (e->spandsp)
		return e;
	free(e);
	return NULL;
}

/* All arrays follow the structure in one piece of memory. */
struct echo *echo_new(unsigned ms, unsigned flags)
{
	size_t taps = 8 * (ms < ECHO_MS_MIN ? ECHO_MS_MIN :
			   ms > ECHO_MS_MAX ? ECHO_MS_MAX : ms);
	size_t groups, input, filter, gains, lags;
	struct echo *e;
	char *at;

	taps = (taps + ECHO_GROUP - 1) / ECHO_GROUP * ECHO_GROUP;
	if (flags & ECHO_SPANDSP)
		return new_spandsp(taps, flags);
	groups = taps / ECHO_GROUP;
	input = round_up((taps + BACK + ROOM) * sizeof(float));
	filter = round_up(taps * sizeof(float));
	gains = round_up(2 * groups * sizeof(float));
	lags = round_up(ECHO_GROUP * groups * 8 * sizeof(float));
	e = aligned_alloc(ALIGN, round_up(sizeof *e) + input + 2 * filter +
			  gains + lags);
	if (!e)
		return NULL;
	memset(e, 0, sizeof *e);
	e->kernel = echo_kernel_best();
	e->taps = taps;
	e->groups = groups;
	e->flags = flags;
	e->size = taps + BACK + ROOM;
	at = (char *)e + round_up(sizeof *e);
	e->x = (float *)at;
	e->fore = (float *)(at += input);
	e->back = (float *)(at += filter);
	e->gain = (float *)(at += filter);
	e->lags = (float *)(at += gains);
	echo_reset(e);
	return e;
}

void echo_free(struct echo *e)
{
	if (e)
		echo_spandsp_free(e->spandsp);
	free(e);
}

void echo_reset(struct echo *e)
{
	if (e->spandsp) {
		echo_spandsp_reset(e->spandsp);
		return;
	}
	memset(e->x, 0, e->size * sizeof *e->x);
	memset(e->fore, 0, e->taps * sizeof *e->fore);
	memset(e->back, 0, e->taps * sizeof *e->back);
	e->at = e->taps + BACK;
	e->loud = e->heard = 0;
	e->erle = 0;
	echo_adapt_clear(e);
	echo_judge_clear(e);
	echo_adapt_gains(e);
	echo_nlp_clear(&e->nlp);
	echo_tone_clear(&e->disabler);
}

enum echo_bypass echo_bypass(const struct echo *e)
{
	return e->disabler.bypass;
}

int echo_erle(const struct echo *e)
{
	float db = 100 * e->erle;

	return db < 0 ? 0 : db > 600 ? 600 : (int)db;
}

static void take_input(struct echo *e, const int16_t *tx)
{
	float power;

	if (e->at + ECHO_BLOCK > e->size) {
		size_t keep = e->taps + BACK;

		memmove(e->x, e->x + e->at - keep, keep * sizeof *e->x);
		e->at = keep;
	}
	for (int i = 0; i < ECHO_BLOCK; i++)
		e->x[e->at + i] = tx[i];
	power = echo_power(e->x + e->at);
	if (power > ECHO_BLOCK * ECHO_LOUD)
		e->loud = e->taps / ECHO_BLOCK + 1;
	else if (e->loud)
		e->loud--;
	if (power > ECHO_BLOCK * ECHO_QUIET) {
		if (!e->heard)
			echo_adapt_clear(e);
		e->heard = (e->taps + BACK) / ECHO_BLOCK + 1;
	} else if (e->heard) {
		e->heard--;
	}
}

static int16_t clip(float x)
{
	return (int16_t)lrintf(x > 32767 ? 32767 : x < -32768 ? -32768 : x);
}

static void block(struct echo *e, const int16_t *tx, int16_t *rx)
{
	float echo[ECHO_BLOCK] = { 0 }, guess[ECHO_BLOCK];
	float out[ECHO_BLOCK], residual[ECHO_BLOCK], power = 0, cross = 0;
	const float *x;
	bool nlp;

	echo_tone_run(&e->disabler, tx, rx);
	nlp = e->flags & ECHO_NLP && e->disabler.bypass == ECHO_BYPASS_NONE;
	take_input(e, tx);
	if (e->disabler.bypass == ECHO_BYPASS_ALL) {
		/* the input's history is kept for later */
		if (e->heard)
			echo_adapt_input(e);
		goto next;
	}
	x = e->x + e->at - e->taps + 1;
	if (e->heard) {
		echo_adapt_input(e);
		if (e->same) {
			e->kernel->filter(x, e->fore, e->taps, echo);
			memcpy(guess, echo, sizeof guess);
		} else {
			e->kernel->filter_two(x, e->fore, e->back, e->taps,
					      echo, guess);
		}
	} else if (!nlp) {
		goto next;
	}
	for (int i = 0; i < ECHO_BLOCK; i++) {
		out[i] = rx[i] - echo[i];
		power += (float)rx[i] * rx[i];
		cross += echo[i] * out[i];
	}
	if (e->heard) {
		float fore = echo_power(out), gone = echo_power(echo);

		for (int i = 0; i < ECHO_BLOCK; i++)
			residual[i] = rx[i] - guess[i];
		e->sum.rx += power;
		e->sum.fore += fore;
		e->sum.back += echo_power(residual);
		e->sum.echo += gone;
		e->sum.cross += cross;
		e->rx += 0.1f * (power / ECHO_BLOCK - e->rx);
		echo_judge_block(e, fore, gone);
		if (e->loud)
			echo_adapt(e, x, residual);
		if (++e->block == ECHO_STRETCH) {
			echo_judge(e);
			e->block = 0;
		}
	}
	if (nlp)
		echo_nlp_run(e, out);
	for (int i = 0; i < ECHO_BLOCK; i++)
		rx[i] = clip(out[i]);
next:
	e->at += ECHO_BLOCK;
}

void echo_run(struct echo *e, const int16_t *tx_ref, int16_t *rx, size_t n)
{
	if (e->spandsp) {
		echo_spandsp_run(e->spandsp, tx_ref, rx, n);
		return;
	}
	for (size_t i = 0; i + ECHO_BLOCK <= n; i += ECHO_BLOCK)
		block(e, tx_ref + i, rx + i);
}
