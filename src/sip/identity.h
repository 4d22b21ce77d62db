/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * identity.h - numbers and names between SIP headers and struct party. Pure.
 */
#ifndef SIP_IDENTITY_H
#define SIP_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"
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

/* Where one value of a comma-separated header ends: at its comma, or the end. */
const char *identity_value_end(const char *);

/* The headers of an INVITE that say who calls; each may be NULL. */
struct identity_said {
	const char *from, *asserted, *preferred, *remote_party, *privacy;
};

void identity_caller(struct party *, const struct identity_said *,
		     enum trunk_identity by);

/* The headers that tell who calls. "" leaves a header out. */
struct identity_headers {
	char from[320];
	char asserted[420];	/* with its name: "P-Asserted-Identity: ..." */
	char privacy[8];	/* Privacy: id */
};

struct identity_ours {
	const char *user;	/* of our account, where the party has no number */
	const char *domain;	/* of our address of record */
	const char *tag;	/* of From */
	enum trunk_identity by;
	bool called;		/* of who answered, in a response */
};

void identity_headers(struct identity_headers *, const struct party *,
		      const struct identity_ours *);

/* "sip:NUMBER@DOMAIN", with what must be escaped escaped. Returns the length,
 * or -ENOSPC. */
int identity_uri(char *buf, size_t size, const char *number, const char *domain);

/* A byte that goes on in a UTF-8 character: a cut must not fall before it. */
static inline bool identity_continues(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* "name" as a quoted string, or "" for an empty name. Fits always: cut. */
void identity_quote(char *buf, size_t size, const char *name);

#endif
