/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* fft.h - radix-2 discrete Fourier transform, in place. */
#ifndef TOOLS_FFT_H
#define TOOLS_FFT_H

#include <complex.h>
#include <stdbool.h>
#include <stddef.h>

/* size: a power of two. The inverse is scaled by 1/size. */
void fft_run(double complex *data, size_t size, bool inverse);

#endif
