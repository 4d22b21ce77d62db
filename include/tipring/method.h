/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * method.h - how a call on an analog line is known to be answered or over, in
 * words: log, records and README's tables take them from here.
 */
#ifndef TIPRING_METHOD_H
#define TIPRING_METHOD_H

#include <stddef.h>

#include "tipring/leg.h"

struct method {
	const char *name;	/* in records: "polarity" */
	const char *what;	/* what it takes, one line */
};

/* By enum answer_method. */
#define ANSWER_METHODS (ANSWER_SEIZE + 1)
extern const struct method answer_methods[ANSWER_METHODS];

/* What ends a call on a line whose far end says so by no message. */
enum release_sign {
	SIGN_BREAK,
	SIGN_POLARITY,
	SIGN_BUSY,
	SIGN_CONGESTION,
	SIGN_DIAL,
	SIGN_HOWLER,
	SIGN_SILENCE,
	SIGN_COUNT
};

extern const struct method release_signs[SIGN_COUNT];

#endif
