/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "sip/outside.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/loop.h"
#include "sip/access.h"
#include "sip/lookup.h"
#include "sip/stun.h"

#define FIRST_MS 500	/* RFC 5389 section 7.2.1; doubled with each try */
#define TRIES 6
#define AGAIN_MS 30000	/* asked anew: a NAT may get another address */

enum { IPV4, IPV6, FAMILIES };

/* What a server says of one family. Each round has a socket of its own, so that
 * it goes out from the address that is ours then. */
struct probe {
	struct outside *outside;
	int fd;			/* -1: no question is out */
	struct loop_watch *watch;
	struct timer timer;
	uint8_t id[STUN_ID];
	unsigned tries;
	bool failed;		/* and the log says so */
};

struct outside {
	struct loop *loop;
	char *name;
	void (*changed)(void *);
	void *arg;
	bool stun;
	struct lookup *lookup;	/* of the name, or the STUN server; NULL: fixed */
	struct sockaddr_storage address[FAMILIES];	/* family 0: unknown */
	struct probe probe[FAMILIES];
};

static unsigned index_of(int family)
{
	return family == AF_INET6 ? IPV6 : IPV4;
}

const struct sockaddr *outside_address(const struct outside *o, int family)
{
	const struct sockaddr_storage *a;

	if (!o)
		return NULL;
	a = &o->address[index_of(family)];
	return a->ss_family ? (const struct sockaddr *)a : NULL;
}

static void learnt(struct outside *o, const struct sockaddr_storage *a)
{
	struct sockaddr_storage *known = &o->address[index_of(a->ss_family)];
	char text[ADDRESS_TEXT];

	if (known->ss_family &&
	    access_same_host((struct sockaddr *)known, (const struct sockaddr *)a))
		return;
	address_host(text, (const struct sockaddr *)a, false);
	log_info("trunk %s: our address outside is %s%s", o->name, text,
		 known->ss_family ? " now" : "");
	*known = *a;
	address_set_port(known, 0);
	o->changed(o->arg);
}

/* -------------------------------------------------------------------- stun */

static void ask(void *arg);

static void hang_up(struct probe *p)
{
	loop_unwatch(p->outside->loop, p->watch);
	p->watch = NULL;
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
	p->tries = 0;
}

static void answered(void *arg, int fd, short revents)
{
	struct probe *p = arg;
	struct outside *o = p->outside;
	struct sockaddr_storage mapped;
	uint8_t data[576];
	ssize_t n = recv(fd, data, sizeof(data), MSG_DONTWAIT);

	/* Whatever is not the answer may be anybody's: the time decides. */
	if (n <= 0 || stun_response(&mapped, data, (size_t)n, p->id))
		return;
	hang_up(p);
	p->failed = false;
	timer_start(&o->loop->timers, &p->timer, AGAIN_MS, ask, p);
	learnt(o, &mapped);
}

static void give_up(struct probe *p, const char *why)
{
	struct outside *o = p->outside;

	hang_up(p);
	if (!p->failed)
		log_warning("trunk %s: public_address: the STUN server %s", o->name,
			    why);
	p->failed = true;
	timer_start(&o->loop->timers, &p->timer, AGAIN_MS, ask, p);
}

static const struct sockaddr *server(const struct outside *o, unsigned family)
{
	const struct sockaddr_storage *at;
	unsigned count = lookup_addresses(o->lookup, &at);

	for (unsigned i = 0; i < count; i++)
		if (index_of(at[i].ss_family) == family)
			return (const struct sockaddr *)&at[i];
	return NULL;
}

static int dial(struct probe *p, const struct sockaddr *to)
{
	p->fd = socket(to->sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (p->fd < 0)
		return -errno;
	if (connect(p->fd, to, address_size(to)) < 0)
		return -errno;
	arc4random_buf(p->id, sizeof(p->id));
	p->watch = loop_watch(p->outside->loop, p->fd, POLLIN, answered, p);
	return p->watch ? 0 : -ENOMEM;
}

static void ask(void *arg)
{
	struct probe *p = arg;
	struct outside *o = p->outside;
	const struct sockaddr *to = server(o, (unsigned)(p - o->probe));
	uint8_t request[STUN_REQUEST];
	int err;

	if (!to)
		return;		/* the look-up will tell */
	if (p->tries == TRIES) {
		give_up(p, "does not answer");
		return;
	}
	err = p->fd < 0 ? dial(p, to) : 0;
	if (err) {
		give_up(p, "cannot be reached");
		return;
	}
	stun_request(request, p->id);
	(void)!send(p->fd, request, sizeof(request), MSG_NOSIGNAL);
	timer_start(&o->loop->timers, &p->timer, (uint64_t)FIRST_MS << p->tries++,
		    ask, p);
}

/* ------------------------------------------------------------------ by name */

static void found(void *arg)
{
	struct outside *o = arg;
	const struct sockaddr_storage *at;
	unsigned count = lookup_addresses(o->lookup, &at);

	if (!count)
		log_warning("trunk %s: public_address: %s", o->name,
			    lookup_error(o->lookup));
	if (o->stun) {
		outside_again(o);
		return;
	}
	for (unsigned family = 0; family < FAMILIES; family++)
		for (unsigned i = 0; i < count; i++)
			if (index_of(at[i].ss_family) == family) {
				learnt(o, &at[i]);
				break;
			}
}

void outside_again(struct outside *o)
{
	if (!o || !o->stun)
		return;
	for (unsigned i = 0; i < FAMILIES; i++) {
		hang_up(&o->probe[i]);
		timer_stop(&o->probe[i].timer);
		ask(&o->probe[i]);
	}
}

/* "host", "host:port", "[address]:port"; host is shortened to the name. */
static uint16_t split(char *host)
{
	char *colon = strrchr(host, ':');
	size_t n;
	uint16_t port = STUN_PORT;

	if (colon && (strchr(host, ':') == colon || colon[-1] == ']')) {
		port = (uint16_t)strtoul(colon + 1, NULL, 10);
		*colon = '\0';
	}
	n = strlen(host);
	if (host[0] == '[' && n > 2) {
		memmove(host, host + 1, n - 2);
		host[n - 2] = '\0';
	}
	return port;
}

struct outside *outside_new(struct loop *loop, struct resolver *r, const char *text,
			    const char *name, void (*changed)(void *), void *arg)
{
	struct outside *o = calloc(1, sizeof(*o));
	struct sockaddr_storage fixed;
	char host[264];

	if (!o)
		return NULL;
	o->loop = loop;
	o->changed = changed;
	o->arg = arg;
	o->stun = !strncmp(text, "stun:", 5);
	for (unsigned i = 0; i < FAMILIES; i++)
		o->probe[i] = (struct probe){ .outside = o, .fd = -1 };
	o->name = strdup(name);
	if (!o->name)
		goto fail;
	if (!o->stun && !address_parse(&fixed, text, 0)) {
		o->address[index_of(fixed.ss_family)] = fixed;
		return o;
	}
	snprintf(host, sizeof(host), "%s", text + (o->stun ? 5 : 0));
	/* With a port: STUN's SRV records are for other names. */
	o->lookup = lookup_new(r, host, o->stun ? split(host) : STUN_PORT,
			       TRANSPORT_UDP, found, o);
	if (o->lookup)
		return o;
fail:
	outside_free(o);
	return NULL;
}

void outside_free(struct outside *o)
{
	if (!o)
		return;
	for (unsigned i = 0; i < FAMILIES; i++) {
		hang_up(&o->probe[i]);
		timer_stop(&o->probe[i].timer);
	}
	lookup_free(o->lookup);
	free(o->name);
	free(o);
}
