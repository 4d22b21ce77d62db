/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * Our own addresses: what a trunk is told in Contact and SDP. When the address
 * outside a NAT changes, registrations and calls follow at once. When one of our
 * own does, the kernel tells (rtnetlink(7)), and the library gets a socket there.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "base/log.h"
#include "sip/identity.h"
#include "sip/leg.h"
#include "sip/listen.h"
#include "sip/outside.h"

#define SETTLE_MS 300	/* changes come in heaps */
#define AGAIN_MS 1000	/* after a fault */

int provider_contact(struct provider *p, enum sip_transport transport,
		     const struct sockaddr *peer, const char *user, char *buf,
		     size_t size)
{
	const struct sockaddr *outside = outside_address(p->outside, peer->sa_family);
	struct sockaddr_storage local;
	char host[ADDRESS_TEXT], at[128], uri[256];
	int err = agent_local(p->agent, transport, peer, &local);

	if (err)
		return err;
	p->own = local;
	address_host(host, outside ? outside : (struct sockaddr *)&local, true);
	snprintf(at, sizeof(at), "%s:%u", host,
		 address_port((struct sockaddr *)&local));
	err = identity_uri(uri, sizeof(uri), user, at);
	if (err < 0)
		return err;
	err = snprintf(buf, size, "<%s%s%s>", uri,
		       transport == TRANSPORT_UDP ? "" : ";transport=",
		       transport == TRANSPORT_UDP ? "" : transport_name(transport));
	return (size_t)err < size ? 0 : -ENOSPC;
}

static struct trunk_leg *under_way(const struct provider *p)
{
	const struct list_head *n;

	list_for_each(n, &p->agent->legs) {
		struct trunk_leg *t = list_entry(n, struct trunk_leg, node);

		if (t->provider == p && (t->state == LEG_CALLING ||
		    t->state == LEG_PROCEEDING || t->state == LEG_INVITED))
			return t;
	}
	return NULL;
}

/* What was under way went by an address that is no more: an answer would not
 * find us. Calls that are up can be told where we are. The end of one leg may be
 * another's, so that each is looked for anew. */
static void cut_off(struct provider *p)
{
	struct trunk_leg *t;

	while ((t = under_way(p)))
		trunk_leg_fail(t, CAUSE_TEMPORARY_FAILURE, "our own address changed");
}

/* Registers anew, and tells the far ends of calls. */
static void moved(struct provider *p)
{
	struct list_head *n, *next;

	provider_renew(p);
	list_for_each_safe(n, next, &p->agent->legs) {
		struct trunk_leg *t = list_entry(n, struct trunk_leg, node);

		if (t->provider == p)
			dialog_moved(t);
	}
}

void provider_outside_changed(void *provider)
{
	moved(provider);
}

/* True when the address that its server should know is another one now. */
static bool look(struct provider *p)
{
	char before[ADDRESS_TEXT], after[ADDRESS_TEXT];
	const struct target *t = provider_target(p);
	struct sockaddr_storage local;

	/* No way to the server: nothing to be said, and nobody to say it to. */
	if (!t || !p->own.ss_family || p->own.ss_family != t->at.ss_family ||
	    agent_local(p->agent, p->conf->transport,
			(const struct sockaddr *)&t->at, &local) ||
	    access_same_host((struct sockaddr *)&local, (struct sockaddr *)&p->own))
		return false;
	address_host(before, (struct sockaddr *)&p->own, false);
	address_host(after, (struct sockaddr *)&local, false);
	log_warning("trunk %s: our own address is %s now, it was %s", p->trunk.name,
		    after, before);
	p->own = local;
	outside_again(p->outside);
	return true;
}

/* ----------------------------------------------------------- our interfaces */

