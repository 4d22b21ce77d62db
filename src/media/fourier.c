/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "media/fourier.h"

#include <math.h>

static void reorder(double complex *x, size_t n)
{
	for (size_t i = 1, j = 0; i < n; i++) {
		size_t bit = n >> 1;

		for (; j & bit; bit >>= 1)
			j ^= bit;
		j |= bit;
		if (i < j) {
			double complex swap = x[i];

			x[i] = x[j];
			x[j] = swap;
		}
	}
}

static void transform(double complex *x, size_t n, double sign)
{
	reorder(x, n);
	for (size_t half = 1; half < n; half *= 2)
		for (size_t k = 0; k < half; k++) {
			double complex w = cexp(sign * I * M_PI * (double)k / (double)half);

			for (size_t i = k; i < n; i += 2 * half) {
				double complex t = w * x[i + half];

				x[i + half] = x[i] - t;
				x[i] += t;
			}
		}
}

void fourier(double complex *x, size_t n)
{
	transform(x, n, -1);
}

void fourier_back(double complex *x, size_t n)
{
	transform(x, n, 1);
	for (size_t i = 0; i < n; i++)
		x[i] /= (double)n;
}
