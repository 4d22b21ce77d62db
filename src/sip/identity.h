/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * identity.h - numbers and names between SIP headers and struct party. Pure.
 */
#ifndef SIP_IDENTITY_H
#define SIP_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>

#include "tipring/party.h"

/* The telephone number in the user part of a URI, or in a tel: URI's number:
 * parameters, escapes and visual separators (RFC 3966 section 5.1.1) are taken
 * off, a leading '+' stays. 0; -EINVAL: it is no number, number is "". */
int identity_number(char number[PARTY_NUMBER_SIZE], const char *user);

/* The party in a From, P-Asserted-Identity or Remote-Party-ID value. Several
 * values may stand in one header; the first with a number is taken. A user that
 * is no number is taken as the name when there is none. */
void identity_party(struct party *, const char *value);

/* Privacy (RFC 3323): id, user or header. */
bool identity_is_private(const char *privacy);

/* Who calls, from the headers of an INVITE; each may be NULL. */
void identity_caller(struct party *, const char *from, const char *asserted,
		     const char *remote_party, const char *privacy);

/* The headers that tell who calls. "" leaves a header out. */
struct identity_headers {
	char from[320];
	char asserted[320];	/* P-Asserted-Identity (RFC 3325) */
	char privacy[8];	/* Privacy: id */
};

/* user: of our account, where the party has no number. Domain: of our address
 * of record; tag: of From. */
void identity_headers(struct identity_headers *, const struct party *,
		      const char *user, const char *domain, const char *tag);

/* "sip:NUMBER@DOMAIN", with what must be escaped escaped. Returns the length,
 * or -ENOSPC. */
int identity_uri(char *buf, size_t size, const char *number, const char *domain);

/* "name" as a quoted string, or "" for an empty name. Fits always: cut. */
void identity_quote(char *buf, size_t size, const char *name);

#endif
