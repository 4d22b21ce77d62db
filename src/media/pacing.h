/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * pacing.h - whether audio that comes late was kept or is lost.
 *
 * After a standstill of the machine the card, which kept what came meanwhile,
 * gives it all at once: then no time is missing, and a clock that counts samples
 * is right again at the end of the burst. Did nobody keep it, the clock stays
 * behind for good and has to jump. Which of both it is shows only afterwards.
 */
#ifndef MEDIA_PACING_H
#define MEDIA_PACING_H

#include <stddef.h>
#include <stdint.h>

struct pacing {
	int64_t us;		/* when samples came last */
	int64_t least_us;	/* when `least` was seen */
	uint32_t owed;		/* samples that should have come by now and did not;
				   0 unless it stood still */
	uint32_t least;		/* of owed, to a frame, since it stood still */
};

/* n samples come now. Samples that are lost, by which the clock has to jump before
 * these n; hardly ever anything but 0. */
uint32_t pacing_run(struct pacing *, int64_t now_us, size_t n);

#endif
