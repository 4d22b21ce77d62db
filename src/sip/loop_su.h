/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* loop_su.h - sofia's root under a loop made by loop_su_new(). */
#ifndef SIP_LOOP_SU_H
#define SIP_LOOP_SU_H

#include <sofia-sip/su_wait.h>

#include "base/loop.h"

su_root_t *loop_su_root(struct loop *);

/* Sets the loop's clock. Everything that sofia calls and that is not a watch of the
 * loop begins with this. No timer runs then: it might end what sofia calls for. */
void loop_su_clock(struct loop *);

/* turns.c: whether the calling thread's turns are measured, and the longest so far,
 * us, by the clock and in processor time (turn.h). */
void turns_watch(bool on);
void turns_longest(uint64_t *us, uint64_t *own_us);

/* Something of sofia's could not be taken down: loop_free() leaves the root. */
void loop_su_abandon(struct loop *);

#endif
