/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Who calls whom, and who sent the call on: between an INVITE and core. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sofia-sip/sip_header.h>
#include <sofia-sip/su_alloc.h>

#include "base/e164.h"
#include "sip/alert.h"
#include "sip/diversion.h"
#include "sip/identity.h"
#include "sip/leg.h"

static struct e164_plan plan_of(const struct agent *a)
{
	const struct country *c = &a->conf->country;

	return (struct e164_plan){ c->country_code, c->national_prefix,
				   c->international_prefix };
}

/* ------------------------------------------------------------------- reading */

void party_number(char number[PARTY_NUMBER_SIZE], const url_t *url)
{
	su_home_t home[1] = { SU_HOME_INIT(home) };
	const char *text = url_as_string(home, url);

	number[0] = '\0';
	if (text && !strncasecmp(text, "tel:", 4))
		identity_number(number, text + 4);
	else if (url->url_user)
		identity_number(number, url->url_user);
	su_home_deinit(home);
}

void party_expand(const struct agent *a, enum number_format format,
		  char number[PARTY_NUMBER_SIZE])
{
	struct e164_plan plan = plan_of(a);

	if (format != NUMBER_UNCHANGED)
		e164_read(number, number, &plan, format == NUMBER_E164);
}

const struct account *party_account(const struct provider *p, const char *user)
{
	const struct list_head *n;

	if (!user)
		return NULL;
	list_for_each(n, &p->accounts) {
		const struct account *a = list_entry(n, struct account, node);

		if (!strcmp(a->user, user))
			return a;
	}
	if (p->account->user[0] && !strcmp(p->account->user, user))
		return p->account;
	return NULL;
}

/* Who is called. A provider that we register with puts the user of our Contact
 * into the Request-URI, and the number dialled into To. A line's own account
 * means that line. */
static int called(const struct provider *p, const sip_t *sip,
		  char number[PARTY_NUMBER_SIZE])
{
	const url_t *url = sip->sip_request->rq_url;
	const struct account *a = party_account(p, url->url_user);

	party_number(number, url);
	if (a && a->number && a->number[0]) {
		snprintf(number, PARTY_NUMBER_SIZE, "%s", a->number);
		return 0;
	}
	if (a && sip->sip_to) {
		char to[PARTY_NUMBER_SIZE];

		party_number(to, sip->sip_to->a_url);
		if (to[0])
			memcpy(number, to, sizeof(to));
	}
	party_expand(p->agent, p->conf->number_format, number);
	if (number[0])
		return 0;
	/* Nothing at all: incomplete. A name: nobody here has one. */
	return url->url_user && url->url_user[0] ? 404 : 484;
}

#define VALUES 2048	/* bytes of all headers of one name */

/* All values of a header in one; NULL: there is none. */
static const char *values(char buf[VALUES], const sip_t *sip, const char *name)
{
	size_t n = 0;

	for (const sip_unknown_t *u = sip->sip_unknown; u; u = u->un_next)
		if (!strcasecmp(u->un_name, name) && u->un_value && n < VALUES)
			n += (size_t)snprintf(buf + n, VALUES - n, "%s%s",
					      n ? ", " : "", u->un_value);
	return n ? buf : NULL;
}

/* from: who it is where nothing asserts it, NULL: nobody then. */
static void identify(const struct provider *p, const sip_t *sip, const sip_from_t *from,
		     struct party *party)
{
	char asserted[VALUES], preferred[VALUES], remote[VALUES];
	su_home_t home[1] = { SU_HOME_INIT(home) };
	struct identity_said said = {
		.asserted = values(asserted, sip, "P-Asserted-Identity"),
		.preferred = values(preferred, sip, "P-Preferred-Identity"),
		.remote_party = values(remote, sip, "Remote-Party-ID"),
	};

	if (from)
		said.from = sip_header_as_string(home, (const sip_header_t *)from);
	if (sip->sip_privacy)
		said.privacy = sip_header_as_string(home,
						    (sip_header_t *)sip->sip_privacy);
	else
		said.privacy = header_text(sip, "Privacy");
	identity_caller(party, &said, p->conf->identity);
	party_expand(p->agent, p->conf->number_format, party->number);
	su_home_deinit(home);
}

int party_read(const struct provider *p, const sip_t *sip, struct leg_offer *o)
{
	char diversion[VALUES], history[VALUES], alert[VALUES];

	identify(p, sip, sip->sip_from, &o->calling);
	diversion_read(&o->diverting, &o->diversion,
		       values(diversion, sip, "Diversion"),
		       values(history, sip, "History-Info"));
	party_expand(p->agent, p->conf->number_format, o->diverting.number);
	alert_read(o->alert, values(alert, sip, "Alert-Info"));
	if (sip->sip_max_forwards)
		o->hops = (unsigned)sip->sip_max_forwards->mf_count;
	o->complete = true;
	return called(p, sip, o->called);
}

void party_connected(struct trunk_leg *t, const sip_t *sip)
{
	identify(t->provider, sip, NULL, &t->leg.connected);
}

/* ------------------------------------------------------------------- writing */

void party_format(const struct agent *a, enum number_format format,
		  char out[PARTY_NUMBER_SIZE], const char *number)
{
	struct e164_plan plan = plan_of(a);

	snprintf(out, PARTY_NUMBER_SIZE, "%s", number);
	if (format == NUMBER_UNCHANGED)
		return;
	e164_read(out, out, &plan, false);
	e164_write(out, out, format, &plan);
}

static void format(const struct trunk_leg *t, char out[PARTY_NUMBER_SIZE],
		   const char *number)
{
	party_format(t->agent, t->policy.number_format, out, number);
}

int party_write(const struct trunk_leg *t, struct party_headers *h)
{
	struct identity_ours ours = { t->user, t->domain, h->tag,
				      t->policy.identity, false };
	char called[PARTY_NUMBER_SIZE], diverting[PARTY_NUMBER_SIZE];
	struct party from = t->offer.calling;
	int n;

	format(t, called, t->offer.called);
	n = scheme_called(h->uri, sizeof(h->uri), called, t);
	if (n < 0)
		return n;
	snprintf(h->to, sizeof(h->to), "<%s>", h->uri);
	snprintf(h->tag, sizeof(h->tag), "%08x", arc4random());
	format(t, from.number, t->offer.calling.number);
	identity_headers(&h->who, &from, &ours);
	format(t, diverting, t->offer.diverting.number);
	diversion_write(h->diversion, sizeof(h->diversion), t->policy.diversion,
			&t->offer, diverting, called, t->domain);
	snprintf(h->hops, sizeof(h->hops), "%u",
		 t->offer.hops ? t->offer.hops - 1 : 70);
	return 0;
}

void party_answers(const struct trunk_leg *t, struct identity_headers *h)
{
	struct identity_ours ours = { t->user, t->domain, "", t->policy.identity, true };
	struct party p = t->connected;

	*h = (struct identity_headers){ 0 };
	if (p.presentation == PRESENTATION_UNAVAILABLE || (!p.number[0] && !p.name[0]))
		return;
	format(t, p.number, p.number[0] ? t->connected.number : t->offer.called);
	identity_headers(h, &p, &ours);
}
