/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* REGISTER: what is sent, and what is read of the answers. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/su_string.h>

#include "sip/again.h"
#include "sip/digest.h"
#include "sip/leg.h"

#define STALE_MOST 2
#define REFUSED "the registrar refuses this user or secret"

void register_drop(struct account *a)
{
	if (a->nh)
		nua_handle_destroy(a->nh);
	a->nh = NULL;
}

static int new_handle(struct account *a, const char *aor)
{
	char from[360];

	if (a->nh)
		return 0;
	snprintf(from, sizeof(from), "<%s>;tag=%s", aor, a->tag);
	a->nh = nua_handle(a->provider->agent->nua, (nua_hmagic_t *)&a->owner,
			   NUTAG_URL(aor), SIPTAG_FROM_STR(from), TAG_END());
	return a->nh ? 0 : -ENOMEM;
}

static void refuse(struct account *a, int status, const char *words,
		   unsigned retry_after)
{
	if (status && status < 700)
		snprintf(a->error, sizeof(a->error), "%d %s", status, words);
	else
		snprintf(a->error, sizeof(a->error), "%s", words);
	account_refused(a, status, retry_after);
}

int register_contact(const struct account *a, const struct sockaddr *target,
		     char *contact, size_t size)
{
	/* RFC 6140 section 5.2: no user, for the registrar puts each number in. */
	int err = scheme_binding(a->provider, target, a->gin ? "" : a->user, contact,
				 size);
	size_t n;

	if (err || !a->gin)
		return err;
	n = strlen(contact) - 1;
	return snprintf(contact + n, size - n, ";bnc>") < (int)(size - n) ? 0 :
									    -ENOSPC;
}

/* The best target's address, and ours for it. */
static int aim(struct account *a)
{
	struct provider *p = a->provider;
	const struct sockaddr_storage *target = provider_registrar(p, a);
	char contact[320];
	int err;

	if (!target)
		return -EHOSTUNREACH;
	err = register_contact(a, (const struct sockaddr *)target, contact,
			       sizeof(contact));
	if (err)
		return err;
	free(a->contact);
	a->contact = strdup(contact);
	if (!a->contact)
		return -ENOMEM;
	a->target = *target;
	return 0;
}

/* Calls to where we were before must not go there (section 10.2.2): it may be
 * another's address by now. */
static void name_contacts(char *buf, size_t size, const struct account *a)
{
	bool left = a->bound && strcmp(a->bound, a->contact);

	snprintf(buf, size, "%s%s%s%s", a->contact, left ? ", " : "",
		 left ? a->bound : "", left ? ";expires=0" : "");
}

static int send_register(struct account *a, unsigned expires)
{
	struct provider *p = a->provider;
	char contacts[700];
	char aor[300], to[310], registrar[270], url[TARGET_URL], text[12];
	int err = expires || !a->contact ? aim(a) : 0;

	if (err)
		return err;
	snprintf(aor, sizeof(aor), "%s:%.128s@%.128s", scheme_of(p), a->user,
		 provider_domain(p));
	snprintf(to, sizeof(to), "<%s>", aor);
	snprintf(registrar, sizeof(registrar), "%s:%.250s", scheme_of(p),
		 provider_domain(p));
	target_url(url, (struct sockaddr *)&a->target, p->conf->transport);
	snprintf(text, sizeof(text), "%u", expires);
	err = new_handle(a, aor);
	if (err)
		return err;
	a->challenged = 0;
	name_contacts(contacts, sizeof(contacts), a);
	/* RFC 3327: proxies on the way may add Path only if we say so. */
	nua_method(a->nh, NUTAG_METHOD("REGISTER"), NUTAG_URL(registrar),
		   NUTAG_PROXY(url), NUTAG_DIALOG(0), SIPTAG_TO_STR(to),
		   SIPTAG_CALL_ID_STR(a->call_id), SIPTAG_CONTACT_STR(contacts),
		   SIPTAG_SUPPORTED_STR("path"),
		   SIPTAG_HEADER_STR(transfer_allows(a->provider->conf->transfer)),
		   TAG_IF(a->gin, SIPTAG_REQUIRE_STR("gin")),
		   TAG_IF(a->gin, SIPTAG_PROXY_REQUIRE_STR("gin")), SIPTAG_EXPIRES_STR(text),
		   TAG_END());
	return 0;
}

void register_send(struct account *a, unsigned expires)
{
	int err = send_register(a, expires);

	if (err == -EAFNOSUPPORT)
		refuse(a, 0, "sip.listen has no address of this transport and "
		       "family", 0);
	else if (err)
		refuse(a, 0, strerror(-err), 0);
}

/* What the registrar granted for our own contact (section 10.3 step 8). */
static unsigned granted(const struct account *a, const sip_t *sip)
{
	unsigned s = a->ask_s;
	const sip_contact_t *m;

	if (sip->sip_expires)
		s = (unsigned)sip->sip_expires->ex_delta;
	for (m = sip->sip_contact; m; m = m->m_next) {
		const char *user = m->m_url->url_user;

		if (strcmp(user ? user : "", a->gin ? "" : a->user))
			continue;
		if (m->m_expires)
			s = (unsigned)strtoul(m->m_expires, NULL, 10);
		/* Ours exactly, or at least one with our user. */
		if (m->m_url->url_host && strstr(a->contact, m->m_url->url_host) &&
		    (!m->m_url->url_port || strstr(a->contact, m->m_url->url_port)))
			break;
	}
	return s > EXPIRES_MOST ? EXPIRES_MOST : s;
}

