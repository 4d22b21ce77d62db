/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * fax.h - fax calling tone (CNG, 1100 Hz, 0.5 s) and answer tone (CED and
 * ANSam, 2100 Hz): ITU-T T.30 and V.8, cheap enough to run all call long.
 */
#ifndef MEDIA_FAX_H
#define MEDIA_FAX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fax {
	unsigned blocks[2];	/* in a row, 10 ms each */
	unsigned misses[2];
	unsigned told;		/* BIT of the tone that was told and still lasts */
};

void fax_reset(struct fax *);
/* Exactly 80 samples. 1100 or 2100 once a tone is certain, else 0. */
int fax_run(struct fax *, const int16_t *);

#endif
