/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * glance.h - what can be seen of a SIP message (RFC 3261) without parsing it:
 * enough to count who knocks, and to refuse a request without the stack. Pure;
 * any bytes are legal.
 */
#ifndef SIP_GLANCE_H
#define SIP_GLANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/* Printable ASCII without quotes; "": there was none. */
struct glance {
	char method[16];	/* "": no request */
	char called[40];	/* user part of the Request-URI */
	char agent[64];		/* User-Agent */
	bool response;
	bool inside;		/* a dialog: To has a tag; or ACK, BYE, CANCEL */
};

void glance_read(struct glance *, const char *data, size_t size);

/* The same of a message that was parsed; NULL: none. */
void glance_set(struct glance *, const char *method, const char *called,
		const char *agent);

/* A part of the message, without blanks around it. */
struct glance_text {
	const char *at;
	size_t size;
};

bool glance_is(struct glance_text, const char *word, const char *brief);

/* Method and Request-URI of a request, and each of its headers. False: it is no
 * request. */
bool glance_headers(const char *data, size_t size, struct glance_text *method,
		    struct glance_text *uri,
		    void (*)(void *arg, struct glance_text name,
			     struct glance_text value), void *arg);

/* Writes the answer to a request: status "403 Forbidden"; more: headers with
 * CRLF, "" none. Its length; 0: it gets no answer (an ACK, a response, a header
 * missing, or more than the room). */
size_t glance_answer(const char *data, size_t size, const struct sockaddr *from,
		     const char *status, const char *more, char *out, size_t room);

#endif
