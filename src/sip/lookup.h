/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * lookup.h - the addresses of a SIP server's name, found without waiting and
 * kept fresh: a number, /etc/hosts, else SRV and address records (RFC 3263
 * without NAPTR, for the transport is configured). A failure keeps the last
 * good answer.
 */
#ifndef SIP_LOOKUP_H
#define SIP_LOOKUP_H

#include <stdint.h>
#include <sys/socket.h>

#include "config/config.h"

#define LOOKUP_MAX 8

struct loop;
struct lookup;
struct resolver;

/* "/etc/hosts"; a test reads another. */
extern const char *lookup_hosts_file;

/* resolv_conf: NULL for the system's. NULL and errno on error. */
struct resolver *resolver_new(struct loop *, const char *resolv_conf);
/* After its look-ups. NULL is legal. */
void resolver_free(struct resolver *);

/* port 0: from SRV records, or the transport's own. changed(arg) is called each
 * time that the addresses or the error changed, never from inside
 * lookup_new(). NULL when out of memory. */
struct lookup *lookup_new(struct resolver *, const char *host, uint16_t port,
			  enum sip_transport, void (*changed)(void *arg),
			  void *arg);
void lookup_free(struct lookup *);

/* Best first; 0 of them: none yet, or none at all. */
unsigned lookup_addresses(const struct lookup *,
			  const struct sockaddr_storage **);
/* Why there are none: "no address for sip.example.net"; "" while it is being
 * looked for. */
const char *lookup_error(const struct lookup *);

#endif
