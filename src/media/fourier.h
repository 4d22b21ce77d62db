/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * fourier.h - a discrete Fourier transform of any power of two, exact rather
 * than quick: for what is analysed once, not for each frame (spectrum.h).
 */
#ifndef MEDIA_FOURIER_H
#define MEDIA_FOURIER_H

#include <complex.h>
#include <stddef.h>

/* In place, n a power of two. Backwards divides by n. */
void fourier(double complex *, size_t n);
void fourier_back(double complex *, size_t n);

#endif
