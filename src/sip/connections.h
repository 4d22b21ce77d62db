/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * connections.h - the TCP and TLS connections that others make to us: how many,
 * and how long one may do nothing. The SIP library takes whatever comes, keeps
 * it for ever, and turns in circles when there are no descriptors left; so its
 * accept() is ours. One thread.
 */
#ifndef SIP_CONNECTIONS_H
#define SIP_CONNECTIONS_H

#include <stdbool.h>
#include <sys/socket.h>

struct timers;

struct connections_conf {
	struct timers *timers;
	unsigned most;		/* in all, of sources that are not known */
	unsigned most_source;	/* from one address, known or not */
	unsigned idle_ms;	/* without a request that was served */
	/* Known sources (the trunks') are counted by themselves: strangers never
	 * keep them out. */
	bool (*known)(void *arg, const struct sockaddr *);
	void *arg;
};

/* May be called again, after a reload. */
void connections_start(const struct connections_conf *);
void connections_stop(void);

/* A request of this peer is served: its connection may stay. */
void connections_served(const struct sockaddr *peer);

struct connections_stats {
	unsigned open;		/* now */
	unsigned long accepted, refused, idle;	/* since the start; idle: closed */
};
void connections_get_stats(struct connections_stats *);

#endif
