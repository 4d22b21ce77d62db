/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * tls_guard.h - what the SIP library does with OpenSSL, in the way that we want
 * it: see tls_guard.c. Only tls.c uses this.
 */
#ifndef SIP_TLS_GUARD_H
#define SIP_TLS_GUARD_H

#include <stdbool.h>
#include <stddef.h>

struct ssl_st;
struct timers;
struct x509_store_ctx_st;

void tls_guard_start(struct timers *, unsigned handshake_ms);
void tls_guard_stop(void);

/* True when the library has made its context, and ours was put into its place. */
bool tls_guard_hit(void);

/* The SSL objects that live: one for each connection. */
unsigned tls_guard_connections(void);

/* tls_words.c: what is wrong with the certificate that is being verified, and why
 * a handshake failed (ret: what SSL_connect() or SSL_accept() returned). */
void tls_verify_words(struct x509_store_ctx_st *, char *why, size_t size);
void tls_handshake_words(const struct ssl_st *, int ret, char *why, size_t size);

#endif
