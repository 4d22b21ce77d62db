/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * tls.h - SIP over TLS 1.2 and later (RFC 5246, RFC 8446): whose certificate we
 * take, which one we show, and what went wrong, in words.
 *
 * The SIP library makes and reads the connections; it verifies nobody by name,
 * sends no SNI and no chain. So whatever it does with a connection's handshake
 * goes through tls_guard.c, which asks here whom we are talking to. A
 * connection that nobody here knows is refused. One thread.
 */
#ifndef SIP_TLS_H
#define SIP_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "base/list.h"
#include "config/config.h"

struct ssl_ctx_st;
struct timers;
struct x509_st;

#define TLS_WHY 200
#define TLS_ERROR (TLS_WHY + 80)	/* with the address */

/* What becomes of a connection to somebody. */
enum tls_news {
	TLS_FAILED,	/* no connection, or no end of its handshake; why */
	TLS_SHAKEN,	/* the handshake is done */
	TLS_REFUSED,	/* ... and the far end refuses us behind it, as with TLS 1.3
			 * it may do with our certificate; why */
	TLS_SPEAKS,	/* the first word behind the handshake */
};

/* Somebody we connect to, by whatever addresses has() knows. */
struct tls_peer {
	struct list_head node;		/* of those that are in use */
	struct ssl_ctx_st *context;	/* our certificate, their issuers */
	char *name;			/* that their certificate must prove */
	bool wildcards;
	bool (*has)(const struct tls_peer *, const struct sockaddr *);
	/* why: "" where there is none to tell. Called from the timers, never
	 * from inside the library. */
	void (*news)(struct tls_peer *, const struct sockaddr *, enum tls_news,
		     const char *why);
};

/* Reads the files. name: host name or address (RFC 5922 section 7.1). -errno and
 * why; the peer is then as tls_peer_fini() leaves it. */
int tls_peer_init(struct tls_peer *, const struct config_tls *, const char *name,
		  bool wildcards, char *why, size_t size);
void tls_peer_fini(struct tls_peer *);
/* From here on connections to its addresses are its own. The latest comes
 * first, so that a changed trunk's new certificates are used. */
void tls_peer_use(struct tls_peer *);
/* Exchanges the files of two peers with one name. */
void tls_peer_swap(struct tls_peer *, struct tls_peer *);

/* For the process, until tls_stop(). handshake_ms: a connection, in or out, that
 * has not done with its handshake by then is closed. */
void tls_start(struct timers *, unsigned handshake_ms);
void tls_stop(void);

/* What we show to those who connect to us; again after a reload. -errno and
 * why, then the old one stays in use. */
int tls_listen(const struct config_tls *, char *why, size_t size);

/* Our own port of the connection to an address; 0: there is none. */
unsigned tls_local_port(const struct sockaddr *peer);

/* ------------------------------------------------------------ between files */

/* The first who has an address, NULL: nobody. */
struct tls_peer *tls_peer_at(const struct sockaddr *);
struct ssl_ctx_st *tls_listener(void);
/* Whether a certificate proves the name of each who has the address; false and
 * why: "is for a.example, not for b.example". */
bool tls_proves(const struct x509_st *, const struct sockaddr *, char *why,
		size_t size);
/* Tells those who have the address, soon. */
void tls_tell(const struct sockaddr *, enum tls_news, const char *why);

/* tls_name.c: RFC 5922 section 7, and RFC 6125 where wildcards are taken. name: a
 * host name, or an address without brackets. */
bool tls_name_matches(const struct x509_st *, const char *name, bool wildcards);
/* "sip.example.net, *.example.org" */
void tls_name_list(const struct x509_st *, char *text, size_t size);

#endif
