/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "fft.h"

#include <math.h>

static void reorder(double complex *data, size_t size)
{
	double complex swap;
	size_t i, bit, j = 0;

	for (i = 1; i < size; i++) {
		for (bit = size >> 1; j & bit; bit >>= 1)
			j ^= bit;
		j |= bit;
		if (i < j) {
			swap = data[i];
			data[i] = data[j];
			data[j] = swap;
		}
	}
}

void fft_run(double complex *data, size_t size, bool inverse)
{
	double complex step, turn, even, odd;
	size_t half, base, k;

	reorder(data, size);
	for (half = 1; half < size; half *= 2) {
		step = cexp((inverse ? I : -I) * M_PI / (double)half);
		for (base = 0; base < size; base += 2 * half) {
			turn = 1;
			for (k = 0; k < half; k++) {
				even = data[base + k];
				odd = data[base + k + half] * turn;
				data[base + k] = even + odd;
				data[base + k + half] = even - odd;
				turn *= step;
			}
		}
	}
	for (k = 0; inverse && k < size; k++)
		data[k] /= (double)size;
}
