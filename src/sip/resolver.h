/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * resolver.h - the name servers that look-ups ask: those of /etc/resolv.conf,
 * taken anew as soon as that file has changed. One thread.
 */
#ifndef SIP_RESOLVER_H
#define SIP_RESOLVER_H

#include <stdbool.h>

#include <sofia-sip/sresolv.h>

#include "base/list.h"
#include "sip/lookup.h"

/* Who asks. */
struct resolver_user {
	struct list_head node;
	bool waits;		/* for an answer, or for a better one */
	/* The queries on their way must be forgotten, here and now: nothing will
	 * come of them. */
	void (*renewed)(struct resolver_user *);
};

void resolver_add(struct resolver *, struct resolver_user *);
void resolver_remove(struct resolver_user *);
struct loop *resolver_loop(const struct resolver *);
/* Before a question, not from inside the library: looks at the file. While one
 * waits it is looked at every now and then, too. */
void resolver_check(struct resolver *);
/* Not to be kept. */
sres_resolver_t *resolver_sres(const struct resolver *);

#endif
