/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * conceal.h - what is heard where packets are missing: the last pitch period
 * again and again, fading out within 60 ms (after the idea of G.711 appendix I).
 * spandsp's plc is not used: it copies overlapping memory with memcpy().
 */
#ifndef MEDIA_CONCEAL_H
#define MEDIA_CONCEAL_H

#include <stddef.h>
#include <stdint.h>

#define CONCEAL_PAST 320

struct conceal {
	int16_t past[CONCEAL_PAST];	/* what was given out last */
	unsigned missing;		/* samples in a row made up so far */
	unsigned pitch, at;		/* period, and the place in it */
	int16_t period[160];
};

/* n real samples (at most 320): remembered, and blended in place with what was
 * made up before them. */
void conceal_good(struct conceal *, int16_t *, size_t n);
/* Makes up n samples. */
void conceal_fill(struct conceal *, int16_t *, size_t n);

#endif
