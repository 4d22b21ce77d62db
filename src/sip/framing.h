/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * framing.h - where a stream of SIP stands: inside a message, or between two,
 * where a line's end is a keep-alive (RFC 3261 section 7.5, RFC 5626 section
 * 4.4.1). Pure.
 */
#ifndef SIP_FRAMING_H
#define SIP_FRAMING_H

#include <stdbool.h>
#include <stddef.h>

#define FRAMING_LINE 40		/* octets of a header that are looked at */

struct framing {
	enum { FRAMING_BETWEEN, FRAMING_HEAD, FRAMING_BODY } state;
	size_t body;			/* octets of it that are still to come */
	char line[FRAMING_LINE];
	size_t used;			/* of the line; what is longer is cut */
};

/* Zeroed, it stands at the beginning. */
void framing_feed(struct framing *, const char *data, size_t size);

/* It stands between two messages, and this is nothing but ends of lines. */
bool framing_idle(const struct framing *, const char *data, size_t size);

#endif
