/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * emergency.h - calls that must get through.
 *
 * No limit refuses them. When every circuit of their targets is taken, the
 * newest call on one of these that is not itself an emergency is taken over:
 * both its parties hear a tone, then it ends, its line rests for its guard
 * time, and the emergency call, which waits for that, has the circuit.
 */
#ifndef CORE_EMERGENCY_H
#define CORE_EMERGENCY_H

#include <stdbool.h>

struct box;
struct call;
struct line;
struct trunk;

/* One of the file's numbers or of the country's, to the digit. */
bool emergency_is(struct box *, const char *number);

/* The call found no free circuit. True: one is being freed, wait for
 * emergency_circuit_free's event; false: there is none to be had. */
bool emergency_take_over(struct call *);

/* A circuit may have become free: waiting calls look again. */
void emergency_circuit_free(struct box *);

/* An emergency call waits for it: no ordinary call may have it. */
bool emergency_claims_line(struct box *, const struct line *);
bool emergency_claims_trunk(struct box *, const struct trunk *);

#endif
