/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * From which of its sockets the library sends. It has one for each address of
 * ours, and takes the first of the transport and family, although that address may
 * have no way to the peer, or may be gone by now. Its tport_primary_by_name() is
 * ours: the one counts that the kernel would send from.
 */
#define _GNU_SOURCE
#include "sip/guards.h"

#include <dlfcn.h>
#include <strings.h>

#include <sofia-sip/tport.h>

#include "sip/access.h"

/* Of the first that fits, and those behind it. */
static tport_t *bound_to(tport_t *first, const struct sockaddr *own)
{
	const char *proto = tport_name(first)->tpn_proto;

	for (tport_t *t = first; t; t = tport_next(t)) {
		const su_addrinfo_t *at = tport_get_address(t);

		if (at && at->ai_addr && access_same_host(at->ai_addr, own) &&
		    !strcasecmp(tport_name(t)->tpn_proto, proto))
			return t;
	}
	return first;
}

tport_t *tport_primary_by_name(tport_t const *tp, tp_name_t const *wanted)
{
	static __typeof__(&tport_primary_by_name) next;
	struct sockaddr_storage peer, own;
	tport_t *first;

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "tport_primary_by_name");
	if (!next)
		return NULL;
	first = next(tp, wanted);
	if (!first || !wanted->tpn_host ||
	    address_parse(&peer, wanted->tpn_host, 5060) ||
	    address_towards(&own, (const struct sockaddr *)&peer))
		return first;
	return bound_to(first, (const struct sockaddr *)&own);
}
