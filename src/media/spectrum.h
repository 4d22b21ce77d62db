/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * spectrum.h - which frequencies stand out in 64 ms of sound.
 */
#ifndef MEDIA_SPECTRUM_H
#define MEDIA_SPECTRUM_H

#include <stdbool.h>
#include <stdint.h>

#define SPECTRUM_SIZE 512	/* samples */
#define SPECTRUM_PEAKS 4

struct peak {
	float hz;
	float power;		/* mean square, its neighbourhood included */
};

struct spectrum {
	struct peak peak[SPECTRUM_PEAKS];	/* strongest first */
	unsigned peaks;
	float power;		/* of all from 200 to 3500 Hz */
};

void spectrum_init(void);	/* tables; once, before anything else */

/* Peaks that are within 15 dB of the strongest one. Two frequencies less than
 * 35 Hz apart are one peak between them. */
void spectrum_of(struct spectrum *, const int16_t samples[SPECTRUM_SIZE]);

#endif
