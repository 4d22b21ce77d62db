/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * targets.c - the addresses of a provider's server, and which of them a request
 * goes to first: one that answers before one that just failed, that before a
 * silent one; among these the one that holds the registration, then by the
 * priorities and weights of DNS.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "sip/internal.h"
#include "sip/subscription.h"

#define AVOID_MOST_S 300

static bool same(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
	const struct sockaddr *x = (const void *)a, *y = (const void *)b;

	return x->sa_family == y->sa_family && access_same_host(x, y) &&
	       address_port(x) == address_port(y);
}

static int find(const struct provider *p, const struct sockaddr_storage *at)
{
	for (unsigned i = 0; i < p->targets; i++)
		if (same(&p->target[i]->at, at))
			return (int)i;
	return -1;
}

/* ------------------------------------------------------------------- order */

enum worth { WORTH_GOOD, WORTH_UNKNOWN, WORTH_AVOIDED, WORTH_SILENT };

static enum worth worth(const struct target *t)
{
	if (target_silent(t))
		return WORTH_SILENT;
	if (t->avoid_until > agent_timers(t->provider->agent)->now_ms)
		return WORTH_AVOIDED;
	return t->fsm.state == TARGET_PROBING ? WORTH_UNKNOWN : WORTH_GOOD;
}

/* holder_first: before better priorities, not only among equal ones. */
static unsigned order(const struct provider *p, const struct sockaddr_storage *holder,
		      bool holder_first, unsigned index[LOOKUP_MAX])
{
	unsigned key[LOOKUP_MAX];

	for (unsigned i = 0; i < p->targets; i++) {
		const struct target *t = p->target[i];
		unsigned other = !holder || !same(&t->at, holder), k = i;

		key[i] = worth(t) << 16 | t->rank << 8 | other << 4 | i;
		if (holder_first)
			key[i] = worth(t) << 16 | other << 15 | t->rank << 4 | i;
		for (; k && key[index[k - 1]] > key[i]; k--)
			index[k] = index[k - 1];
		index[k] = i;
	}
	return p->targets;
}

static const struct sockaddr_storage *holder(const struct account *a)
{
	return account_registered(a) ? &a->target : NULL;
}

unsigned provider_candidates(const struct provider *p, const struct account *a,
			     struct sockaddr_storage at[LOOKUP_MAX])
{
	unsigned index[LOOKUP_MAX], n = order(p, holder(a), true, index);

	for (unsigned i = 0; i < n; i++)
		at[i] = p->target[index[i]]->at;
	return n;
}

const struct sockaddr_storage *provider_registrar(const struct provider *p,
						  const struct account *a)
{
	unsigned index[LOOKUP_MAX];

	if (!order(p, holder(a), false, index))
		return NULL;
	return &p->target[index[0]]->at;
}

const struct target *provider_target(const struct provider *p)
{
	unsigned index[LOOKUP_MAX];

	if (!order(p, holder(p->account), true, index))
		return NULL;
	return p->target[index[0]];
}

bool provider_lost(const struct provider *p, const struct sockaddr_storage *at)
{
	int i = find(p, at);

	return i < 0 || target_silent(p->target[i]);
}

void provider_target_failed(struct provider *p, const struct sockaddr_storage *at,
			    unsigned avoid_s)
{
	int i = find(p, at);

	if (i >= 0)
		target_failed(p->target[i],
			      avoid_s < AVOID_MOST_S ? avoid_s : AVOID_MOST_S);
	provider_look_again(p);
}

void provider_look_again(struct provider *p)
{
	lookup_again(p->proxy ? p->proxy : p->server);
}

/* ------------------------------------------------------------ coming, going */

void provider_set_rate(struct provider *p)
{
	struct limit *l = &p->trunk.limit;
	bool ipv6 = false;

	for (unsigned i = 0; i < p->targets; i++)
		ipv6 = ipv6 || p->target[i]->at.ss_family == AF_INET6;
	l->max_kbit = p->conf->max_kbit;
	l->call_kbit = config_trunk_kbit(p->conf, ipv6);
}

void provider_target_changed(struct provider *p)
{
	provider_set_rate(p);
	provider_each_account(p, account_target);
	subscriptions_ready(p);
	provider_update(p);
}

void provider_renew(struct provider *p)
{
	if (p->trunk.draining)
		return;
	for (unsigned i = 0; i < p->targets; i++)
		target_failed(p->target[i], 0);
	provider_each_account(p, account_renew);
	subscriptions_renew(p);
}

void provider_flow_lost(struct provider *p, const struct sockaddr_storage *at)
{
	struct list_head *n, *next;
	int i = find(p, at);

	if (i < 0)
		return;
	/* Whether it still answers. */
	target_failed(p->target[i], 0);
	if (same(&p->account->target, at))
		account_flow_lost(p->account);
	list_for_each_safe(n, next, &p->accounts) {
		struct account *a = list_entry(n, struct account, node);

		if (same(&a->target, at))
			account_flow_lost(a);
	}
}

void provider_flow_timer(struct provider *p, const struct sockaddr_storage *at,
			 unsigned s)
{
	int i = find(p, at);

	if (i >= 0)
		p->target[i]->keepalive.flow_timer_s = s;
}

/* Takes the one with that address out of the old ones, or makes it. */
static struct target *take(struct provider *p, struct target *old[], unsigned count,
			   const struct sockaddr_storage *at)
{
	for (unsigned i = 0; i < count; i++) {
		struct target *t = old[i];

		if (!t || !same(&t->at, at))
			continue;
		old[i] = NULL;
		return t;
	}
	return target_new(p, at);
}

void provider_found(void *arg)
{
	struct provider *p = arg;
	const struct lookup *l = p->proxy ? p->proxy : p->server;
	const struct sockaddr_storage *at;
	struct sockaddr_storage local;
	unsigned count = lookup_addresses(l, &at), had = p->targets;
	struct target *old[LOOKUP_MAX];

	memcpy(old, p->target, sizeof(old));
	p->targets = 0;
	for (unsigned i = 0; i < count; i++) {
		struct target *t;

		if (agent_local(p->agent, p->conf->transport,
				(const struct sockaddr *)&at[i], &local) ||
		    find(p, &at[i]) >= 0)
			continue;
		t = take(p, old, had, &at[i]);
		if (!t)
			continue;	/* out of memory */
		t->rank = lookup_rank(l, i);
		p->target[p->targets++] = t;
	}
	for (unsigned i = 0; i < had; i++)
		target_free(old[i]);
	for (unsigned i = 0; i < p->targets; i++)
		target_start(p->target[i]);
	provider_target_changed(p);
}
