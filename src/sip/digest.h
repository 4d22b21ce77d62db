/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * digest.h - how we prove who we are (RFC 3261 section 22, RFC 8760): Digest
 * with SHA-512-256, SHA-256 or MD5, the strongest that is asked for, and no
 * other scheme.
 */
#ifndef SIP_DIGEST_H
#define SIP_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

#include <sofia-sip/nua.h>

/* Puts our client in the place of the library's Digest and Basic, once for the
 * process. -ENOSYS and why when Basic would still answer. */
int digest_init(char *why, size_t size);

/* Answers the challenges of a 401 or 407 with a user and secret; the request
 * goes out again. realm: the only one that is answered, "" any. -ENOENT: no
 * challenge that we can answer. */
int digest_answer(nua_handle_t *, const sip_t *, const char *user,
		  const char *secret, const char *realm);

/* One of these can be answered; realm as above. */
bool digest_answers(const msg_auth_t *, const char *realm);

/* Why no challenge of a 401 or 407 can be answered, of who sent it; NULL: one
 * can. */
const char *digest_fault(const sip_t *, const char *realm);

/* The first line of a file that only its owner may read. NULL and why; the
 * caller frees it with secret_free(). */
char *secret_read(const char *file, char *why, size_t size);
void secret_free(char *);

#endif
