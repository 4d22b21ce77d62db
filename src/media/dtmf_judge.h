/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* dtmf_judge.h - which digit the vectors of the last 21 ms are. */
#ifndef MEDIA_DTMF_JUDGE_H
#define MEDIA_DTMF_JUDGE_H

#include "media/dtmf.h"

/* Makes all tables, once. */
void dtmf_judge_init(void);

/* The vectors of the samples of a step and those before it. */
void dtmf_judge_step(struct dtmf_step *, const int16_t *step);

/* 0: none. */
char dtmf_judge(const struct dtmf *);

/* That there is nothing else that could be a voice's; of ->x. */
bool dtmf_judge_clean(const struct dtmf *, char digit);

#endif
