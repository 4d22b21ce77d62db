/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "stream.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS (1u << 20)
#define TALK 9600		/* samples: a talkspurt, 1.2 s */
#define PAUSE 12800		/* 1.6 s; ITU-T P.59: who talks does so 40 % of the time */
#define WINDOW 4		/* octets that a place is looked up by */
#define SURE 16			/* octets that prove it */
#define LONGEST 16000		/* delay in samples that is believed */

/* Levels of segments 2 to 4, in pauses 0, the -47 dBm0 of a noisy line; both signs;
 * never a zero, of which mu-law has two. */
uint8_t stream_octet(unsigned line, uint32_t at)
{
	bool talks = (at + line * 4241) % (TALK + PAUSE) < TALK;
	uint32_t x = at * 2654435761u ^ (line + 1) * 0x9e3779b1u;
	unsigned code;

	x = (x ^ x >> 15) * 0x85ebca6bu;
	x ^= x >> 13;
	if (talks)
		code = (2 + (x >> 8 & 0xff) % 3) << 4 | (x & 15);
	else
		code = x & 15;
	if (!code)
		code = 1;
	return (uint8_t)(~(code | (x >> 4 & 1) << 7));
}

struct index {
	uint8_t *said;
	size_t n;
	uint32_t *slot;		/* the last place with that window, + 1 */
};

static uint32_t key(const uint8_t *o)
{
	uint32_t x;

	memcpy(&x, o, sizeof x);
	return (x * 2654435761u) >> 12;
}

static int index_make(struct index *x, unsigned line, size_t n)
{
	x->n = n;
	x->said = malloc(n);
	x->slot = calloc(SLOTS, sizeof *x->slot);
	if (!x->said || !x->slot)
		return -1;
	for (size_t i = 0; i < n; i++)
		x->said[i] = stream_octet(line, (uint32_t)i);
	for (size_t i = 0; i + SURE <= n; i++)
		x->slot[key(x->said + i)] = (uint32_t)i + 1;
	return 0;
}

static void index_free(struct index *x)
{
	free(x->said);
	free(x->slot);
}

/* Where what stands at h was said; false: nowhere. */
static bool find(const struct index *x, const uint8_t *heard, size_t h, size_t n,
		 size_t *at)
{
	uint32_t i;

	if (h + SURE > n)
		return false;
	i = x->slot[key(heard + h)];
	if (!i-- || i > h || h - i > LONGEST)
		return false;
	*at = i;
	return !memcmp(x->said + i, heard + h, SURE);
}

static uint32_t percentile(const uint32_t *delays, uint32_t total, unsigned share)
{
	uint64_t sum = 0;

	for (uint32_t d = 0; d <= LONGEST; d++) {
		sum += delays[d];
		if (total && sum * 100 >= (uint64_t)total * share)
			return d;
	}
	return 0;
}

static void walk(const struct index *x, const uint8_t *heard, size_t from, size_t n,
		 uint32_t *delays, struct stream_report *r)
{
	size_t at = 0;
	bool in = false;

	for (size_t h = from; h < n; h++, at++) {
		if (in && at < x->n && x->said[at] == heard[h]) {
			r->own++;
			delays[h - at]++;
			continue;
		}
		in = find(x, heard, h, n, &at);
		if (!in)
			continue;
		r->jumps++;
		r->own++;
		delays[h - at]++;
	}
}

int stream_judge(unsigned line, unsigned neighbour, const uint8_t *heard,
		 size_t from, size_t n, struct stream_report *r)
{
	struct index x = { 0 }, other = { 0 };
	uint32_t *delays = calloc(LONGEST + 1, sizeof *delays);
	size_t at;
	int err = -1;

	memset(r, 0, sizeof *r);
	r->heard = (uint32_t)(n - from);
	if (delays && !index_make(&x, line, n) && !index_make(&other, neighbour, n)) {
		walk(&x, heard, from, n, delays, r);
		for (size_t h = from; h + SURE <= n; h += WINDOW)
			if (find(&other, heard, h, n, &at))
				r->strange += WINDOW;
		r->median = percentile(delays, r->own, 50);
		r->p99 = percentile(delays, r->own, 99);
		err = 0;
	}
	index_free(&x);
	index_free(&other);
	free(delays);
	return err;
}
