/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "media/pacing.h"

#define US_A_SAMPLE 125
#define STANDSTILL 320		/* samples late: it stood still */
#define KEPT 3200		/* later than that nobody keeps it: drivers keep some
				   300 to 500 ms */
#define PATIENCE_US 250000	/* so long nothing was made up for: it is lost */

uint32_t pacing_run(struct pacing *p, int64_t now_us, size_t n)
{
	int64_t gap = (now_us - p->us) / US_A_SAMPLE, owed;
	uint32_t lost;

	p->us += gap * US_A_SAMPLE;
	if (gap > KEPT) {
		p->owed = 0;
		return (uint32_t)gap;
	}
	if (!p->owed && gap <= (int64_t)n + STANDSTILL)
		return 0;
	owed = p->owed + gap - (int64_t)n;
	/* What is left of a frame is the way the clocks stand, not a loss. */
	if (owed <= (int64_t)n) {
		p->owed = 0;
		return 0;
	}
	if (!p->owed || owed + (int64_t)n <= p->least) {
		p->least = (uint32_t)owed;
		p->least_us = now_us;
	}
	p->owed = (uint32_t)owed;
	if (now_us - p->least_us < PATIENCE_US)
		return 0;
	lost = p->owed;
	p->owed = 0;
	return lost;
}
