/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* A trunk over TLS: whom its server must be, and what becomes of registration,
 * probes and calls when it is not. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "sip/leg.h"
#include "sip/subscription.h"

static bool same(const struct sockaddr_storage *a, const struct sockaddr *b)
{
	const struct sockaddr *x = (const void *)a;

	return access_same_host(x, b) && address_port(x) == address_port(b);
}

static struct target *target_at(const struct provider *p, const struct sockaddr *at)
{
	for (unsigned i = 0; i < p->targets; i++)
		if (same(&p->target[i]->at, at))
			return p->target[i];
	return NULL;
}

static bool has(const struct tls_peer *t, const struct sockaddr *at)
{
	const struct provider *p = list_entry(t, struct provider, tls);

	return target_at(p, at);
}

static void calls_fail(struct provider *p, const struct sockaddr *at,
		       const char *why)
{
	struct list_head *n, *next;

	list_for_each_safe(n, next, &p->agent->legs) {
		struct trunk_leg *t = list_entry(n, struct trunk_leg, node);

		if (t->provider == p && t->at < t->candidates &&
		    same(&t->candidate[t->at], at))
			outgoing_unreachable(t, why);
	}
}

static void account_fails(struct account *a, const struct sockaddr *at,
			  const char *why)
{
	if (same(&a->target, at))
		account_unreachable(a, why);
}

static void works(struct target *t)
{
	char text[ADDRESS_TEXT];

	address_text(text, (struct sockaddr *)&t->at);
	if (t->tls_error[0])
		log_info("trunk %s: TLS with %s works again",
			 t->provider->trunk.name, text);
	t->tls_error[0] = '\0';
	t->tls_refused = false;
}

static void shaken(struct provider *p)
{
	struct list_head *n, *next;

	account_moved(p->account);
	list_for_each_safe(n, next, &p->accounts)
		account_moved(list_entry(n, struct account, node));
	subscriptions_moved(p);
}

static void failed(struct target *t, bool refused, const char *why)
{
	struct provider *p = t->provider;
	const struct sockaddr *at = (struct sockaddr *)&t->at;
	char text[ADDRESS_TEXT], error[TLS_ERROR];
	struct list_head *n, *next;

	address_text(text, at);
	snprintf(error, sizeof(error), "TLS with %s: %s", text, why);
	/* Whether its alert or the end of the connection is seen first differs
	 * from one try to the next. */
	if (!(refused && t->tls_refused) && strcmp(error, t->tls_error))
		log_warning("trunk %s: %s", p->trunk.name, error);
	memcpy(t->tls_error, error, sizeof(error));
	t->tls_refused = refused;
	target_unreachable(t);
	list_for_each_safe(n, next, &p->accounts)
		account_fails(list_entry(n, struct account, node), at, error);
	account_fails(p->account, at, error);
	subscriptions_unreachable(p, at, error);
	calls_fail(p, at, error);
	provider_update(p);
}

static void news(struct tls_peer *peer, const struct sockaddr *at,
		 enum tls_news what, const char *why)
{
	struct provider *p = list_entry(peer, struct provider, tls);
	struct target *t = target_at(p, at);

	if (!t)
		return;
	switch (what) {
	case TLS_SHAKEN:
		/* Who refuses us does so behind it. */
		if (!t->tls_refused)
			works(t);
		shaken(p);
		break;
	case TLS_SPEAKS:
		works(t);
		break;
	case TLS_FAILED:
	case TLS_REFUSED:
		failed(t, what == TLS_REFUSED, why);
		break;
	}
}

int provider_tls_init(struct provider *p, char *why, size_t size)
{
	const struct config_trunk *c = p->conf;
	char host[256], fault[256];
	char *colon;
	int err;

	list_init(&p->tls.node);
	p->tls.has = has;
	p->tls.news = news;
	if (c->transport != TRANSPORT_TLS)
		return 0;
	/* RFC 5922 section 4: the name that is configured, never one of DNS. */
	snprintf(host, sizeof(host), "%s", c->proxy[0] ? c->proxy : c->server);
	colon = strrchr(host, ':');
	if (colon && (strchr(host, ':') == colon || colon[-1] == ']'))
		*colon = '\0';
	err = tls_peer_init(&p->tls, &c->tls, host, c->tls_wildcards, fault,
			    sizeof(fault));
	if (err)
		snprintf(why, size, "%s:%d: trunk \"%s\": %s", c->place.file,
			 c->place.line, c->name, fault);
	return err;
}
