/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * Our own addresses: what a trunk is told in Contact and SDP. When the address
 * outside a NAT changes, registrations and calls follow at once. When one of our
 * own does, the kernel tells (rtnetlink(7)), and the log says what to do.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "base/log.h"
#include "sip/identity.h"
#include "sip/internal.h"
#include "sip/outside.h"

#define SETTLE_MS 300	/* changes come in heaps */

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

static void look(struct provider *p)
{
	char before[ADDRESS_TEXT], after[ADDRESS_TEXT];
	const struct target *t = provider_target(p);
	struct sockaddr_storage local;

	/* No way to the server: nothing to be said, and nobody to say it to. */
	if (!t || !p->own.ss_family || p->own.ss_family != t->at.ss_family ||
	    agent_local(p->agent, p->conf->transport,
			(const struct sockaddr *)&t->at, &local) ||
	    access_same_host((struct sockaddr *)&local, (struct sockaddr *)&p->own))
		return;
	address_host(before, (struct sockaddr *)&p->own, false);
	address_host(after, (struct sockaddr *)&local, false);
	/* The library listens on each address that was there at the start; what
	 * it would send now has no way out, and would end calls that talk. */
	log_warning("trunk %s: our own address is %s now, it was %s; restart "
		    "tipringd, for SIP listens on the old one", p->trunk.name,
		    after, before);
	p->own = local;
	outside_again(p->outside);
}

static void settled(void *arg)
{
	struct agent *a = arg;
	struct list_head *n, *next;

	if (a->state != AGENT_RUNS)
		return;
	list_for_each_safe(n, next, &a->providers)
		look(list_entry(n, struct provider, node));
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
