/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * lookup.h - the addresses of a SIP server's name, found without waiting and
 * kept fresh: a number, /etc/hosts, else NAPTR, SRV and address records (RFC
 * 3263, for the transport that is configured; RFC 2782). They are asked for anew
 * when their time to live is over. A failure keeps the last good answer.
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

/* A server did not answer: looks soon whether there are others, as often as is
 * decent. */
void lookup_again(struct lookup *);

/* Best first; 0 of them: none yet, or none at all. */
unsigned lookup_addresses(const struct lookup *,
			  const struct sockaddr_storage **);
/* Of the address with that index: 0 for the best priority of SRV records; equal
 * for those among which weights have drawn the order. */
unsigned lookup_rank(const struct lookup *, unsigned i);
/* What is wrong: "no address for sip.example.net", "DNS does not answer for
 * sip.example.net, its last known address is used"; "" while all is well or it
 * is being looked for. */
const char *lookup_error(const struct lookup *);

#endif
