/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "media/slipring.h"

#include <string.h>

#define MASK (SLIPRING_SIZE - 1)
#define CUSHION 80	/* kept between, for the order of service in a turn */
#define MOST 480	/* more than that is delay: a frame goes */

void slipring_reset(struct slipring *r)
{
	uint32_t slips = r->slips;

	memset(r, 0, sizeof(*r));
	r->slips = slips;
	r->in = CUSHION;
}

void slipring_put(struct slipring *r, const int16_t *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		r->data[(r->in + i) & MASK] = s[i];
	r->in += (uint32_t)n;
	if (r->in - r->out > MOST) {
		r->out = r->in - CUSHION - (uint32_t)n;
		r->slips++;
	}
}

void slipring_get(struct slipring *r, int16_t *to, size_t n)
{
	if (r->in - r->out < n) {
		if (r->gain == 8)
			r->slips++;
		if (r->gain)
			r->gain--;
		for (size_t i = 0; i < n; i++)
			to[i] = (int16_t)(r->last[i % 80] * (int)r->gain / 8);
		return;
	}
	for (size_t i = 0; i < n; i++)
		to[i] = r->data[(r->out + i) & MASK];
	r->out += (uint32_t)n;
	r->gain = 8;
	memcpy(r->last, to, (n < 80 ? n : 80) * sizeof(*to));
}
