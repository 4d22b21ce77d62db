/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* The providers: made, changed and taken away with the configuration. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "sip/digest.h"
#include "sip/leg.h"
#include "sip/outside.h"
#include "sip/subscription.h"

static const struct trunk_ops ops = { .leg_new = trunk_leg_outgoing };

const char *provider_domain(const struct provider *p)
{
	return p->conf->domain[0] ? p->conf->domain : p->conf->server;
}

/* ------------------------------------------------------------------ up, down */

static const char *no_target(const struct provider *p)
{
	const struct lookup *l = p->proxy ? p->proxy : p->server;
	const struct sockaddr_storage *at;
	const char *error = lookup_error(l);

	if (lookup_addresses(l, &at))
		return "sip.listen has no address of the server's transport and "
		       "family";
	return error[0] ? error : "looking for the server";
}

/* "" when calls can be made. */
static void why_down(const struct provider *p, char *why, size_t size)
{
	const struct account *a = p->account;
	const struct target *t = provider_target(p);

	why[0] = '\0';
	if (!t)
		snprintf(why, size, "%s", no_target(p));
	else if (t->fsm.state == TARGET_PROBING)
		snprintf(why, size, "waiting for the server's first answer");
	else if (target_silent(t))
		snprintf(why, size, "%s", t->error);
	else if (a->registers && !account_registered(a))
		snprintf(why, size, "not registered%s%s", a->error[0] ? ": " : "",
			 a->error);
}

void provider_update(struct provider *p)
{
	char why[sizeof(p->trunk.why_down)];

	if (!p->in_box)
		return;
	why_down(p, why, sizeof(why));
	if (p->trunk.up == !why[0] &&
	    (p->trunk.up || !strcmp(why, p->trunk.why_down)))
		return;
	if (why[0] && p->trunk.up)
		log_warning("trunk %s is down: %s", p->trunk.name, why);
	else if (!why[0])
		log_info("trunk %s is up", p->trunk.name);
	trunk_set_up(&p->trunk, !why[0], why[0] ? why : NULL);
}

void provider_each_account(struct provider *p, void (*fn)(struct account *))
{
	struct list_head *n, *next;

	fn(p->account);
	list_for_each_safe(n, next, &p->accounts)
		fn(list_entry(n, struct account, node));
}

/* -------------------------------------------------------------------- access */

static bool comes_from(const struct provider *p, const struct sockaddr *from)
{
	const struct lookup *const lookups[] = { p->server, p->proxy };

	for (unsigned i = 0; i < 2; i++) {
		const struct sockaddr_storage *at;
		unsigned count = lookups[i] ? lookup_addresses(lookups[i], &at) : 0;

		for (unsigned k = 0; k < count; k++)
			if (access_same_host((const struct sockaddr *)&at[k], from))
				return true;
	}
	for (size_t i = 0; i < p->accept_count; i++)
		if (access_matches(&p->accept[i], from))
			return true;
	return false;
}

static bool has_user(const struct provider *p, const char *user)
{
	const struct list_head *n;

	if (p->account->user[0] && !strcmp(p->account->user, user))
		return true;
	list_for_each(n, &p->accounts)
		if (!strcmp(list_entry(n, struct account, node)->user, user))
			return true;
	return false;
}

/* One that drains still has calls. */
bool agent_knows(void *arg, const struct sockaddr *from)
{
	const struct agent *a = arg;
	const struct list_head *n;

	list_for_each(n, &a->providers)
		if (comes_from(list_entry(n, struct provider, node), from))
			return true;
	return false;
}

struct provider *provider_from(struct agent *a, const struct sockaddr *from,
			       const char *user)
{
	struct provider *first = NULL;
	struct list_head *n;

	list_for_each(n, &a->providers) {
		struct provider *p = list_entry(n, struct provider, node);

		if (p->trunk.draining || !comes_from(p, from))
			continue;
		if (user && has_user(p, user))
			return p;
		if (!first)
			first = p;
	}
	return first;
}

struct account *provider_account(const struct provider *p, const char *line)
{
	const struct list_head *n;

	if (line)
		list_for_each(n, &p->accounts) {
			struct account *a = list_entry(n, struct account, node);

			if (!strcmp(a->line, line))
				return a;
		}
	return p->account;
}

/* --------------------------------------------------------------------- making */

static int open_lookups(struct provider *p)
{
	struct agent *a = p->agent;
	const struct config_trunk *c = p->conf;
	char host[256], *colon;
	unsigned long port = 0;

	p->server = lookup_new(a->resolver, c->server, c->port, c->transport,
			       provider_found, p);
	if (!p->server)
		return -ENOMEM;
	if (c->public_address[0]) {
		p->outside = outside_new(a->loop, a->resolver, c->public_address,
					 c->name, provider_outside_changed, p);
		if (!p->outside)
			return -ENOMEM;
	}
	if (!c->proxy[0])
		return 0;
	snprintf(host, sizeof(host), "%s", c->proxy);
	colon = strrchr(host, ':');
	/* "[2001:db8::1]:5060" and "host:5060", but not "2001:db8::1". */
	if (colon && (strchr(host, ':') == colon || colon[-1] == ']')) {
		*colon = '\0';
		port = strtoul(colon + 1, NULL, 10);
	}
	p->proxy = lookup_new(a->resolver, host, (uint16_t)port, c->transport,
			      provider_found, p);
	return p->proxy ? 0 : -ENOMEM;
}

