/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * number.h - comparing and rewriting telephone numbers.
 */
#ifndef CORE_NUMBER_H
#define CORE_NUMBER_H

#include <stdbool.h>

#include "tipring/party.h"

/* The same digits, whether with a leading '+' or not. Empty ones equal none. */
bool number_equal(const char *a, const char *b);

/* Takes `strip` leading digits off (a leading '+' goes with them, unless strip
 * is 0), puts prefix in front. -ENAMETOOLONG, and out is "". */
int number_rewrite(char out[PARTY_NUMBER_SIZE], const char *in, unsigned strip,
		   const char *prefix);

/* The last count digits; all of it when it is shorter. */
const char *number_last(const char *number, unsigned count);

/* Copies what can be dialled on a line: digits, *, #, A-D and, where pauses is
 * set, 'w'. */
void number_dialable(char out[PARTY_NUMBER_SIZE], const char *in, bool pauses);

#endif
