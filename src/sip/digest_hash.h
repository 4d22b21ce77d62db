/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * digest_hash.h - the algorithms of Digest (RFC 7616 section 3.4, RFC 8760) and
 * what each makes of a secret.
 */
#ifndef SIP_DIGEST_HASH_H
#define SIP_DIGEST_HASH_H

#include <stdbool.h>
#include <stddef.h>

#define DIGEST_HEX 65		/* the longest hash in hexadecimal, with its NUL */

/* What a response is made of; all without quotes. count: nc, 8 digits. qop: NULL
 * when the server asks for none; then count and, except for -sess, cnonce have
 * no part in it. */
struct digest_parts {
	const char *body;	/* with qop "auth-int"; NULL: none */
	size_t body_size;
	const char *user, *realm, *secret, *nonce, *cnonce, *count, *qop;
	const char *method, *uri;
};

/* The algorithm of that name, with or without quotes, in any case; NULL is MD5
 * (RFC 7616 section 3.3). A larger one is stronger. -ENOTSUP: not known. */
int digest_algorithm(const char *name);

/* As it stands in the header. */
const char *digest_algorithm_name(int algorithm);

/* True for those whose secret is bound to the first nonce and cnonce. */
bool digest_is_session(int algorithm);

/* qop "auth", "auth-int" or none. -EIO: OpenSSL refuses the hash. */
int digest_response(int algorithm, const struct digest_parts *,
		    char out[DIGEST_HEX]);

#endif
