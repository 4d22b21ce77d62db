/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "media/jitter_ring.h"

#include <string.h>

#define MASK (JITTER_RING - 1)

/* Samples from `at` on that lie in one piece, at most n. */
static size_t piece(uint32_t at, size_t n)
{
	size_t left = JITTER_RING - (at & MASK);

	return n < left ? n : left;
}

static void fill(int16_t *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		s[i] = JITTER_EMPTY;
}

void jitter_empty(int16_t *ring, uint32_t at, size_t n)
{
	size_t first = piece(at, n);

	fill(ring + (at & MASK), first);
	fill(ring, n - first);
}

void jitter_read(const int16_t *ring, int16_t *to, uint32_t at, size_t n)
{
	size_t first = piece(at, n);

	memcpy(to, ring + (at & MASK), first * sizeof(*to));
	memcpy(to + first, ring, (n - first) * sizeof(*to));
}

void jitter_write(int16_t *ring, uint32_t at, const int16_t *s, size_t n)
{
	size_t first = piece(at, n);

	memcpy(ring + (at & MASK), s, first * sizeof(*s));
	memcpy(ring, s + first, (n - first) * sizeof(*s));
}
