/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* The mailboxes of a trunk's lines: each is subscribed to once. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sip/leg.h"
#include "sip/subscription.h"

#define ASK_LEAST_S 60

static struct subscription *entry(const struct list_head *n)
{
	return list_entry(n, struct subscription, node);
}

static void free_one(struct subscription *s)
{
	subscription_fini(s);
	list_remove(&s->node);
	free(s->name);
	free(s->mailbox);
	free(s->aor);
	free(s);
}

/* One that is no line's any more does not count. */
static struct subscription *find(const struct provider *p, const char *mailbox,
				 const char *aor, const char *user)
{
	const struct list_head *n;

	list_for_each(n, &p->subscriptions) {
		struct subscription *s = entry(n);

		if (!s->retired && !strcmp(s->mailbox, mailbox) &&
		    !strcmp(s->aor, aor) && !strcmp(s->account->user, user))
			return s;
	}
	return NULL;
}

static int add(struct provider *p, struct account *a, const char *mailbox,
	       const char *aor)
{
	struct subscription *s = calloc(1, sizeof(*s));
	const struct config_trunk *c = p->conf;
	size_t size = strlen(c->name) + strlen(mailbox) + 32;

	if (!s)
		return -ENOMEM;
	s->provider = p;
	s->account = a;
	s->ask_s = c->expires > ASK_LEAST_S ? c->expires : ASK_LEAST_S;
	s->mailbox = strdup(mailbox);
	s->aor = strdup(aor);
	s->name = malloc(size);
	if (s->name)
		snprintf(s->name, size, "trunk %s, mailbox %s", c->name, mailbox);
	subscription_init(s);
	list_add_before(&p->subscriptions, &s->node);
	return s->mailbox && s->aor && s->name ? 0 : -ENOMEM;
}

/* As core tells which line shows what (core/messages.c). */
static int add_for_line(struct provider *p, const struct config_line *l)
{
	bool own = !strcmp(l->trunk, p->trunk.name);
	const char *mailbox = *l->mailbox ? l->mailbox : *l->user ? l->user : l->number;
	struct account *a = own ? provider_account(p, l->name) : p->account;
	char user[PARTY_NUMBER_SIZE], aor[300];

	if (l->kind == PORT_FXO || !*mailbox || !(own || (!*l->trunk && *l->mailbox)))
		return 0;
	if (mailbox == l->number)
		party_format(p->agent, p->conf->number_format, user, mailbox);
	else
		snprintf(user, sizeof(user), "%s", mailbox);
	snprintf(aor, sizeof(aor), "%s:%.128s@%.128s", scheme_of(p), user,
		 provider_domain(p));
	return find(p, mailbox, aor, a->user) ? 0 : add(p, a, mailbox, aor);
}

int subscriptions_make(struct provider *p, const struct config *conf)
{
	int err = 0;

	if (p->conf->voicemail != VOICEMAIL_SUBSCRIBE)
		return 0;
	for (size_t i = 0; i < conf->line_count && !err; i++)
		err = add_for_line(p, &conf->lines[i]);
	return err;
}

void subscriptions_free(struct provider *p)
{
	while (!list_empty(&p->subscriptions))
		free_one(entry(p->subscriptions.next));
}

/* The accounts of both are the same, or the old provider would not stay. */
void subscriptions_take_over(struct provider *old, struct provider *new)
{
	struct list_head *n, *next;

	list_for_each_safe(n, next, &old->subscriptions) {
		struct subscription *s = entry(n);

		if (find(new, s->mailbox, s->aor, s->account->user))
			continue;
		s->retired = true;
		subscription_stop(s);
	}
	list_for_each(n, &new->subscriptions) {
		const struct subscription *s = entry(n);
		const char *line = s->account->line;

		if (!find(old, s->mailbox, s->aor, s->account->user) &&
		    add(old, provider_account(old, line), s->mailbox, s->aor))
			break;
	}
	subscriptions_start(old);
	agent_settle(old->agent);
}

void subscriptions_settle(struct provider *p)
{
	struct list_head *n, *next;

	list_for_each_safe(n, next, &p->subscriptions)
		if (entry(n)->retired && entry(n)->fsm.state == SUBSCRIPTION_STOPPED)
			free_one(entry(n));
}

static void each(struct provider *p, void (*fn)(struct subscription *))
{
	struct list_head *n, *next;

	list_for_each_safe(n, next, &p->subscriptions)
		fn(entry(n));
}

static void start(struct subscription *s)
{
	if (!s->retired)
		subscription_start(s);
}

void subscriptions_start(struct provider *p)
{
	each(p, start);
}

void subscriptions_stop(struct provider *p)
{
	each(p, subscription_stop);
}

bool subscriptions_stopped(const struct provider *p)
{
	const struct list_head *n;

	list_for_each(n, &p->subscriptions)
		if (entry(n)->fsm.state != SUBSCRIPTION_STOPPED)
			return false;
	return true;
}

void subscriptions_ready(struct provider *p)
{
	each(p, subscription_ready);
}

void subscriptions_renew(struct provider *p)
{
	each(p, subscription_renew);
}

void subscriptions_server_back(struct provider *p)
{
	each(p, subscription_server_back);
}

static void moved(struct subscription *s)
{
	if (subscribe_is_old(s))
		subscription_renew(s);
}

void subscriptions_moved(struct provider *p)
{
	each(p, moved);
}

void subscriptions_unreachable(struct provider *p, const struct sockaddr *at,
			       const char *why)
{
	struct list_head *n, *next;

	list_for_each_safe(n, next, &p->subscriptions) {
		const struct sockaddr *to = (struct sockaddr *)&entry(n)->target;

		if (to->sa_family == at->sa_family && access_same_host(to, at) &&
		    address_port(to) == address_port(at))
			subscription_unreachable(entry(n), why);
	}
}
