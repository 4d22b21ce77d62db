/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * guards.h - functions of the SIP library that the program replaces because
 * the library's own can be misused by anybody on the network, before any
 * check of ours. They work only when the program exports them; every program
 * that links libsip.a takes SIP_LDFLAGS.
 */
#ifndef SIP_GUARDS_H
#define SIP_GUARDS_H

#include <stdbool.h>
#include <stddef.h>

struct msg_s;

/* After the agent's listeners are open: 0 when every guard is in force, else
 * -ENOSYS and why. The guards against the faults in tests/faults are left out
 * where ./configure found the library cured. */
int guards_check(char *why, size_t size);

/* The message of each response to an INVITE that the library has just told of,
 * and whether it is a 100: the library takes a reference of its own to each 100
 * and forgets it, 1.4 KB a call. To be called at the end of the event. */
void guards_drop_leaked(struct msg_s *response, bool trying);

/* Before the library ends. */
void guards_end(void);

/* Host names that were kept from the blocking resolver so far. */
unsigned guards_refused_names(void);

#endif
