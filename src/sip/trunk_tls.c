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

static void calls_fail(struct provider *p, const struct sockaddr *at)
{
	struct list_head *n, *next;

	list_for_each_safe(n, next, &p->agent->legs) {
		struct trunk_leg *t = list_entry(n, struct trunk_leg, node);

		if (t->provider == p && t->at < t->candidates &&
		    same(&t->candidate[t->at], at))
			outgoing_unreachable(t, p->tls_error);
	}
}

static void account_fails(struct account *a, const struct sockaddr *at)
{
	if (same(&a->target, at))
		account_unreachable(a, a->provider->tls_error);
}

static void ended(struct tls_peer *t, const struct sockaddr *at, const char *why)
{
	struct provider *p = list_entry(t, struct provider, tls);
	char text[ADDRESS_TEXT], error[TLS_ERROR];
	struct list_head *n, *next;
	struct target *target;

	address_text(text, at);
	if (!why[0]) {
		if (p->tls_error[0])
			log_info("trunk %s: TLS with %s works again",
				 p->trunk.name, text);
		p->tls_error[0] = '\0';
		account_moved(p->account);
		list_for_each_safe(n, next, &p->accounts)
			account_moved(list_entry(n, struct account, node));
		subscriptions_moved(p);
		return;
	}
	snprintf(error, sizeof(error), "TLS with %s: %s", text, why);
	if (strcmp(error, p->tls_error))
		log_warning("trunk %s: %s", p->trunk.name, error);
	memcpy(p->tls_error, error, sizeof(error));
	target = target_at(p, at);
	if (target)
		target_unreachable(target);
	list_for_each_safe(n, next, &p->accounts)
		account_fails(list_entry(n, struct account, node), at);
	account_fails(p->account, at);
	subscriptions_unreachable(p, at);
	calls_fail(p, at);
	provider_update(p);
}

int provider_tls_init(struct provider *p, char *why, size_t size)
{
	const struct config_trunk *c = p->conf;
	char host[256], fault[256];
	char *colon;
	int err;

	list_init(&p->tls.node);
	p->tls.has = has;
	p->tls.ended = ended;
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