static bool usable(const struct agent *a, const struct ifaddrs *i)
{
	if (!i->ifa_addr || !(i->ifa_flags & IFF_UP) || i->ifa_flags & IFF_LOOPBACK)
		return false;
	if (i->ifa_addr->sa_family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(
			&((struct sockaddr_in6 *)i->ifa_addr)->sin6_addr))
		return false;
	return (i->ifa_addr->sa_family == AF_INET ||
		i->ifa_addr->sa_family == AF_INET6) &&
	       listen_any(a->conf, i->ifa_addr->sa_family);
}

static bool among(const struct sockaddr_storage *list, unsigned count,
		  const struct sockaddr_storage *one)
{
	for (unsigned i = 0; i < count; i++)
		if (access_same_host((const void *)&list[i], (const void *)one))
			return true;
	return false;
}

static unsigned read_own(const struct agent *a, struct sockaddr_storage own[OWN_MOST])
{
	struct ifaddrs *all, *i;
	unsigned n = 0;

	if (getifaddrs(&all))
		return 0;
	for (i = all; i && n < OWN_MOST; i = i->ifa_next)
		if (usable(a, i)) {
			memset(&own[n], 0, sizeof(own[n]));
			memcpy(&own[n++], i->ifa_addr, address_size(i->ifa_addr));
		}
	freeifaddrs(all);
	return n;
}

/* The library has bound a socket to each address that there was: those that came
 * get theirs. One whose address is gone serves again when that comes back. */
static int bind_own(struct agent *a, char *why, size_t size)
{
	struct sockaddr_storage now[OWN_MOST];
	unsigned count = read_own(a, now);
	int err;

	for (unsigned i = 0; i < count; i++) {
		if (among(a->own, a->owns, &now[i]))
			continue;
		if (a->owns == OWN_MOST) {
			snprintf(why, size, "more than %d addresses came and went; "
				 "restart tipringd", OWN_MOST);
			return -ENOSPC;
		}
		err = listen_also(a->conf, (struct sockaddr *)&now[i], why, size);
		if (err)
			return err;
		a->own[a->owns++] = now[i];
	}
	return 0;
}

static void settled(void *arg)
{
	struct agent *a = arg;
	struct list_head *n, *next;
	char why[128];
	int err;

	if (a->state != AGENT_RUNS)
		return;
	err = bind_own(a, why, sizeof(why));
	if (err && err != a->own_fault)
		log_warning("sip: a new address of ours is not listened on: %s", why);
	a->own_fault = err;
	/* An IPv6 address is taken for good when nobody else has it. */
	if (err && err != -ENOSPC)
		timer_start(agent_timers(a), &a->settle, AGAIN_MS, settled, a);
	list_for_each_safe(n, next, &a->providers) {
		struct provider *p = list_entry(n, struct provider, node);

		if (!look(p))
			continue;
		cut_off(p);
		moved(p);
	}
}

static void told(void *arg, int fd, short revents)
{
	struct agent *a = arg;
	char data[8192];

	/* What it says does not matter, nor that some of it got lost. */
	while (recv(fd, data, sizeof(data), MSG_DONTWAIT) > 0 || errno == ENOBUFS)
		errno = 0;
	timer_start(agent_timers(a), &a->settle, SETTLE_MS, settled, a);
}

void own_address_watch(struct agent *a)
{
	struct sockaddr_nl to = {
		.nl_family = AF_NETLINK,
		.nl_groups = RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR |
			     RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE,
	};

	a->owns = read_own(a, a->own);
	a->netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			    NETLINK_ROUTE);
	if (a->netlink < 0 || bind(a->netlink, (struct sockaddr *)&to, sizeof(to)) < 0)
		goto fail;
	a->netlink_watch = loop_watch(a->loop, a->netlink, POLLIN, told, a);
	if (a->netlink_watch)
		return;
fail:
	log_warning("sip: a change of our own address will not be noticed: %s",
		    strerror(errno));
}

void own_address_unwatch(struct agent *a)
{
	timer_stop(&a->settle);
	loop_unwatch(a->loop, a->netlink_watch);
	a->netlink_watch = NULL;
	if (a->netlink >= 0)
		close(a->netlink);
	a->netlink = -1;
}