static int read_access(struct provider *p, char *why, size_t size)
{
	const struct config_trunk *c = p->conf;

	p->accept = calloc(c->accept_from_count + 1, sizeof(*p->accept));
	if (!p->accept)
		return -ENOMEM;
	for (size_t i = 0; i < c->accept_from_count; i++)
		if (access_parse(&p->accept[p->accept_count++], c->accept_from[i])) {
			snprintf(why, size, "%s:%d: trunk \"%s\": accept_from "
				 "\"%s\" is no address and no network; write "
				 "\"192.0.2.1\" or \"192.0.2.0/24\"", c->place.file,
				 c->place.line, c->name, c->accept_from[i]);
			return -EINVAL;
		}
	return 0;
}

static int read_accept_secret(struct provider *p, char *why, size_t size)
{
	const struct config_trunk *c = p->conf;

	if (!c->accept_user[0] || !c->accept_secret_file[0])
		return 0;
	p->accept_secret = secret_read(c->accept_secret_file, why, size);
	return p->accept_secret ? 0 : -EINVAL;
}

static void set_limit(struct provider *p)
{
	p->trunk.limit.max = p->conf->limit.max;
	p->trunk.limit.max_in = p->conf->limit.max_in;
	p->trunk.limit.max_out = p->conf->limit.max_out;
	provider_set_rate(p);
}

/* The lines with an account of their own that calls through this trunk. */
static int make_line_accounts(struct provider *p, const struct config *conf,
			      char *why, size_t size)
{
	for (size_t i = 0; i < conf->line_count; i++) {
		const struct config_line *l = &conf->lines[i];
		struct account *acc;

		if (!l->user[0] || strcmp(l->trunk, p->trunk.name))
			continue;
		acc = account_new(p, l, why, size);
		if (!acc)
			return -EINVAL;
		list_add_before(&p->accounts, &acc->node);
	}
	return 0;
}

/* An IPv6 address stands in brackets in a URI. */
static int bracket_domain(struct config_trunk *c)
{
	const char *domain = c->domain[0] ? c->domain : c->server;
	struct sockaddr_storage a;
	char text[ADDRESS_TEXT];

	if (address_parse(&a, domain, 0) || a.ss_family != AF_INET6)
		return 0;
	address_host(text, (struct sockaddr *)&a, true);
	free((char *)c->domain);
	c->domain = strdup(text);
	return c->domain ? 0 : -ENOMEM;
}

static struct provider *make(struct agent *a, const struct config *conf,
			     const struct config_trunk *c, char *why, size_t size)
{
	struct provider *p = calloc(1, sizeof(*p));

	snprintf(why, size, "out of memory");
	if (!p)
		return NULL;
	p->agent = a;
	list_init(&p->node);
	list_init(&p->accounts);
	list_init(&p->subscriptions);
	p->conf = trunk_conf_copy(c);
	if (!p->conf)
		goto fail;
	if (bracket_domain(p->conf))
		goto fail;
	p->trunk.name = p->conf->name;
	p->trunk.conf = p->conf;
	p->trunk.ops = &ops;
	snprintf(p->trunk.why_down, sizeof(p->trunk.why_down),
		 "looking for the server");
	set_limit(p);
	if (c->srtp && c->transport != TRANSPORT_TLS)
		log_warning("trunk %s: srtp over %s: whoever reads the signalling "
			    "has the keys; use transport = \"tls\"", c->name,
			    transport_name(c->transport));
	if (read_access(p, why, size) || read_accept_secret(p, why, size))
		goto fail;
	if (provider_tls_init(p, why, size))
		goto fail;
	p->account = account_new(p, NULL, why, size);
	if (!p->account || make_line_accounts(p, conf, why, size))
		goto fail;
	snprintf(why, size, "out of memory");
	if (subscriptions_make(p, conf) || open_lookups(p))
		goto fail;
	return p;
fail:
	provider_free(p);
	return NULL;
}

static void start(struct provider *p)
{
	list_add_before(&p->agent->providers, &p->node);
	box_trunk_add(p->agent->box, &p->trunk);
	p->in_box = true;
	if (p->tls.context)
		tls_peer_use(&p->tls);
	provider_each_account(p, account_start);
	subscriptions_start(p);
	provider_update(p);
}

/* No new calls; it leaves with its last one. */
static void drain(struct provider *p)
{
	if (p->trunk.draining)
		return;
	p->trunk.draining = true;
	for (unsigned i = 0; i < p->targets; i++)
		target_stop(p->target[i]);
	subscriptions_stop(p);
	provider_each_account(p, account_stop);
	agent_settle(p->agent);
}

