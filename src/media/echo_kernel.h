/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * echo_kernel.h - the canceller's loops over all taps, in blocks of 8 samples.
 * There is one table of them for each kind of processor; echo_kernel_best()
 * chooses when a canceller is made.
 *
 * A filter is held in reverse, newest tap last, so that it lies along the
 * signal: y[j] = sum of h[i] * x[i + j]. taps is a multiple of 16.
 */
#ifndef MEDIA_ECHO_KERNEL_H
#define MEDIA_ECHO_KERNEL_H

#include <stddef.h>

#define ECHO_BLOCK 8		/* samples that are worked on together */
#define ECHO_GROUP 16		/* taps that share one gain */

struct echo_kernel {
	const char *name;
	/* y[0..7] of one filter. */
	void (*filter)(const float *x, const float *h, size_t taps, float *y);
	/* The same of two filters at once. */
	void (*filter_two)(const float *x, const float *h, const float *h2,
			   size_t taps, float *y, float *y2);
	/* h[i] += gain[i / 16] * sum of z[j] * x[i + j]. */
	void (*update)(const float *x, const float *z, const float *gain,
		       float *h, size_t taps);
	/* c[b * stride + l] = sum of x[b - i] * x[b - i - 7 + l] over i 0 to 15,
	 * b and l 0 to 7, without drift: the end of the block before last (its
	 * suffix sums, replaced by this block's), the last block in full
	 * (likewise), and the beginning of this one. */
	void (*correlate)(const float *x, float suffix[8][8], float full[8],
			  float *c, size_t stride);
	/* r[b][l] = sum of gain[s] * c[b][s][l], b and l 0 to 7. */
	void (*weigh)(const float *c, const float *gain, size_t groups,
		      float *r);
	/* sum[i / 16] = sum of |h[i]| over the group. */
	void (*weights)(const float *h, size_t taps, float *sum);
};

const struct echo_kernel *echo_kernel_best(void);
/* All that this processor can run, best first; ends with NULL. For tests. */
void echo_kernel_all(const struct echo_kernel *list[4]);

#endif
