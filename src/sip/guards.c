/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#define _GNU_SOURCE
#include "sip/guards.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>

#include <sofia-sip/msg.h>
#include <sofia-sip/su.h>
#include <sofia-sip/su_addrinfo.h>
#include <sofia-sip/su_alloc.h>

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

int guards_check(char *why, size_t size)
{
	/* Listening on all addresses looks nothing up: then it counts whom the
	 * library will find. */
	if (hits || dlsym(RTLD_DEFAULT, "su_getaddrinfo") == (void *)su_getaddrinfo)
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