static bool all_stopped(const struct provider *p)
{
	const struct list_head *n;

	if (p->account->fsm.state != ACCOUNT_STOPPED)
		return false;
	list_for_each(n, &p->accounts)
		if (list_entry(n, struct account, node)->fsm.state !=
		    ACCOUNT_STOPPED)
			return false;
	return subscriptions_stopped(p);
}

void provider_settle(struct provider *p)
{
	subscriptions_settle(p);
	if (p->trunk.draining && !p->legs && all_stopped(p) &&
	    p->agent->state == AGENT_RUNS)
		provider_free(p);
}

void provider_leg_gone(struct provider *p)
{
	p->legs--;
	agent_settle(p->agent);
}

void provider_free(struct provider *p)
{
	if (!p)
		return;
	for (unsigned i = 0; i < p->targets; i++)
		target_free(p->target[i]);
	if (p->in_box)
		box_trunk_remove(p->agent->box, &p->trunk);
	list_remove(&p->node);
	subscriptions_free(p);
	while (!list_empty(&p->accounts))
		account_free(list_entry(p->accounts.next, struct account, node));
	account_free(p->account);
	tls_peer_fini(&p->tls);
	lookup_free(p->server);
	lookup_free(p->proxy);
	outside_free(p->outside);
	free(p->accept);
	secret_free(p->accept_secret);
	trunk_conf_free(p->conf);
	free(p);
}

/* -------------------------------------------------------------------- reload */

static struct provider *find(const struct agent *a, const char *name)
{
	const struct list_head *n;

	list_for_each(n, &a->providers) {
		struct provider *p = list_entry(n, struct provider, node);

		if (!p->trunk.draining && !strcmp(p->trunk.name, name))
			return p;
	}
	return NULL;
}

static bool same_account(const struct account *a, const struct account *b)
{
	return !strcmp(a->user, b->user) && !strcmp(a->auth_user, b->auth_user) &&
	       !strcmp(a->secret ? a->secret : "", b->secret ? b->secret : "") &&
	       a->registers == b->registers;
}

static bool same_accounts(const struct provider *a, const struct provider *b)
{
	const struct list_head *x = a->accounts.next, *y = b->accounts.next;

	if (!same_account(a->account, b->account))
		return false;
	for (; x != &a->accounts && y != &b->accounts; x = x->next, y = y->next) {
		const struct account *k = list_entry(x, struct account, node);
		const struct account *l = list_entry(y, struct account, node);

		if (strcmp(k->line, l->line) || !same_account(k, l))
			return false;
	}
	return x == &a->accounts && y == &b->accounts;
}

/* The new one has nothing but what does not touch the server: the old one takes
 * it over and stays, with its registration and its counts. */
static void take_over(struct provider *old, struct provider *new)
{
	struct config_trunk *conf = old->conf;
	struct access_network *accept = old->accept;
	char *secret = old->accept_secret;

	old->conf = new->conf;
	new->conf = conf;
	old->accept = new->accept;
	new->accept = accept;
	old->accept_secret = new->accept_secret;
	new->accept_secret = secret;
	old->accept_count = new->accept_count;
	old->trunk.name = old->conf->name;
	old->trunk.conf = old->conf;
	for (unsigned i = 0; i < old->targets; i++)
		old->target[i]->fsm.id = old->trunk.name;
	tls_peer_swap(&old->tls, &new->tls);
	set_limit(old);
	subscriptions_take_over(old, new);
	provider_free(new);
}

/* Two steps, so that a fault leaves all as it was: make, then change. */
int providers_load(struct agent *a, const struct config *conf, char *why,
		   size_t size)
{
	struct provider **made = calloc(conf->trunk_count + 1, sizeof(*made));
	struct list_head *n, *next;

	if (!made) {
		snprintf(why, size, "out of memory");
		return -ENOMEM;
	}
	for (size_t i = 0; i < conf->trunk_count; i++) {
		made[i] = make(a, conf, &conf->trunks[i], why, size);
		if (made[i])
			continue;
		while (i--)
			provider_free(made[i]);
		free(made);
		return -EINVAL;
	}
	list_for_each_safe(n, next, &a->providers) {
		struct provider *p = list_entry(n, struct provider, node);

		if (!config_trunk(conf, p->trunk.name))
			drain(p);
	}
	for (size_t i = 0; i < conf->trunk_count; i++) {
		struct provider *old = find(a, made[i]->trunk.name);

		if (old && trunk_conf_same_server(old->conf, made[i]->conf) &&
		    same_accounts(old, made[i])) {
			take_over(old, made[i]);
			continue;
		}
		if (old)
			drain(old);
		start(made[i]);
	}
	free(made);
	return 0;
}

void providers_stop(struct agent *a)
{
	struct list_head *n, *next;

	list_for_each_safe(n, next, &a->providers)
		drain(list_entry(n, struct provider, node));
}

bool providers_stopped(const struct agent *a)
{
	const struct list_head *n;

	list_for_each(n, &a->providers)
		if (!all_stopped(list_entry(n, struct provider, node)))
			return false;
	return true;
}
