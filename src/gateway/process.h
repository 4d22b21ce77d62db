/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * process.h - what the process asks of the kernel.
 */
#ifndef GATEWAY_PROCESS_H
#define GATEWAY_PROCESS_H

#include "base/loop.h"

/* Raises the number of descriptors as far as it may be. Call this first. */
void process_limits(void);

/* Keeps the program's memory from being paged out; a warning where it may not. */
void process_lock_memory(void);

/* Signals come through the loop: fn(arg, signal) for HUP, TERM and INT. Threads
 * that are made later do not see them. 0 or -errno. */
struct process_signals;
struct process_signals *process_signals_new(struct loop *,
		void (*fn)(void *arg, int signal), void *arg);
void process_signals_free(struct process_signals *);

/* Ends the process with status 1 after ms, whatever it is doing then; 0: not
 * any more. */
void process_deadline(unsigned ms);

#endif
