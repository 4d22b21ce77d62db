/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * The library looks at /etc/resolv.conf every 180 s only, whoever keeps silent
 * meanwhile; and with fewer servers than before it may ask one that is not there
 * any more. So it is made anew whenever the file has changed. A truncated answer
 * it takes as it is (RFC 2181 section 9 wants it asked for again over TCP, which
 * it cannot): one with nothing in it is told.
 */
#define _GNU_SOURCE
#include "sip/resolver.h"

#include "config.h"

#include <ctype.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/log.h"
#include "sip/loop_su.h"

#define LOOK_MS 2000		/* at the file, while somebody waits */

struct resolver {
	struct loop *loop;
	sres_resolver_t *sres;
	char *file;
	struct stat seen;	/* of the file; zero: it was not there */
	struct list_head users;
	struct timer look;
};

/* ------------------------------------------------- servers that become fewer */

#ifndef SOFIA_BEARS_FEWER
#define RESOLVERS 4		/* ours, and the user agent's own */
#define UNDER_WAY_MS 70000	/* a question is given up after 64 s */

/* A resolver of the library, when it was asked last (ms, 0: never), and the length
 * of its list. */
static struct asked {
	const sres_resolver_t *by;
	uint64_t at;
	unsigned servers;
} asked[RESOLVERS];

/* Room for another; NULL: there is none. */
static struct asked *find(const sres_resolver_t *by)
{
	for (unsigned i = 0; i < RESOLVERS; i++)
		if (asked[i].by == by)
			return &asked[i];
	return NULL;
}

static void forget(const sres_resolver_t *by)
{
	struct asked *a = find(by);

	if (a)
		*a = (struct asked){ .by = NULL };
}

static unsigned servers(void)
{
	FILE *f = fopen("/etc/resolv.conf", "re");
	char line[256], word[16];
	unsigned count = 0;

	while (f && fgets(line, sizeof(line), f))
		count += sscanf(line, " %15s", word) == 1 &&
			 !strcasecmp(word, "nameserver");
	if (f)
		fclose(f);
	return count;
}

/*
 * A question under way remembers its server by the place in the list, and that must
 * not be gone: a list that is shorter waits until no question is under way. Ours is
 * made anew instead; but the user agent has one for the names that peers write.
 */
int sres_resolver_update(sres_resolver_t *sres, int always)
{
	static __typeof__(&sres_resolver_update) next;
	struct asked *a = find(sres);
	unsigned now = servers();

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "sres_resolver_update");
	if (!next)
		abort();
	if (!a)
		a = find(NULL);
	if (a && a->by && !always && now < a->servers) {
		if (a->at && clock_ms() - a->at < UNDER_WAY_MS)
			return 0;
		always = 1;
	}
	/* Whether it looks, the library decides. */
	if (a)
		*a = (struct asked){ sres, a->at, always || now > a->servers ?
						  now : a->servers };
	return next(sres, always);
}

sres_query_t *sres_query(sres_resolver_t *sres, sres_answer_f *got,
			 sres_context_t *context, uint16_t type, const char *name)
{
	static __typeof__(&sres_query) next;
	sres_query_t *q;
	struct asked *a;

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "sres_query");
	if (!next)
		abort();
	q = next(sres, got, context, type, name);
	a = find(sres);
	if (a)
		a->at = clock_ms();
	return q;
}
#else
static void forget(const sres_resolver_t *by)
{
	(void)by;
}
#endif

/* ------------------------------------------------------------ the file */

/* True: it is another one than the last time. One that has gone is as it was. */
static bool changed(struct resolver *r)
{
	const struct stat *old = &r->seen;
	struct stat now;

	if (stat(r->file, &now) < 0 ||
	    (now.st_dev == old->st_dev && now.st_ino == old->st_ino &&
	     now.st_size == old->st_size &&
	     now.st_mtim.tv_sec == old->st_mtim.tv_sec &&
	     now.st_mtim.tv_nsec == old->st_mtim.tv_nsec))
		return false;
	r->seen = now;
	return true;
}

