/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "sip/lookup.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SRES_CONTEXT_T struct query
#include "base/log.h"
#include "sip/access.h"
#include "sip/loop_su.h"
#include "sip/resolver.h"

#define SERVERS 4		/* the best of the SRV records, that are looked up */
#define RECORDS 32		/* SRV records that are compared */
#define FRESH_LEAST 5		/* s between two look-ups of a good name */
#define FRESH_MOST 3600
#define NAPTR_MS 2000		/* routers that swallow this question exist */
#define ANSWERS_MS 10000	/* then DNS counts as silent */
#define RETRY_LEAST 2		/* s after a failure, doubled each time ... */
#define RETRY_MOST 120		/* ... up to here */
#define HOSTS_FRESH 60

/* One question on its way: NAPTR or SRV of the name, A or AAAA of a server. */
struct query {
	struct lookup *lookup;	/* NULL: not wanted any more */
	sres_query_t *sres;
	unsigned server;
};

struct server {
	char name[256];
	uint16_t port, priority;
	struct sockaddr_storage address[LOOKUP_MAX];
	unsigned count;
	bool failed;		/* DNS did not say whether it has an address */
};

struct found {
	struct sockaddr_storage address[LOOKUP_MAX];
	unsigned rank[LOOKUP_MAX];
	unsigned count;
};

struct lookup {
	struct resolver *resolver;
	struct resolver_user user;
	char *host;
	uint16_t port;
	enum sip_transport transport;
	void (*changed)(void *);
	void *arg;
	struct timer timer;
	struct query query[2 * SERVERS];
	unsigned pending;
	struct server server[SERVERS];
	unsigned servers;
	uint32_t ttl;		/* s, least of the answers so far */
	unsigned failures;
	uint64_t began;		/* ms, when the last look-up did */
	bool trouble;		/* DNS is silent or broken: it did not say no */
	struct found found;	/* the last good answer */
	char error[160];
};

const char *lookup_hosts_file = "/etc/hosts";

static void start(void *arg);

static struct timers *timers(const struct lookup *l)
{
	return &resolver_loop(l->resolver)->timers;
}

static uint16_t default_port(const struct lookup *l)
{
	if (l->port)
		return l->port;
	return l->transport == TRANSPORT_TLS ? 5061 : 5060;
}

static void again(struct lookup *l, unsigned s)
{
	timer_start(timers(l), &l->timer, s * 1000ull, start, l);
}

/* The last good answer outlives every failure. */
static void failed(struct lookup *l)
{
	unsigned s = RETRY_LEAST << (l->failures < 8 ? l->failures : 8);
	char error[sizeof(l->error)];

	snprintf(error, sizeof(error), "%s %.100s%s", l->trouble ?
		 "DNS does not answer for" : "no address for", l->host,
		 l->found.count ? ", its last known address is used" : "");
	if (!l->failures++)
		log_warning("%s", error);
	again(l, s < RETRY_MOST ? s : RETRY_MOST);
	if (strcmp(error, l->error)) {
		memcpy(l->error, error, sizeof(error));
		l->changed(l->arg);
	}
}

/* Takes a new set of addresses, or none. fresh_s: 0, for ever. */
static void finish(struct lookup *l, const struct found *new, unsigned fresh_s)
{
	bool news;

	if (!new->count) {
		failed(l);
		return;
	}
	if (l->failures)
		log_info("%s has an address again", l->host);
	l->user.waits = false;
	news = l->error[0] || memcmp(new, &l->found, sizeof(*new));
	l->found = *new;
	l->error[0] = '\0';
	l->failures = 0;
	if (fresh_s)
		again(l, fresh_s);
	if (news)
		l->changed(l->arg);
}

/* ------------------------------------------------------------- /etc/hosts */

static unsigned from_hosts(const struct lookup *l, struct sockaddr_storage *out)
{
	FILE *f = fopen(lookup_hosts_file, "re");
	char line[512];
	unsigned count = 0;

	if (!f)
		return 0;
	while (count < LOOKUP_MAX && fgets(line, sizeof(line), f)) {
		char *save = NULL, *address, *name;

		line[strcspn(line, "#\n")] = '\0';
		address = strtok_r(line, " \t", &save);
		if (!address)
			continue;
		while ((name = strtok_r(NULL, " \t", &save)))
			if (!strcasecmp(name, l->host) &&
			    !address_parse(&out[count], address, default_port(l))) {
				count++;
				break;
			}
	}
	fclose(f);
	return count;
}

