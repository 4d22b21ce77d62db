/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* What a server wants before it does what we ask for: proof, or a longer time. */
#define _GNU_SOURCE
#include <dlfcn.h>

#include <sofia-sip/auth_client.h>
#include <sofia-sip/sip_header.h>

#include "sip/again.h"
#include "sip/digest.h"
#include "sip/internal.h"

/*
 * A request that is challenged waits in the library for credentials, and so do
 * those behind it: the BYE. If nobody will ever give it any, it must not wait: an
 * error here makes its 401 or 407 a refusal as any other. home: the handle.
 */
int auc_challenge(auth_client_t **list, su_home_t *home, const msg_auth_t *ch,
		  msg_hclass_t *credentials)
{
	static int (*next)(auth_client_t **, su_home_t *, const msg_auth_t *,
			   msg_hclass_t *);
	struct owner *o = (struct owner *)nua_handle_magic((nua_handle_t *)home);
	struct proving by;

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "auc_challenge");
	if (o && o->proving) {
		o->proving(o, &by);
		if (!by.user[0] || !by.secret || !digest_answers(ch, by.realm))
			return -1;
	}
	return next ? next(list, home, ch, credentials) : -1;
}

bool response_challenges(const struct happening *h)
{
	return h->status == 401 || h->status == 407;
}

bool response_proven(const struct happening *h, const struct proving *by,
		     unsigned *times)
{
	return response_challenges(h) && !(*times)++ &&
	       !digest_answer(h->nh, h->sip, by->user, by->secret, by->realm);
}

unsigned response_least(const struct happening *h)
{
	const sip_t *sip = h->sip;

	if (h->status >= 200 || !sip || !sip->sip_status ||
	    sip->sip_status->st_status != 423 || !sip->sip_min_expires ||
	    sip->sip_min_expires->me_delta > EXPIRES_MOST)
		return 0;
	return (unsigned)sip->sip_min_expires->me_delta;
}
