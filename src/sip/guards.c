/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#define _GNU_SOURCE
#include "sip/guards.h"

#include "config.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <sofia-sip/auth_client.h>
#include <sofia-sip/msg.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_util.h>
#include <sofia-sip/su.h>
#include <sofia-sip/su_addrinfo.h>
#include <sofia-sip/su_alloc.h>
#include <sofia-sip/tport.h>

#include <openssl/ssl.h>

#include "sip/resolver.h"
#include "sip/tls_guard.h"

#define HELD_MOST 64	/* responses */

typedef int getaddrinfo_fn(const char *, const char *, const su_addrinfo_t *,
			   su_addrinfo_t **);

typedef int terminates_fn(int, sip_method_t, int *);

static unsigned refused;

#ifndef SOFIA_ASKS_NO_NAMES
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
	if (hints)
		numeric = *hints;
	numeric.ai_flags |= AI_NUMERICHOST;
	err = next(node, service, &numeric, res);
	if (err == EAI_NONAME)
		refused++;
	return err;
}
#endif

/*
 * To some refusals the library gives up the whole dialog (RFC 5057), and the call
 * in it: 404, 410, 416, 481 and others. To a REFER, and to what NOTIFY tells of
 * one, they are given by servers that know no transfer; to INFO, by those that know
 * no digits. The call goes on.
 */
int sip_response_terminates_dialog(int status, sip_method_t method, int *graceful)
{
	static terminates_fn *next;
	int verdict;

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "sip_response_terminates_dialog");
	verdict = next ? next(status, method, graceful) : 0;
	if (verdict < 0 && (method == sip_method_refer || method == sip_method_notify ||
			    (method == sip_method_info && status != 481)))
		return 1;
	return verdict;
}

/* Nothing calls each of them before it is needed, so it is asked what the library
 * would call. */
static const struct {
	const char *name;
	void *function;
} ours[] = {
#define OURS(f) { #f, (void *)f }
#ifndef SOFIA_ASKS_NO_NAMES
	OURS(su_getaddrinfo),
#endif
	OURS(sip_response_terminates_dialog), OURS(auc_challenge),
#ifndef SOFIA_FREES_TLS
	OURS(BIO_free),
#endif
#ifndef SOFIA_BEARS_FEWER
	OURS(sres_resolver_update), OURS(sres_query),
#endif
	OURS(epoll_ctl), OURS(tport_primary_by_name), OURS(accept), OURS(connect),
	OURS(su_soerror), OURS(sres_resolver_receive), OURS(SSL_CTX_use_certificate_file),
	OURS(SSL_new), OURS(SSL_connect), OURS(SSL_accept), OURS(SSL_read),
	OURS(SSL_write), OURS(SSL_shutdown),
};

int guards_check(char *why, size_t size)
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
	return 0;
}

/* A 100 of which it is not known yet whether its second reference, beside ours,
 * is the transaction's or nobody's. */
static msg_t *held[HELD_MOST];
static unsigned held_next;

static int same_transaction(msg_t *a, msg_t *b)
{
	sip_t *x = sip_object(a), *y = sip_object(b);

	return x && y && x->sip_call_id && y->sip_call_id && x->sip_cseq &&
	       y->sip_cseq && x->sip_cseq->cs_seq == y->sip_cseq->cs_seq &&
	       !strcmp(x->sip_call_id->i_id, y->sip_call_id->i_id);
}

static void let_go(msg_t **m, unsigned too_many)
{
	if (*m && su_home_refcount(msg_home(*m)) == too_many)
		msg_destroy(*m);
	msg_destroy(*m);
	*m = NULL;
}

/*
 * One reference is the event's, one the transaction's; the third is nobody's. A
 * library without the fault has two at most. But a transaction that has received
 * its next response before the event of the 100 comes, which is common over TCP,
 * has given its own back: two can be either. The event of that next response
 * tells: then only ours is left, and nobody's.
 */
void guards_drop_leaked(struct msg_s *response, bool trying)
{
	unsigned count;

	if (!response)
		return;
	for (unsigned i = 0; i < HELD_MOST; i++)
		if (held[i] && held[i] != response &&
		    same_transaction(held[i], response))
			let_go(&held[i], 2);
	count = trying ? su_home_refcount(msg_home(response)) : 0;
	if (count >= 3) {
		msg_destroy(response);
	} else if (count == 2) {
		let_go(&held[held_next], 0);
		held[held_next] = msg_ref(response);
		held_next = (held_next + 1) % HELD_MOST;
	}
}

void guards_end(void)
{
	for (unsigned i = 0; i < HELD_MOST; i++)
		let_go(&held[i], 0);
}

unsigned guards_refused_names(void)
{
	return refused;
}
