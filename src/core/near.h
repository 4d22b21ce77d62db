/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * near.h - whether what was measured may be what was meant.
 */
#ifndef CORE_NEAR_H
#define CORE_NEAR_H

#include <stdbool.h>
#include <stdint.h>

/* Within so many per cent of b, or within `least`. */
static inline bool near(uint32_t a, uint32_t b, uint32_t per_cent, uint32_t least)
{
	uint32_t off = a > b ? a - b : b - a;
	uint32_t allowed = b * per_cent / 100;

	return off <= (allowed > least ? allowed : least);
}

#endif
