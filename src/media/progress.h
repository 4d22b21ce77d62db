/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * progress.h - call-progress facts: stretches of tone with their frequencies
 * and times, speech, silence. It judges nothing: which cadence is busy is
 * core's to say.
 *
 * The envelope, in blocks of 5 ms, tells when something begins and ends; a
 * spectrum over 64 ms tells what it is.
 */
#ifndef MEDIA_PROGRESS_H
#define MEDIA_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tipring/media.h"

struct progress;

/* plan: TONE_COUNT tones; what has their frequencies within 4 % is a tone from
 * 80 ms on; NULL, and anything else: from 250 ms on, and only where no voice
 * sounds like it. Frequencies are reported as measured. threshold: 0.1 dBm0, 0: -42 dBm0. NULL: no
 * memory. */
struct progress *progress_new(const struct tone *plan, int threshold);
void progress_free(struct progress *);
void progress_conf(struct progress *, const struct tone *plan, int threshold);
void progress_reset(struct progress *);

/* n samples, at most 80, a multiple of 8; the sample after them is number
 * `end`. Facts in order through emit(); each has its .sample. */
void progress_run(struct progress *, const int16_t *, size_t n, uint64_t end,
		  void (*emit)(void *arg, const struct media_event *), void *arg);

#endif
