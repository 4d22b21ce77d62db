/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * stream.h - how much of what comes by TCP and TLS is read. A message of a stream
 * cannot be dropped as a datagram can: a connection whose sender is above the rate
 * rests, and what it sends waits in its own sender. The SIP library's epoll_ctl()
 * is ours for that. One thread.
 */
#ifndef SIP_STREAM_H
#define SIP_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sockaddr;
struct timers;

/* Octets that are read at once: so many messages at most make one turn. */
#define STREAM_READ 4096

/* rate: requests a second that begin something, of one address; 0: no bound. May be
 * called again, after a reload. */
void stream_start(struct timers *, unsigned rate);
void stream_stop(void);

/* Somebody connects, which costs as much as a request. False: he is above the rate,
 * and is to be refused: a handshake of TLS is dear. */
bool stream_admits(const struct sockaddr *);

/* These octets have come on this connection. */
void stream_read(int fd, const char *data, size_t size);

uint64_t stream_rests(void);	/* so far */

/* What these octets cost, in messages that belong to calls. Pure. */
unsigned stream_cost(const char *data, size_t size);

#endif
