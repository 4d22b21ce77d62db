/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * again.h - when what lasts at a server (a registration, a subscription) is
 * renewed, and when one that failed is tried again. Times in ms.
 */
#ifndef SIP_AGAIN_H
#define SIP_AGAIN_H

#include <stdint.h>
#include <stdlib.h>

#define AGAIN_MOST_S 3600	/* Retry-After that is believed */
#define EXPIRES_MOST 86400	/* s, that a server may grant or want */

/* From half to one and a half: many boxes must not come back as one. */
static inline uint64_t again_jitter(uint64_t ms)
{
	return ms / 2 + arc4random_uniform((uint32_t)ms + 1);
}

/* tries: without success, at least 1; doubled with each, from least_s to most_s,
 * never before retry_after_s is over. */
static inline uint64_t again_ms(unsigned tries, unsigned least_s, unsigned most_s,
				unsigned retry_after_s)
{
	uint64_t s = (uint64_t)least_s << (tries < 11 ? tries - 1 : 10);
	uint64_t ms = again_jitter((s < most_s ? s : most_s) * 1000);

	if (retry_after_s && ms < retry_after_s * 1000ull)
		ms = retry_after_s * 1000ull + arc4random_uniform(500);
	return ms;
}

/* Somewhere between half and nine tenths of what was granted. */
static inline uint64_t again_refresh(uint64_t granted)
{
	return granted / 2 + arc4random_uniform((uint32_t)(granted * 4 / 10) + 1);
}

#endif
