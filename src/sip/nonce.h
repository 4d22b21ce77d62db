/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * nonce.h - nonces that we challenge with (RFC 7616 section 3.3 and 5.10): bound
 * to a time and to the host that asked, and counted: what was used once is not
 * taken again. Nothing is kept of a nonce before somebody has proved with it who
 * he is, so that challenging costs no memory. Pure.
 */
#ifndef SIP_NONCE_H
#define SIP_NONCE_H

#include <stdint.h>

#include <sys/socket.h>

#define NONCE_TEXT 65		/* hexadecimal, with its NUL */
#define NONCE_LIFE_MS 60000
#define NONCE_HASH 16		/* bytes that tell one request from another */

struct nonces;

struct nonces *nonces_new(void);	/* NULL: out of memory */
void nonces_free(struct nonces *);

/* A new one, for whoever is at that host; -EIO: OpenSSL refuses the hash. */
int nonce_make(struct nonces *, char text[NONCE_TEXT], const struct sockaddr *,
	       uint64_t now_ms);

enum nonce_verdict {
	NONCE_GOOD,
	NONCE_AGAIN,		/* the same request once more: a retransmission */
	NONCE_STALE,		/* too old, another host's, not ours */
	NONCE_REPLAYED,		/* its count was used by another request */
};

/* May this request, with the count nc, use that nonce? Asked only of requests
 * whose secret is right: from then on the count is used. */
enum nonce_verdict nonce_use(struct nonces *, const char *text,
			     const struct sockaddr *, uint32_t count,
			     const uint8_t request[NONCE_HASH], uint64_t now_ms);

#endif
