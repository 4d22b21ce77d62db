/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#define _GNU_SOURCE
#include "sip/guards.h"

#include "config.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>

#include <sofia-sip/msg.h>
#include <sofia-sip/su.h>
#include <sofia-sip/su_addrinfo.h>
#include <sofia-sip/su_alloc.h>

#include <openssl/ssl.h>

#include "sip/tls_guard.h"

typedef int getaddrinfo_fn(const char *, const char *, const su_addrinfo_t *,
			   su_addrinfo_t **);

static unsigned hits, refused;

/*
 * A request whose Via has a host name in maddr makes the transport look that
 * name up with the blocking resolver: anyone could stop the whole stack for as
 * long as a DNS server stays silent. Here only addresses pass. The look-ups
 * that the stack needs go through its own resolver, not through this.
 */
int su_getaddrinfo(const char *node, const char *service,
		   const su_addrinfo_t *hints, su_addrinfo_t **res)
{
	static getaddrinfo_fn *next;
	su_addrinfo_t numeric = { 0 };
	int err;

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "su_getaddrinfo");
	if (!next)
		return EAI_SYSTEM;
	hits++;
	if (hints)
		numeric = *hints;
	numeric.ai_flags |= AI_NUMERICHOST;
	err = next(node, service, &numeric, res);
	if (err == EAI_NONAME)
		refused++;
	return err;
}

/* Not each of them is called before it is needed. */
static const struct {
	const char *name;
	void *function;
} ours[] = {
#define OURS(f) { #f, (void *)f }
	OURS(su_getaddrinfo), OURS(accept), OURS(connect),
	OURS(su_soerror), OURS(SSL_CTX_use_certificate_file),
	OURS(SSL_new), OURS(SSL_connect), OURS(SSL_accept), OURS(SSL_read),
	OURS(SSL_write), OURS(SSL_shutdown),
#ifndef SOFIA_FREES_TLS
	OURS(BIO_free),
#endif
};

int guards_check(bool listens, char *why, size_t size)
{
	if (!tls_guard_hit()) {
		snprintf(why, size, "the guard that verifies TLS peers is not in "
			 "effect; link the program with "
			 "--export-dynamic-symbol=SSL_CTX_set_cipher_list");
		return -ENOSYS;
	}
	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
		if (dlsym(RTLD_DEFAULT, ours[i].name) != ours[i].function) {
			snprintf(why, size, "a guard of the SIP library is not in "
				 "effect; link the program with "
				 "--export-dynamic-symbol=%s", ours[i].name);
			return -ENOSYS;
		}
	/* Listening on all addresses looks nothing up. */
	if (hits || !listens ||
	    dlsym(RTLD_DEFAULT, "su_getaddrinfo") == (void *)su_getaddrinfo)
		return 0;
	snprintf(why, size, "the guard against the SIP library's blocking "
		 "resolver is not in effect; link the program with "
		 "--export-dynamic-symbol=su_getaddrinfo");
	return -ENOSYS;
}

/* One reference is the event's, one the transaction's; the third is nobody's. A
 * library without the fault has two at most. */
void guards_drop_leaked(struct msg_s *response)
{
	if (response && su_home_refcount(msg_home(response)) >= 3)
		msg_destroy(response);
}

unsigned guards_refused_names(void)
{
	return refused;
}
