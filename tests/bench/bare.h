/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * bare.h - the yardstick: a plain filter of so many taps and its NLMS update,
 * sample by sample, and nothing else. It has the vector instructions that the
 * canceller has, and no more thought than a good compiler gives it.
 */
#ifndef BENCH_BARE_H
#define BENCH_BARE_H

#include <stddef.h>
#include <stdint.h>

#define BARE_TAPS 512

struct bare {
	float x[BARE_TAPS + 640], h[BARE_TAPS];
	size_t at;
	float power;
};

void bare_init(struct bare *);
void bare_run(struct bare *, const int16_t *tx, int16_t *rx, size_t n);

#endif
