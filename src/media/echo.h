/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * echo.h - the line echo canceller (ITU-T G.168): takes the reflection of what
 * we send out of what the line gives back.
 *
 * One instance a line. An instance belongs to one thread at a time; instances
 * share nothing. Nothing is allocated after echo_new().
 */
#ifndef MEDIA_ECHO_H
#define MEDIA_ECHO_H

#include <stddef.h>
#include <stdint.h>

#define ECHO_MS_MIN 8
#define ECHO_MS_MAX 128

enum echo_flags {
	ECHO_NLP = 1 << 0,	/* what is left goes under comfort noise */
	ECHO_SPANDSP = 1 << 1,	/* spandsp's canceller; it knows no bypass and
				   tells no enhancement */
};

struct echo;

/* ms: longest echo path, delay included, 8 to 128 (values outside are taken to
 * the nearest bound). NULL: no memory. About 50 KiB for 64 ms. */
struct echo *echo_new(unsigned ms, unsigned flags);
void echo_free(struct echo *);

/* Cleans rx in place. tx_ref[i] is the sample that went out to the line at the
 * time rx[i] came in. Linear samples of 8 kHz; n is a multiple of 8, usually 80
 * (what is left over passes uncleaned). Adds no delay. */
void echo_run(struct echo *, const int16_t *tx_ref, int16_t *rx, size_t n);

/* Forgets the line: for another call through other equipment. */
void echo_reset(struct echo *);

/* Echo return loss enhancement over the last second or so in which there was
 * echo to take out, without the non-linear processor; 0.1 dB, 0 to 600. */
int echo_erle(const struct echo *);

/* What a modem's or a fax's tone has switched off, see echo_tone.c. */
enum echo_bypass {
	ECHO_BYPASS_NONE,
	ECHO_BYPASS_NLP,	/* 2100 Hz: the non-linear processor */
	ECHO_BYPASS_ALL,	/* 2100 Hz with phase reversals: everything */
};

enum echo_bypass echo_bypass(const struct echo *);

#endif
