/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * access.h - who may talk to us: addresses and networks, compared as numbers.
 * Pure.
 */
#ifndef SIP_ACCESS_H
#define SIP_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct access_network {
	uint8_t address[16];	/* IPv4 as ::ffff:a.b.c.d */
	uint8_t bits;		/* of 128 that count */
};

/* "192.0.2.1", "192.0.2.0/24", "2001:db8::/32", "[2001:db8::1]". -EINVAL. */
int access_parse(struct access_network *, const char *text);

bool access_matches(const struct access_network *, const struct sockaddr *);

/* Same host; ports don't matter. */
bool access_same_host(const struct sockaddr *, const struct sockaddr *);

/* "192.0.2.1:5060", "[2001:db8::1]:5060". Fits into ADDRESS_TEXT bytes. */
#define ADDRESS_TEXT 56
void address_text(char text[ADDRESS_TEXT], const struct sockaddr *);
/* Without the port. brackets: as a URI wants IPv6. */
void address_host(char text[ADDRESS_TEXT], const struct sockaddr *, bool brackets);
uint16_t address_port(const struct sockaddr *);
void address_set_port(struct sockaddr_storage *, uint16_t port);
socklen_t address_size(const struct sockaddr *);
bool address_is_any(const struct sockaddr *);

/* A numeric address, with or without brackets. -EINVAL. */
int address_parse(struct sockaddr_storage *, const char *text, uint16_t port);

/* The address of ours from which the kernel would send to a peer: asks its
 * routing, sends nothing. 0 or -errno. */
int address_towards(struct sockaddr_storage *local, const struct sockaddr *peer);

#endif
