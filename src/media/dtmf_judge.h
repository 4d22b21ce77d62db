/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* dtmf_judge.h - which digit the vectors of the last 21 ms are. */
#ifndef MEDIA_DTMF_JUDGE_H
#define MEDIA_DTMF_JUDGE_H

#include "media/dtmf.h"

/* Makes all tables, once. */
void dtmf_judge_init(void);

/* That little power in a window is less than a tone of this mean square has. */
int64_t dtmf_judge_hopeless(float least);

/* The low vector of the samples of a step and those before it. */
void dtmf_judge_low(struct dtmf_step *, const int16_t *step);

/* 0: none. The high vectors are made where the low ones leave hope, and of each
 * step while there is a digit. */
char dtmf_judge(struct dtmf *);

/* That there is nothing else that could be a voice's; of ->x. */
bool dtmf_judge_clean(const struct dtmf *, char digit);

#define DTMF_FRAME 80	/* samples */

/* Whether most of the power of a frame, `all` the sum of its squares, lies in the
 * bands of DTMF: else there is no digit in it from end to end. */
bool dtmf_judge_bands(const int16_t *, float all);

#endif
