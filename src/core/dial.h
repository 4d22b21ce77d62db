/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * dial.h - collects what is dialled on a line until it is a number.
 *
 * The line's own digit map decides; without one the called maps of the routes
 * that its calls may take, beside which a line that has a trunk may dial
 * anything, up to a pause. '#' ends dialling unless a map has a use for it.
 * An emergency number is complete with its last digit, whatever a map says.
 */
#ifndef CORE_DIAL_H
#define CORE_DIAL_H

#include <stdbool.h>
#include <stdint.h>

struct line;

enum dial_verdict {
	DIAL_WAIT,	/* for a further digit, as long as *wait_ms says */
	DIAL_PLACE,	/* line->digits is the number */
	DIAL_REFUSE,	/* it cannot become one */
	DIAL_CODE,	/* it is the code */
};

/* code: comes before what maps say; "" none. */
enum dial_verdict dial_digit(struct line *, char digit, const char *code,
			     uint64_t *wait_ms);
/* No further digit came. */
enum dial_verdict dial_timeout(struct line *);

#endif
