/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* dot.h - loops in the shape that compilers, where they are told to vectorise, know to
 * be one instruction for eight samples. Whoever calls dot() sees to it that the sum
 * fits. */
#ifndef MEDIA_DOT_H
#define MEDIA_DOT_H

#include <stddef.h>
#include <stdint.h>

static inline int32_t dot(const int16_t *a, const int16_t *b, size_t n)
{
	int32_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += a[i] * b[i];
	return sum;
}

/* The bits that any of the samples has. */
static inline int16_t bits(const int16_t *s, size_t n)
{
	int16_t all = 0;

	for (size_t i = 0; i < n; i++)
		all |= (int16_t)(s[i] ^ s[i] >> 15);
	return all;
}

#endif