struct resolver *resolver_new(struct loop *loop, const char *resolv_conf)
{
	struct resolver *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->loop = loop;
	list_init(&r->users);
	r->file = strdup(resolv_conf ? resolv_conf : "/etc/resolv.conf");
	if (r->file) {
		changed(r);
		r->sres = sres_resolver_create(loop_su_root(loop), r->file,
					       TAG_END());
	}
	if (r->sres)
		return r;
	free(r->file);
	free(r);
	errno = ENOMEM;
	return NULL;
}

void resolver_free(struct resolver *r)
{
	if (!r)
		return;
	timer_stop(&r->look);
	forget(r->sres);
	sres_resolver_destroy(r->sres);
	free(r->file);
	free(r);
}

void resolver_add(struct resolver *r, struct resolver_user *u)
{
	list_add_before(&r->users, &u->node);
}

void resolver_remove(struct resolver_user *u)
{
	list_remove(&u->node);
}

struct loop *resolver_loop(const struct resolver *r)
{
	return r->loop;
}

sres_resolver_t *resolver_sres(const struct resolver *r)
{
	return r->sres;
}

static void renew(struct resolver *r)
{
	sres_resolver_t *new = sres_resolver_create(loop_su_root(r->loop), r->file,
						    TAG_END());
	const struct list_head *n;

	if (!new) {
		log_warning("%s has changed and cannot be read; the name servers "
			    "that it had are asked", r->file);
		return;
	}
	log_info("%s has changed: its name servers are asked now", r->file);
	list_for_each(n, &r->users) {
		struct resolver_user *u = list_entry(n, struct resolver_user, node);

		u->renewed(u);
	}
	forget(r->sres);
	sres_resolver_destroy(r->sres);
	r->sres = new;
}

static void look(void *arg)
{
	struct resolver *r = arg;
	const struct list_head *n;

	if (changed(r))
		renew(r);
	list_for_each(n, &r->users)
		if (list_entry(n, struct resolver_user, node)->waits) {
			timer_start(&r->loop->timers, &r->look, LOOK_MS, look, r);
			return;
		}
}

void resolver_check(struct resolver *r)
{
	if (changed(r))
		renew(r);
	if (!timer_runs(&r->look))
		timer_start(&r->loop->timers, &r->look, LOOK_MS, look, r);
}

/* ----------------------------------------------------------- cut short */

#define HEADER 12		/* octets (RFC 1035 section 4.1.1) */
#define TRUNCATED 0x02		/* in the third */

/* The name that was asked for, and its type; false: it cannot be read. */
static bool question(const uint8_t *p, size_t size, char name[256], unsigned *type)
{
	size_t at = HEADER, n = 0;

	while (at < size && p[at]) {
		size_t label = p[at++];

		if (label > 63 || at + label >= size || n + label + 2 > 256)
			return false;
		if (n)
			name[n++] = '.';
		for (; label; label--, at++)
			name[n++] = isgraph(p[at]) ? (char)p[at] : '?';
	}
	name[n] = '\0';
	if (at + 3 > size)
		return false;
	*type = (unsigned)p[at + 1] << 8 | p[at + 2];
	return true;
}

static void say_cut(const uint8_t *p, size_t size)
{
	static char last[256];
	char name[256];
	unsigned type;

	if (!question(p, size, name, &type) || !strcasecmp(name, last))
		return;
	strcpy(last, name);
	log_warning("DNS cuts its answer for %.200s (%s) short and sends nothing of it: "
		    "it is too long for UDP, and not asked for over TCP. Write "
		    "\"options edns0\" into /etc/resolv.conf, or the server's address "
		    "into the configuration", name, type == sres_type_srv ? "SRV" :
		    type == sres_type_naptr ? "NAPTR" : "address");
}

/* The library's own comes next. */
int sres_resolver_receive(sres_resolver_t *sres, int fd)
{
	static __typeof__(&sres_resolver_receive) next;
	uint8_t p[512];
	ssize_t n = recv(fd, p, sizeof(p), MSG_PEEK | MSG_DONTWAIT);

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "sres_resolver_receive");
	if (!next)
		abort();
	if (n >= HEADER && p[2] & TRUNCATED && !p[6] && !p[7])
		say_cut(p, (size_t)n);
	return next(sres, fd);
}
