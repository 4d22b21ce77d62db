/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * body.h - finds the session description in a message's body: alone or as a
 * part of multipart (RFC 2046 section 5.1, RFC 5621). Pure.
 */
#ifndef SIP_BODY_H
#define SIP_BODY_H

#include <stddef.h>

struct body {
	const char *type;	/* Content-Type with its parameters, "" none */
	const char *encoding;	/* Content-Encoding, NULL or "" none */
	const char *data;
	size_t length;
};

/* The length of the description, which begins at *sdp within the body; 0: the
 * message has no body; -EMEDIUMTYPE: one that we don't read, or that has a part
 * which must be understood and is not. */
int body_sdp(const struct body *, const char **sdp);

#endif