/* --------------------------------------------------------------------- DNS */

/* Addresses of one family after the other: answers come in any order. */
static void add_family(struct found *all, const struct server *s, int family,
		       unsigned rank)
{
	for (unsigned i = 0; i < s->count; i++) {
		if (s->address[i].ss_family != family || all->count == LOOKUP_MAX)
			continue;
		all->rank[all->count] = rank;
		all->address[all->count++] = s->address[i];
	}
}

static void collect(struct lookup *l)
{
	struct found all;
	unsigned rank = 0;

	memset(&all, 0, sizeof(all));
	for (unsigned i = 0; i < l->servers; i++) {
		const struct server *s = &l->server[i];

		if (i && s->priority != s[-1].priority)
			rank++;
		add_family(&all, s, AF_INET, rank);
		add_family(&all, s, AF_INET6, rank);
		l->trouble = l->trouble || (s->failed && !s->count);
	}
	/* Half an answer is worse than the last whole one. */
	if (l->trouble && l->found.count)
		all.count = 0;
	if (l->ttl < FRESH_LEAST)
		l->ttl = FRESH_LEAST;
	if (l->ttl > FRESH_MOST)
		l->ttl = FRESH_MOST;
	finish(l, &all, l->ttl);
}

/* The DNS server did not answer, or with an error: not the same as "no". */
static bool in_trouble(sres_record_t **answers)
{
	if (!answers || !answers[0])
		return true;
	switch (answers[0]->sr_record->r_status) {
	case SRES_OK:
	case SRES_NAME_ERR:
	case SRES_RECORD_ERR:
		return false;
	default:
		return true;
	}
}

static void note_ttl(struct lookup *l, const sres_record_t *r)
{
	if (r->sr_record->r_ttl < l->ttl)
		l->ttl = r->sr_record->r_ttl;
}

static void got_address(struct query *q, sres_query_t *sres,
			sres_record_t **answers)
{
	struct lookup *l = q->lookup;
	struct server *s = &l->server[q->server];

	(void)sres;
	loop_su_clock(resolver_loop(l->resolver));
	q->sres = NULL;
	s->failed = s->failed || in_trouble(answers);
	for (int i = 0; answers && answers[i] && s->count < LOOKUP_MAX; i++) {
		const sres_record_t *r = answers[i];
		struct sockaddr_storage *a = &s->address[s->count];

		if (r->sr_record->r_status)
			continue;
		memset(a, 0, sizeof(*a));
		if (r->sr_record->r_type == sres_type_a) {
			a->ss_family = AF_INET;
			((struct sockaddr_in *)a)->sin_addr = r->sr_a->a_addr;
		} else if (r->sr_record->r_type == sres_type_aaaa) {
			a->ss_family = AF_INET6;
			memcpy(&((struct sockaddr_in6 *)a)->sin6_addr,
			       &r->sr_aaaa->aaaa_addr, 16);
		} else {
			continue;
		}
		address_set_port(a, s->port);
		note_ttl(l, r);
		s->count++;
	}
	sres_free_answers(resolver_sres(l->resolver), answers);
	if (!--l->pending)
		collect(l);
}

static void ask(struct lookup *l, unsigned which, sres_answer_f *got,
		uint16_t type, const char *name, unsigned server)
{
	struct query *q = &l->query[which];

	q->lookup = l;
	q->server = server;
	q->sres = sres_query(resolver_sres(l->resolver), got, q, type, name);
	if (q->sres)
		l->pending++;
	else
		l->trouble = true;
}

/* Without SRV records: the name itself. */
static void only_host(struct lookup *l)
{
	struct server *s = &l->server[0];

	snprintf(s->name, sizeof(s->name), "%s", l->host);
	s->port = default_port(l);
	s->priority = 0;
	l->servers = 1;
}

static void forget(struct query *q)
{
	if (q->sres)
		sres_query_bind(q->sres, NULL, NULL);
	q->sres = NULL;
}

