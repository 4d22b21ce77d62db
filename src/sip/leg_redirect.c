/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * 3xx to a call of ours. Followed are numbers of the same provider only, at the
 * same server, and only those that the caller could have dialled: a provider's
 * box that was broken into must not send our calls to where they cost.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sofia-sip/sip_header.h>

#include "base/log.h"
#include "sip/leg.h"

#define REDIRECTIONS 5		/* of one call, then it is a loop */
#define CONTACTS 8		/* of one response that are looked at */

static bool same_host(const char *a, const char *b)
{
	size_t n = strlen(b);

	/* An IPv6 address with or without its brackets. */
	if (b[0] == '[' && n > 2)
		b++, n -= 2;
	if (a[0] == '[')
		return !strncasecmp(a + 1, b, n) && a[n + 1] == ']';
	return !strncasecmp(a, b, n) && !a[n];
}

bool trunk_leg_is_provider(const struct trunk_leg *t, const url_t *url)
{
	const struct config_trunk *c = t->provider->conf;
	char address[ADDRESS_TEXT];

	if (url->url_type == url_tel)
		return true;
	if ((url->url_type != url_sip && url->url_type != url_sips) || !url->url_host)
		return false;
	address_host(address, (const struct sockaddr *)&t->candidate[t->at], false);
	return same_host(url->url_host, t->domain) ||
	       same_host(url->url_host, c->server) ||
	       same_host(url->url_host, address);
}

static double preference(const sip_contact_t *c)
{
	return c->m_q ? strtod(c->m_q, NULL) : 1.0;
}

/* The best one that may be called; its number. */
static bool choose(struct trunk_leg *t, const sip_contact_t *contacts,
		   char number[PARTY_NUMBER_SIZE], char *why, size_t size)
{
	const sip_contact_t *best = NULL;
	unsigned seen = 0;

	snprintf(why, size, "no number that may be called");
	for (const sip_contact_t *c = contacts; c && seen++ < CONTACTS; c = c->m_next) {
		char at[PARTY_NUMBER_SIZE];

		if (!trunk_leg_is_provider(t, c->m_url)) {
			snprintf(why, size, "to another provider");
			continue;
		}
		party_number(at, c->m_url);
		party_expand(t->agent, t->policy.number_format, at);
		if (!at[0])
			continue;
		if (!leg_may_redirect(&t->leg, at)) {
			snprintf(why, size, "the caller may not call %s", at);
			continue;
		}
		if (best && preference(c) <= preference(best))
			continue;
		best = c;
		memcpy(number, at, sizeof(at));
	}
	return best;
}

bool outgoing_redirected(struct trunk_leg *t, const struct happening *h, char *why,
			 size_t size)
{
	char number[PARTY_NUMBER_SIZE];

	if (t->policy.redirect == REDIRECT_REFUSE) {
		snprintf(why, size, "redirections are not followed");
		return false;
	}
	/* 305 names a proxy and 380 something else to do. */
	if (!h->sip || h->status == 305 || h->status == 380 || t->early ||
	    t->provider->trunk.draining) {
		snprintf(why, size, "it cannot be followed");
		return false;
	}
	if (t->redirected++ >= REDIRECTIONS) {
		snprintf(why, size, "it goes in circles");
		return false;
	}
	if (!choose(t, h->sip->sip_contact, number, why, size))
		return false;
	log_info("%s: %s is sent on to %s (%d %s)", t->leg.name, t->offer.called,
		 number, h->status, h->phrase);
	snprintf(t->offer.called, sizeof(t->offer.called), "%s", number);
	return !outgoing_again(t);
}
