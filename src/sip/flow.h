/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * flow.h - the flows (RFC 5626 section 3.1) that the SIP library has with our
 * trunks' servers: which of its descriptors leads where, and what else than SIP
 * goes that way. The library tells nobody when it closes one, nor can it be
 * asked; what it sends tells the guards, and they tell this. One thread.
 */
#ifndef SIP_FLOW_H
#define SIP_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "config/config.h"

struct flow;
struct loop;
struct ssl_st;

struct flow_conf {
	struct loop *loop;
	/* Flows to others are not kept. */
	bool (*wanted)(void *arg, enum sip_transport, const struct sockaddr *);
	/* A connection is closed, by whomever. From the loop. */
	void (*gone)(void *arg, enum sip_transport, const struct sockaddr *);
	void *arg;
};

void flows_start(const struct flow_conf *);
void flows_stop(void);

/* From the guards: the library has sent `sent` (-1: nothing) of `size` octets.
 * ssl: the connection's, else NULL; to: NULL for a connection without TLS. */
void flow_sent(int fd, struct ssl_st *, const struct sockaddr *to, size_t size,
	       ssize_t sent);
/* ... this is no connection any more. */
void flow_closed(const struct ssl_st *);
/* ... a keep-alive came by it, and is not passed on. */
void flow_pong(const struct ssl_st *);

/* The latest to there; NULL: there is none. Valid until the loop goes on. */
struct flow *flow_find(enum sip_transport, const struct sockaddr *);

/* One send of these octets between two messages. False: not now, what was sent
 * before still waits. */
bool flow_send(struct flow *, const void *data, size_t size);

/* Octets that came by a connection so far, as the kernel counts; or 0. Whether
 * what came since `before` is the answer to a ping, and nothing else. */
uint64_t flow_heard(const struct flow *);
bool flow_ponged(struct flow *, uint64_t before);

/* Ends a connection: the library sees it, and closes. */
void flow_end(struct flow *);

#endif