static void forget_all(struct lookup *l)
{
	for (unsigned i = 0; i < 2 * SERVERS; i++)
		forget(&l->query[i]);
	l->pending = 0;
}

/* The library itself would ask for much longer. */
static void too_late(void *arg)
{
	struct lookup *l = arg;

	forget_all(l);
	l->trouble = true;
	collect(l);
}

static void wait_for_answers(struct lookup *l)
{
	timer_start(timers(l), &l->timer, ANSWERS_MS, too_late, l);
}

static void ask_addresses(struct lookup *l)
{
	for (unsigned i = 0; i < l->servers; i++) {
		struct server *s = &l->server[i];
		struct sockaddr_storage a;

		s->count = 0;
		s->failed = false;
		if (!address_parse(&a, s->name, s->port)) {
			s->address[s->count++] = a;
			continue;
		}
		ask(l, 2 * i, got_address, sres_type_a, s->name, i);
		ask(l, 2 * i + 1, got_address, sres_type_aaaa, s->name, i);
	}
	if (l->pending)
		wait_for_answers(l);
	else
		collect(l);
}

/* RFC 2782: by priority; the same priority in an order drawn by weight. */
static void sort_records(const sres_srv_record_t **r, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		unsigned best = i, total = 0, pick;

		for (unsigned k = i; k < count; k++)
			if (r[k]->srv_priority < r[best]->srv_priority)
				best = k;
		for (unsigned k = i; k < count; k++)
			if (r[k]->srv_priority == r[best]->srv_priority)
				total += r[k]->srv_weight + 1u;
		pick = arc4random_uniform(total);
		for (unsigned k = i; k < count; k++) {
			const sres_srv_record_t *swap = r[k];

			if (swap->srv_priority != r[best]->srv_priority)
				continue;
			if (pick >= swap->srv_weight + 1u) {
				pick -= swap->srv_weight + 1u;
				continue;
			}
			r[k] = r[i];
			r[i] = swap;
			break;
		}
	}
}

/* How many there are that name a server. */
static unsigned read_records(struct lookup *l, sres_record_t **answers,
			     const sres_srv_record_t *out[RECORDS])
{
	unsigned count = 0;

	for (int i = 0; answers && answers[i] && count < RECORDS; i++) {
		const sres_srv_record_t *r = answers[i]->sr_srv;
		size_t n;

		if (r->srv_record->r_status ||
		    r->srv_record->r_type != sres_type_srv)
			continue;
		n = strlen(r->srv_target);
		if (!n || n >= sizeof(l->server[0].name) ||
		    !strcmp(r->srv_target, "."))
			continue;
		note_ttl(l, answers[i]);
		out[count++] = r;
	}
	return count;
}

static void got_servers(struct query *q, sres_query_t *sres,
			sres_record_t **answers)
{
	const sres_srv_record_t *record[RECORDS];
	struct lookup *l = q->lookup;
	unsigned count = read_records(l, answers, record);

	(void)sres;
	loop_su_clock(resolver_loop(l->resolver));
	q->sres = NULL;
	l->pending--;
	sort_records(record, count);
	l->servers = count < SERVERS ? count : SERVERS;
	for (unsigned i = 0; i < l->servers; i++) {
		struct server *s = &l->server[i];

		strcpy(s->name, record[i]->srv_target);
		s->port = record[i]->srv_port;
		s->priority = record[i]->srv_priority;
	}
	l->trouble = l->trouble || in_trouble(answers);
	sres_free_answers(resolver_sres(l->resolver), answers);
	if (!l->servers)
		only_host(l);
	ask_addresses(l);
}

/* name: what NAPTR said; NULL: nothing. */
static void ask_servers(struct lookup *l, const char *name)
{
	static const char *const service[] = { "_sip._udp", "_sip._tcp",
					       "_sips._tcp" };
	char usual[300];

	if (!name) {
		snprintf(usual, sizeof(usual), "%s.%s", service[l->transport],
			 l->host);
		name = usual;
	}
	ask(l, 0, got_servers, sres_type_srv, name, 0);
	if (l->pending) {
		wait_for_answers(l);
		return;
	}
	only_host(l);
	ask_addresses(l);
}

