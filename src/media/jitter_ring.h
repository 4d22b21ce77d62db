/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * jitter_ring.h - where the jitter buffer keeps its samples: JITTER_RING of them,
 * each at its RTP timestamp. A place without a sample holds JITTER_EMPTY.
 */
#ifndef MEDIA_JITTER_RING_H
#define MEDIA_JITTER_RING_H

#include "media/jitter.h"

#define JITTER_EMPTY INT16_MIN	/* no G.711 code decodes to it */

/* n samples from timestamp `at` on, at most JITTER_RING. */
void jitter_empty(int16_t *ring, uint32_t at, size_t n);
void jitter_read(const int16_t *ring, int16_t *to, uint32_t at, size_t n);
void jitter_write(int16_t *ring, uint32_t at, const int16_t *, size_t n);

static inline bool jitter_holds(const int16_t *ring, uint32_t at)
{
	return ring[at & (JITTER_RING - 1)] != JITTER_EMPTY;
}

#endif
