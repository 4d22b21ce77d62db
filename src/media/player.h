/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * player.h - plays a struct tone, exact to the sample.
 */
#ifndef MEDIA_PLAYER_H
#define MEDIA_PLAYER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media/osc.h"
#include "tipring/tone.h"

struct player {
	struct tone tone;
	struct osc osc[TONE_FREQUENCIES];
	unsigned segment;
	uint32_t left;		/* samples of the segment; 0: for ever */
	bool playing;
};

/* A tone with no segments stops. */
void player_start(struct player *, const struct tone *);
void player_stop(struct player *);

/* Fills n samples, silence after the end. False when the tone ended within
 * them (or does not play at all). */
bool player_run(struct player *, int16_t *to, size_t n);

#endif
