/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * listen.h - where SIP is listened for, one socket of the library for each entry
 * of sip.listen; and what only makes connections.
 */
#ifndef SIP_LISTEN_H
#define SIP_LISTEN_H

#include "config.h"

#include <stdbool.h>
#include <stddef.h>

#include <sys/socket.h>

#include "config/config.h"

/* A directory for the library's own certificates, of which there are none. */
#define LISTEN_NO_FILES SYSCONFDIR "/tipring"

/* A message that is half here is waited for so long. */
#define LISTEN_TIMEOUT_MS 10000

/* Where the library closes connections that say nothing, it is told after how
 * long; else connections.c does. */
#ifdef SOFIA_CLOSES_IDLE
#define LISTEN_IDLE(conf) \
	TPTAG_IDLE((conf)->timers[TIMER_CONNECTION] * 1000)
#else
#define LISTEN_IDLE(conf) TAG_SKIP(0)
#endif

/* The URL that the agent is made with. *listens: false when nothing is listened
 * for. -errno and why when an address cannot be taken. */
int listen_first(const struct config *, char *url, bool *listens, char *why,
		 size_t size);
/* All others, once the agent is made. */
int listen_rest(const struct config *, char *why, size_t size);

/* True when something is bound to whatever addresses the box has (0.0.0.0, ::, or
 * a TLS connection of ours) of that family. */
bool listen_any(const struct config *, int family);
/* One more address of ours: whoever listens on all takes it, too. */
int listen_also(const struct config *, const struct sockaddr *, char *why,
		size_t size);

#endif
