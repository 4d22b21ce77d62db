/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * inbox.h - several datagrams in one system call, each with its source and the
 * time it came in at the socket.
 */
#ifndef MEDIA_INBOX_H
#define MEDIA_INBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define INBOX_SIZE 8

struct inbox;

struct inbox *inbox_new(void);
void inbox_free(struct inbox *);

/* Takes the datagram that waits longest, as number 0; false: there is none. */
bool inbox_receive_one(struct inbox *, int fd);

/* How many came, 0: none. */
int inbox_receive(struct inbox *, int fd);

/* Datagram i of the last receive. size 0: it did not fit. *real_us: its arrival
 * on the wall clock, left alone when the kernel did not say. */
uint8_t *inbox_datagram(struct inbox *, int i, size_t *size,
			int64_t *real_us);
const struct sockaddr_storage *inbox_from(const struct inbox *, int i);
/* Our host that it was sent to; false: the socket was not asked to tell
 * (IP_PKTINFO), to is left alone. */
bool inbox_to(struct inbox *, int i, struct sockaddr_storage *to);

#endif
