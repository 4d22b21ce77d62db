/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * limit.h - bounds on concurrent calls of the box, a trunk or a group.
 *
 * `in` is a call that the trunk (or a line of the group) brought to us, `out`
 * one that we brought to it. For the box, `in` came from a trunk and `out`
 * from a line. A bound is looked at when a call is to begin, so lowering one
 * cuts nothing.
 */
#ifndef CORE_LIMIT_H
#define CORE_LIMIT_H

#include "config/config.h"
#include "tipring/trunk.h"

/* Takes over the bounds, keeps the counts. */
void limit_configure(struct limit *, const struct config_limit *);
/* Room for one more in that direction? */
bool limit_allows(const struct limit *, bool in);
/* Room for one more at all, whatever its direction? */
bool limit_has_circuit(const struct limit *);
/* The kbit/s it took, to be given back. */
unsigned limit_take(struct limit *, bool in);
void limit_give(struct limit *, bool in, unsigned kbit);
/* direction: 0, 'i' or 'o'; max -1: none. -EINVAL. */
int limit_set(struct limit *, char direction, int max);
/* "4 of 4 calls", "2 of 2 calls in", "240 of 300 kbit/s, a call needs 80": which
 * bound refuses. */
void limit_words(const struct limit *, bool in, char *text, size_t size);

#endif
