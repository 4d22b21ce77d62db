/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * source.h - what a line of the PBX sounds: nothing, a tone with its cadence,
 * or samples. 8 kHz, 16 bits, levels in dBm0.
 */
#ifndef PBX_SOURCE_H
#define PBX_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tipring/tone.h"

enum source_kind { SOURCE_NONE, SOURCE_TONE, SOURCE_SAMPLES };

struct source {
	enum source_kind kind;
	struct tone tone;
	unsigned segment;
	uint32_t left;		/* samples of this segment, 0: for ever */
	bool ended;		/* the tone's last segment is over */
	uint32_t phase[TONE_FREQUENCIES];
	int16_t *samples;	/* ours */
	size_t count, at;
};

void source_stop(struct source *);	/* frees samples */
void source_tone(struct source *, const struct tone *);
void source_sine(struct source *, double hz, double dbm0);
/* Takes samples (malloc) over. */
void source_samples(struct source *, int16_t *samples, size_t count);
/* Fills n samples; true when what ends by itself has just ended. */
bool source_fill(struct source *, int16_t *to, size_t n);

#endif
