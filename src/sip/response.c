/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* What a server wants before it does what we ask for: proof, or a longer time. */
#include <sofia-sip/sip_header.h>

#include "sip/again.h"
#include "sip/digest.h"
#include "sip/internal.h"

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
