/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * outside.h - our address as a trunk's far end sees it, beyond a NAT: fixed, by
 * a name in the DNS, or as a STUN server says (RFC 5389). Asked for again while
 * it runs; the last good answer holds.
 */
#ifndef SIP_OUTSIDE_H
#define SIP_OUTSIDE_H

#include <sys/socket.h>

struct loop;
struct outside;
struct resolver;

/* text: "192.0.2.1", "gw.example.net" or "stun:stun.example.net:3478", as the
 * configuration has it; name: whose it is, for the log. changed(arg) is called
 * each time that an address changed, never from inside. NULL: out of memory. */
struct outside *outside_new(struct loop *, struct resolver *, const char *text,
			    const char *name, void (*changed)(void *), void *arg);
void outside_free(struct outside *);

/* NULL: not known, or there is none of this family. */
const struct sockaddr *outside_address(const struct outside *, int family);

/* Our own address has changed: asks now. */
void outside_again(struct outside *);

#endif
