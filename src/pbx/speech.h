/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * speech.h - words said by espeak-ng, a program of its own; 8 kHz, at about
 * -16 dBm0 while it speaks.
 */
#ifndef PBX_SPEECH_H
#define PBX_SPEECH_H

#include "base/loop.h"

struct speech;
/* samples is the receiver's to free, NULL: why says why not. */
typedef void speech_fn(void *arg, int16_t *samples, size_t count, const char *why);

/* Starts it; fn is called later, once. *owner: cleared before. 0 or -errno. */
int speech_start(struct loop *, struct speech **owner, const char *text,
		 speech_fn *, void *arg);
void speech_cancel(struct speech *);	/* NULL is legal */

#endif