static void keep_route(struct account *a, const sip_t *sip)
{
	char route[512] = "";
	size_t n = 0;

	for (const sip_service_route_t *r = sip->sip_service_route; r;
	     r = r->r_next) {
		su_home_t home[1] = { SU_HOME_INIT(home) };
		const char *url = url_as_string(home, r->r_url);

		if (url && n + strlen(url) + 4 < sizeof(route))
			n += (size_t)snprintf(route + n, sizeof(route) - n, "%s<%s>",
					      n ? "," : "", url);
		su_home_deinit(home);
	}
	free(a->service_route);
	a->service_route = n ? strdup(route) : NULL;
}

static void keep_flow_timer(struct account *a, const sip_t *sip)
{
	const char *text = header_text(sip, "Flow-Timer");
	unsigned long s = text ? strtoul(text, NULL, 10) : 0;

	provider_flow_timer(a->provider, &a->target,
			    s < EXPIRES_MOST ? (unsigned)s : 0);
}

static bool is_stale(const sip_t *sip)
{
	const msg_auth_t *const lists[] = { sip ? sip->sip_www_authenticate : NULL,
					    sip ? sip->sip_proxy_authenticate : NULL };

	for (unsigned i = 0; i < 2; i++)
		for (const msg_auth_t *ch = lists[i]; ch; ch = ch->au_next) {
			const char *s = msg_header_find_param(ch->au_common, "stale=");

			if (s && su_casematch(s + (*s == '"'), *s == '"' ? "true\"" :
							       "true"))
				return true;
		}
	return false;
}

/* RFC 7616 section 3.3: what we know is right, only the nonce is old. The library
 * has taken the new one itself, a few times; then all is begun anew. */
static bool begins_anew(struct account *a, const struct happening *h)
{
	if (!is_stale(h->sip))
		return false;
	if (a->stale++ < STALE_MOST) {
		account_renew(a);
		return true;
	}
	snprintf(a->error, sizeof(a->error), "%d the registrar finds each nonce of "
		 "its own stale", h->status);
	account_refused(a, 500, 0);
	return true;
}

/* There may be registrars that take one contact at a time. */
static bool goes_without_the_old(struct account *a, int status)
{
	if (a->fsm.state == ACCOUNT_UNREGISTERING || !a->bound ||
	    !strcmp(a->bound, a->contact) || status < 400 || status >= 500 ||
	    status == 401 || status == 407 || status == 408 || status == 423)
		return false;
	free(a->bound);
	a->bound = NULL;
	account_renew(a);
	return true;
}

static const char *why_refused(const struct account *a, const sip_t *sip)
{
	const char *fault = digest_fault(sip, a->provider->conf->realm);

	if (fault)
		return fault;
	return a->secret ? REFUSED : "the registrar wants a secret; set secret_file";
}

static void answered(struct account *a, const struct happening *h)
{
	const sip_t *sip = h->sip;
	unsigned retry_after = sip && sip->sip_retry_after ?
				       (unsigned)sip->sip_retry_after->af_delta : 0;

	if (h->status < 300 && sip) {
		unsigned s = granted(a, sip);

		a->stale = 0;
		free(a->bound);
		a->bound = strdup(a->contact);
		keep_route(a, sip);
		keep_flow_timer(a, sip);
		account_granted(a, s);
	} else if (h->status == 423 && sip && sip->sip_min_expires &&
		   sip->sip_min_expires->me_delta > a->ask_s &&
		   sip->sip_min_expires->me_delta <= EXPIRES_MOST) {
		/* The library has asked again already, once or twice. */
		a->ask_s = (unsigned)sip->sip_min_expires->me_delta;
		refuse(a, h->status, h->phrase, 1);
	} else if (h->status == 401 || h->status == 407 || h->status == 904) {
		refuse(a, h->status == 904 ? 401 : h->status, why_refused(a, sip),
		       retry_after);
	} else {
		refuse(a, sip ? h->status : 0, sip || h->status < 700 ? h->phrase :
		       "the request could not be sent", retry_after);
	}
}

void register_happened(struct owner *o, const struct happening *h)
{
	struct account *a = (struct account *)o;
	const struct proving by = { a->auth_user, a->secret,
				    a->provider->conf->realm };
	unsigned least;

	switch (h->event) {
	case nua_r_method:
		if (h->status < 200) {
			least = response_least(h);
			if (least)
				a->ask_s = least;
			return;
		}
		if (response_challenges(h) && begins_anew(a, h))
			return;
		if (response_proven(h, &by, &a->challenged))
			return;
		if (goes_without_the_old(a, h->status))
			return;
		answered(a, h);
		return;
	case nua_r_authenticate:
		if (h->status >= 300)
			refuse(a, 401, REFUSED, 0);	/* not once more */
		return;
	default:
		if (nua_event_is_incoming_request(h->event))
			request_answer(a->provider->agent, h, 481,
				       "Call/Transaction Does Not Exist");
		return;
	}
}