/* RFC 3263 section 4.1. The transport is configured: what counts is where its
 * SRV records are. */
static void got_naptr(struct query *q, sres_query_t *sres, sres_record_t **answers)
{
	static const char *const service[] = { "SIP+D2U", "SIP+D2T", "SIPS+D2T" };
	struct lookup *l = q->lookup;
	const sres_naptr_record_t *best = NULL;
	char name[256];

	(void)sres;
	loop_su_clock(resolver_loop(l->resolver));
	timer_stop(&l->timer);
	q->sres = NULL;
	l->pending--;
	for (int i = 0; answers && answers[i]; i++) {
		const sres_naptr_record_t *r = answers[i]->sr_naptr;

		if (r->na_record->r_status ||
		    r->na_record->r_type != sres_type_naptr ||
		    strcasecmp(r->na_flags, "s") || !r->na_replace[0] ||
		    strcasecmp(r->na_services, service[l->transport]) ||
		    strlen(r->na_replace) >= sizeof(name))
			continue;
		if (!best || r->na_order < best->na_order ||
		    (r->na_order == best->na_order &&
		     r->na_prefer < best->na_prefer))
			best = r;
		note_ttl(l, answers[i]);
	}
	if (best)
		snprintf(name, sizeof(name), "%s", best->na_replace);
	sres_free_answers(resolver_sres(l->resolver), answers);
	ask_servers(l, best ? name : NULL);
}

static void no_naptr(void *arg)
{
	struct lookup *l = arg;

	forget(&l->query[2 * SERVERS - 1]);
	l->pending--;
	ask_servers(l, NULL);
}

static void start(void *arg)
{
	struct lookup *l = arg;
	struct found found;

	memset(&found, 0, sizeof(found));
	l->began = timers(l)->now_ms;
	l->trouble = false;
	l->servers = 0;
	if (!address_parse(&found.address[0], l->host, default_port(l))) {
		found.count = 1;
		finish(l, &found, 0);
		return;
	}
	found.count = from_hosts(l, found.address);
	if (found.count) {
		finish(l, &found, HOSTS_FRESH);
		return;
	}
	l->ttl = FRESH_MOST;
	l->pending = 0;
	resolver_check(l->resolver);
	l->user.waits = true;
	if (l->port) {
		only_host(l);
		ask_addresses(l);
		return;
	}
	ask(l, 2 * SERVERS - 1, got_naptr, sres_type_naptr, l->host, 0);
	if (l->pending)
		timer_start(timers(l), &l->timer, NAPTR_MS, no_naptr, l);
	else
		ask_servers(l, NULL);
}

/* Other name servers may do better, and at once. */
static void renewed(struct resolver_user *u)
{
	struct lookup *l = list_entry(u, struct lookup, user);

	forget_all(l);
	if (l->user.waits)
		again(l, 0);
}

void lookup_again(struct lookup *l)
{
	uint64_t now = timers(l)->now_ms;
	unsigned s = l->failures ? RETRY_LEAST : FRESH_LEAST;

	/* Not while one runs: its timer is another, or none. */
	if (l->pending || !timer_runs(&l->timer))
		return;
	again(l, now < l->began + s * 1000ull ? s : 0);
}

struct lookup *lookup_new(struct resolver *r, const char *host, uint16_t port,
			  enum sip_transport transport, void (*changed)(void *),
			  void *arg)
{
	struct lookup *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->resolver = r;
	l->host = strdup(host);
	if (!l->host) {
		free(l);
		return NULL;
	}
	l->port = port;
	l->transport = transport;
	l->changed = changed;
	l->arg = arg;
	l->user.renewed = renewed;
	resolver_add(r, &l->user);
	again(l, 0);
	return l;
}

void lookup_free(struct lookup *l)
{
	if (!l)
		return;
	timer_stop(&l->timer);
	forget_all(l);
	resolver_remove(&l->user);
	free(l->host);
	free(l);
}

unsigned lookup_addresses(const struct lookup *l,
			  const struct sockaddr_storage **address)
{
	*address = l->found.address;
	return l->found.count;
}

unsigned lookup_rank(const struct lookup *l, unsigned i)
{
	return l->found.rank[i];
}

const char *lookup_error(const struct lookup *l)
{
	return l->error;
}
