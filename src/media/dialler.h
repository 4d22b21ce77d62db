/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * dialler.h - digits on their way out: a queue of DTMF tones and pauses, heard
 * as audio (ITU-T Q.23) or followed as events for RFC 4733.
 */
#ifndef MEDIA_DIALLER_H
#define MEDIA_DIALLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media/osc.h"

#define DIALLER_DIGITS 128
#define DIALLER_LONGEST (5 * 8000)	/* samples of a digit that nobody ends */

struct dialler_item {
	char digit;	/* 0: pause */
	uint32_t on, off;	/* samples; on of an open digit: so far known */
};

struct dialler {
	struct dialler_item item[DIALLER_DIGITS];
	unsigned first, count;
	bool open;		/* the last item sounds until dialler_close */
	uint32_t done;		/* samples of the first item */
	struct osc low, high;
	char sounding;		/* after a run: the digit heard last in it */
};

/* 0-9*#A-D (letters in either case), 'F' where the way out has it. */
bool dialler_digit(char c);

void dialler_stop(struct dialler *);
/* -ENOBUFS: too many. Times in ms. */
int dialler_add(struct dialler *, char digit, unsigned on_ms, unsigned off_ms);
int dialler_add_string(struct dialler *, const char *digits, unsigned on_ms,
		       unsigned off_ms);

/* A digit whose length is not known yet: sounds until close tells it. */
int dialler_open(struct dialler *, char digit, unsigned off_ms);
void dialler_close(struct dialler *, unsigned ms);

static inline bool dialler_busy(const struct dialler *d)
{
	return d->count;
}

/* Goes n samples on; to: filled with the tones, or NULL for events only (then
 * ->sounding tells which digit is on). False when nothing is left. */
bool dialler_run(struct dialler *, int16_t *to, size_t n);

#endif
