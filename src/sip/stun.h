/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * stun.h - STUN's Binding (RFC 5389): asks how our address looks from outside.
 * Pure: makes and reads messages.
 */
#ifndef SIP_STUN_H
#define SIP_STUN_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define STUN_REQUEST 20		/* octets of a Binding request of ours */
#define STUN_ID 12
#define STUN_PORT 3478

/* id: random; only the answer to it is believed. */
void stun_request(uint8_t to[STUN_REQUEST], const uint8_t id[STUN_ID]);

/* A Binding success response with that id. 0, and the address in it; -EINVAL:
 * malformed or no STUN; -EBADMSG: of another transaction; -ECONNREFUSED: the
 * server refuses; -ENODATA: there is no address in it. */
int stun_response(struct sockaddr_storage *mapped, const uint8_t *data, size_t size,
		  const uint8_t id[STUN_ID]);

#endif
