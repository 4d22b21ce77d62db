/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * proof.h - Digest as a server (RFC 7616, RFC 8760, RFC 3261 section 22): how a
 * peer whose address nobody knows proves who it is. Pure; a request may come as
 * the bytes of a datagram, or as the texts of its headers.
 */
#ifndef SIP_PROOF_H
#define SIP_PROOF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/socket.h>

#include "config/config.h"

struct nonces;

#define PROOF_MOST 4		/* credentials of a request; more are not read */

/* What counts of a request. Texts end where their room does: a request that
 * needs more cannot be proved. */
struct proof_request {
	char method[24], uri[256], call_id[256], branch[128];	/* of the first Via */
	char credentials[PROOF_MOST][1024];	/* Authorization, "Digest ..." */
	unsigned count;
	unsigned long cseq;
	const char *body;	/* the caller's; for auth-int */
	size_t body_size;
	bool inside;		/* To has a tag: it says that it is of a dialog */
};

/* The request's body is data's: it lives as long. */
void proof_read(struct proof_request *, const char *data, size_t size);

struct proof_conf {
	const char *realm;
	const enum digest_kind *digests;	/* that are taken, best first */
	size_t digest_count;
	enum digest_cover cover;		/* asked for, and taken */
	/* The secret of a user; NULL: nobody is called so. */
	const char *(*secret)(void *arg, const char *user);
	void *arg;
};

enum proof {
	PROOF_NONE,		/* no credentials for our realm */
	PROOF_GOOD,
	PROOF_STALE,		/* the secret is right, the nonce is not any more */
	PROOF_WRONG,		/* user, secret, or a replay; never said which */
};

#define PROOF_USER 128
/* user: who has proved himself, or claims to be; "" with PROOF_NONE. */
enum proof proof_check(struct nonces *, const struct proof_conf *,
		       const struct proof_request *, const struct sockaddr *from,
		       uint64_t now_ms, char user[PROOF_USER]);

/* WWW-Authenticate, a line for each digest, with CRLF. Its length; 0: it has no
 * room. */
#define PROOF_CHALLENGE 1024
size_t proof_challenge(struct nonces *, const struct proof_conf *,
		       const struct sockaddr *from, bool stale, uint64_t now_ms,
		       char text[PROOF_CHALLENGE]);

#endif
