/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "media/fax.h"

#include <string.h>

#include "media/osc.h"

#define BLOCK 80
#define SURE 40			/* blocks: 0.4 s */
#define MISSES 2		/* a phase reversal spoils one or two blocks */
#define LEAST 4e4f		/* mean square: -38 dBm0 */
/* Part of the energy inside +-50 Hz; 38 Hz off (T.30, CNG) it is 0.6. */
#define PART 0.5f

static const struct { int hz; float coefficient; } tones[2] = {
	{ 1100, 1.2988961f },	/* 2 cos(2 pi f / 8000) */
	{ 2100, -0.1569182f },
};

void fax_reset(struct fax *f)
{
	memset(f, 0, sizeof(*f));
}

static float energy_at(float c, const int16_t *s)
{
	float a = 0, b = 0, t;

	for (int i = 0; i < BLOCK; i++) {
		t = s[i] + c * a - b;
		b = a;
		a = t;
	}
	return (a * a + b * b - c * a * b) * (2.0f / BLOCK);
}

int fax_run(struct fax *f, const int16_t *s)
{
	float all = (float)level_squares(s, BLOCK);
	int found = 0;

	for (int i = 0; i < 2; i++) {
		bool hit = all > LEAST * BLOCK &&
			   energy_at(tones[i].coefficient, s) > PART * all;

		if (hit) {
			f->misses[i] = 0;
			f->blocks[i]++;
		} else if (!f->blocks[i] || ++f->misses[i] > MISSES) {
			f->blocks[i] = 0;
			f->told &= ~(1u << i);
		}
		if (f->blocks[i] >= SURE && !(f->told & 1u << i)) {
			f->told |= 1u << i;
			found = tones[i].hz;
		}
	}
	return found;
}
