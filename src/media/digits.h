/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * digits.h - DTMF in the audio: heard, and kept from going on where it is
 * relayed as an event.
 *
 * The receiver is sure after 35 ms. What is relayed leaves a frame late, and is
 * muted from the first whole frame that is nothing but one tone of each of DTMF's
 * groups, which a voice hardly ever is; when the receiver then hears no digit, it
 * was 10 ms of silence.
 */
#ifndef MEDIA_DIGITS_H
#define MEDIA_DIGITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media/dtmf.h"

#define DIGITS_DELAY 80		/* samples */
#define DIGITS_CHANGES 4

struct digit_change {
	char digit;
	bool began;		/* else it ended */
	uint32_t samples;	/* its length, when it ended */
};

struct digits {
	struct dtmf rx;
	char current;
	struct digit_change change[DIGITS_CHANGES];
	unsigned changes;	/* of the last run */
	int16_t held[DIGITS_DELAY];
	bool muted;
};

void digits_init(struct digits *);
/* Hears digits of -42 dBm0: DTMF caller ID. */
void digits_faint(struct digits *, bool on);
void digits_reset(struct digits *);

/* n at most 320. What came of it is in change[]. */
void digits_run(struct digits *, const int16_t *, size_t n);

/* Samples of the current one so far. */
uint32_t digits_since(const struct digits *);

/* Replaces n samples (at most 80) with those of a frame before, silent where
 * they belong to a digit; after digits_run() of the same samples. */
void digits_mute(struct digits *, int16_t *, size_t n);

#endif
