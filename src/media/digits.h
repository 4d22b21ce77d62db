/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * digits.h - DTMF in the audio: heard, and kept from going on where it is
 * relayed as an event.
 *
 * The receiver (spandsp's) is sure after two of its blocks, 25 ms. What is
 * relayed therefore leaves a frame late, and is muted from the first whole frame
 * that is nothing but one tone of each of DTMF's groups, which a voice hardly
 * ever is; when the receiver then hears no digit, it was 10 ms of silence.
 *
 * The receiver is shown only blocks that may be a digit's by its own rules, with
 * some margin, and those around them: a conversation has few.
 */
#ifndef MEDIA_DIGITS_H
#define MEDIA_DIGITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <spandsp.h>

#include "media/correlate.h"

#define DIGITS_DELAY 80		/* samples */
#define DIGITS_BLOCK 102	/* samples of the receiver's blocks */
#define DIGITS_CHANGES 4

struct digit_change {
	char digit;
	bool began;		/* else it ended */
	uint32_t samples;	/* its length, when it ended */
};

struct digits {
	int twist, reverse_twist;	/* dB */
	dtmf_rx_state_t *rx;
	char current;
	uint32_t since;		/* samples of the current one so far */
	int16_t block[CORRELATE_MOST];	/* being filled, zeros behind it */
	int16_t before[DIGITS_BLOCK];	/* the one before it */
	bool unseen;		/* which was not shown */
	size_t filled;
	unsigned dull;		/* blocks in a row that are no digit's */
	bool faint;		/* every block is shown */
	struct digit_change change[DIGITS_CHANGES];
	unsigned changes;	/* of the last run */
	int16_t held[DIGITS_DELAY];
	bool muted;
};

/* Twists in 0.1 dB, 0: the receiver's own 8 and 4 dB. -ENOMEM. */
int digits_init(struct digits *, int twist, int reverse_twist);
void digits_fini(struct digits *);
void digits_parameters(struct digits *, int twist, int reverse_twist);
/* Hears digits of -35 dBm0 and 8 dB of twist either way: DTMF caller ID. */
void digits_faint(struct digits *, bool on);
void digits_reset(struct digits *);

/* n at most 320. What came of it is in change[]. */
void digits_run(struct digits *, const int16_t *, size_t n);

/* Replaces n samples (at most 80) with those of a frame before, silent where
 * they belong to a digit; after digits_run() of the same samples. */
void digits_mute(struct digits *, int16_t *, size_t n);

#endif
