/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * OpenSSL's functions as the SIP library finds them: the program's own come
 * first. What is changed, and why:
 *
 * - Its one context for all verifies no name, takes TLS 1.0 and weak ciphers and
 *   has no chain: SSL_CTX_use_certificate_file() and ..._PrivateKey_file() read
 *   nothing, SSL_CTX_set_cipher_list(), the last of its settings, makes the
 *   context ours: what is not given a peer's own settings verifies nobody true.
 * - SSL_connect() and SSL_accept() give the connection the files of whom it is
 *   with, at its first step. So files that were read again hold from the next
 *   connection on, and those that run stay as they are.
 * - An error of one connection that stays in OpenSSL's queue would end the next
 *   one that reads: SSL_read() and SSL_write() empty it first.
 * - SSL objects were never freed, 27 KB for each connection: the library calls
 *   SSL_shutdown(), SSL_CTX_free() and BIO_free(). The last one frees all of it.
 *   The SSL_CTX_free() is for the reference that SSL_new() takes here.
 * - Nor the names of each server's certificate, which it lists and we do not
 *   need, since we verify: with X509_get_ext_count() it finds none.
 * - Why a connection could not be made it keeps to itself: connect() and
 *   su_soerror() note it.
 * - A line's end between two messages, which is a keep-alive, it takes for a
 *   message that never ends: SSL_read() keeps it, and answers a ping.
 * - A handshake that never ends kept its descriptor for ever: a timer.
 */
#define _GNU_SOURCE
#include "sip/tls_guard.h"

#include "config.h"

#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sofia-sip/su.h>

#include "base/log.h"
#include "base/timer.h"
#include "sip/access.h"
#include "sip/stream.h"
#include "sip/flow.h"
#include "sip/framing.h"
#include "sip/tls.h"

#define CIPHERS "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:DHE+CHACHA20:!aNULL:!PSK"
#define CHAIN_MOST 8
#define PING 4			/* octets */
#define KEEPALIVES 16		/* in one go */
#define QUIET_MS 10000		/* between two lines about strangers */

struct connection {
	struct list_head node;
	SSL *ssl;
	struct timer timer;
	struct sockaddr_storage peer;
	bool outgoing, begun, done, speaks;
	uint64_t done_ms;
	struct framing framing;	/* of what comes */
	char why[TLS_WHY];	/* what the certificate lacks */
};

static struct {
	struct timers *timers;
	unsigned handshake_ms;
	struct list_head connections;
	unsigned count;
	int index;		/* of ours in an SSL's data */
	bool hit;
	uint64_t said_ms;
	pthread_t thread;
	SSL *closing;		/* its SSL_shutdown() was called */
} guard = { .connections = LIST_INIT(guard.connections), .index = -1 };

/* The function that ours stands before. */
#define NEXT(name)                                                      \
	static __typeof__(&name) next;                                  \
	if (!next)                                                      \
		*(void **)&next = dlsym(RTLD_NEXT, #name);              \
	if (!next)                                                      \
		abort()

/* ------------------------------------------------------------- the context */

int SSL_CTX_use_certificate_file(SSL_CTX *ctx, const char *file, int type)
{
	return 1;	/* ours come from tls.c */
}

int SSL_CTX_set_cipher_list(SSL_CTX *ctx, const char *list)
{
	NEXT(SSL_CTX_set_cipher_list);

	guard.hit = true;
	SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
				 SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_TICKET);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
			   NULL);
	ERR_clear_error();
	return next(ctx, CIPHERS);
}

int X509_get_ext_count(const X509 *cert)
{
	return 0;
}

/* ---------------------------------------------------------- its connections */

static struct connection *of(const SSL *ssl)
{
	return guard.index < 0 ? NULL : SSL_get_ex_data(ssl, guard.index);
}

static void forget(struct connection *c)
{
	if (!c)
		return;
	timer_stop(&c->timer);
	list_remove(&c->node);
	guard.count--;
	free(c);
}

static void out_of_time(void *arg)
{
	struct connection *c = arg;
	char why[TLS_WHY];

	if (c->outgoing && !c->done) {
		snprintf(why, sizeof(why), c->begun ?
			 "the handshake timed out after %u s" :
			 "no connection within %u s",
			 (guard.handshake_ms + 999) / 1000);
		c->done = true;
		tls_tell((struct sockaddr *)&c->peer, TLS_FAILED, why);
	}
	/* The library sees the end of the stream, and closes. */
	shutdown(SSL_get_fd(c->ssl), SHUT_RDWR);
}

SSL *SSL_new(SSL_CTX *ctx)
{
	struct connection *c;
	SSL *ssl;
	NEXT(SSL_new);

	ssl = next(ctx);
#ifndef SOFIA_FREES_TLS
	SSL_CTX_up_ref(ctx);
#endif
	c = ssl && guard.timers ? calloc(1, sizeof(*c)) : NULL;
	if (!c)
		return ssl;
	c->ssl = ssl;
	list_add_before(&guard.connections, &c->node);
	guard.count++;
	SSL_set_ex_data(ssl, guard.index, c);
	timer_start(guard.timers, &c->timer, guard.handshake_ms, out_of_time, c);
	return ssl;
}

int SSL_shutdown(SSL *ssl)
{
	int ret;
	NEXT(SSL_shutdown);

	/* Before the handshake's end there is nothing to say, only an error. */
	ret = SSL_is_init_finished(ssl) ? next(ssl) : 1;
	ERR_clear_error();
	flow_closed(ssl);
	forget(of(ssl));
	if (guard.index >= 0)
		SSL_set_ex_data(ssl, guard.index, NULL);
#ifndef SOFIA_FREES_TLS
	guard.closing = ssl;
#endif
	return ret;
}

#ifndef SOFIA_FREES_TLS
int BIO_free(BIO *bio)
{
	SSL *ssl = guard.closing;
	NEXT(BIO_free);

	if (!bio || !ssl || SSL_get_rbio(ssl) != bio)
		return next(bio);
	guard.closing = NULL;
	SSL_free(ssl);
	return 1;
}
#endif

/* So soon after the handshake it is about the handshake. */
static bool young(const struct connection *c)
{
	return guard.timers->now_ms - c->done_ms < guard.handshake_ms;
}

/* With TLS 1.3 a far end that does not like our certificate says so behind the
 * handshake; maybe its words still lie there. */
static void last_words(struct connection *c)
{
	char why[TLS_WHY], rest;
	int ret, err = errno;

	c->done_ms = guard.timers->now_ms - guard.handshake_ms;
	ERR_clear_error();
	ret = SSL_read(c->ssl, &rest, 1);
	if (ret < 0 && ERR_peek_error())
		tls_handshake_words(c->ssl, ret, why, sizeof(why));
	else
		snprintf(why, sizeof(why), "it closes the connection at once; it "
			 "may want a certificate of ours (tls_certificate_file)");
	tls_tell((struct sockaddr *)&c->peer, TLS_REFUSED, why);
	ERR_clear_error();
	errno = err;
}

static struct connection *by_descriptor(int fd)
{
	struct list_head *n;

	/* Others may connect, too, from other threads. */
	if (!guard.timers || !pthread_equal(guard.thread, pthread_self()))
		return NULL;
	list_for_each(n, &guard.connections) {
		struct connection *c = list_entry(n, struct connection, node);

		if (SSL_get_fd(c->ssl) == fd)
			return c;
	}
	return NULL;
}

/* Whom a connection was for can be asked only while it stands. */
int connect(int fd, __CONST_SOCKADDR_ARG address, socklen_t size)
{
	struct connection *c = by_descriptor(fd);
	NEXT(connect);

	if (c && size <= sizeof(c->peer)) {
		memcpy(&c->peer, address.__sockaddr__, size);
		c->outgoing = true;
	}
	return next(fd, address, size);
}

/* What became of connect(): the library keeps it to itself. */
int su_soerror(su_socket_t fd)
{
	struct connection *c;
	int err;
	NEXT(su_soerror);

	err = next(fd);
	c = err ? by_descriptor(fd) : NULL;
	if (c && c->outgoing && !c->done) {
		c->done = true;
		tls_tell((struct sockaddr *)&c->peer, TLS_FAILED, strerror(err));
	} else if (c && c->outgoing && young(c)) {
		last_words(c);
	}
	return err;
}

/* --------------------------------------------------------------- handshakes */

static int verify(int ok, X509_STORE_CTX *store)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(store,
				SSL_get_ex_data_X509_STORE_CTX_idx());
	struct connection *c = of(ssl);

	if (!c)
		return 0;
	if (!ok) {
		tls_verify_words(store, c->why, sizeof(c->why));
		return 0;
	}
	if (X509_STORE_CTX_get_error_depth(store) ||
	    tls_proves(X509_STORE_CTX_get_current_cert(store),
		       (struct sockaddr *)&c->peer, c->why, sizeof(c->why)))
		return 1;
	X509_STORE_CTX_set_error(store, X509_V_ERR_HOSTNAME_MISMATCH);
	return 0;
}

static bool take_peer(struct connection *c)
{
	socklen_t size = sizeof(c->peer);

	return !getpeername(SSL_get_fd(c->ssl), (struct sockaddr *)&c->peer, &size);
}

/* The first step to somebody; false: we do not want to talk to him. */
static bool begin_outgoing(struct connection *c)
{
	struct sockaddr_storage number;
	struct tls_peer *p;

	if (c->begun)
		return true;
	if (!take_peer(c))
		return false;
	c->begun = c->outgoing = true;
	p = tls_peer_at((struct sockaddr *)&c->peer);
	if (!p || !SSL_set_SSL_CTX(c->ssl, p->context))
		return false;
	SSL_set_verify(c->ssl, SSL_VERIFY_PEER, verify);
	SSL_set_verify_depth(c->ssl, CHAIN_MOST);
	/* Whoever is named in tls_ca_file is trusted, root or not. */
	X509_VERIFY_PARAM_set_flags(SSL_get0_param(c->ssl),
				    X509_V_FLAG_PARTIAL_CHAIN);
	/* RFC 6066 section 3: no addresses in SNI. */
	if (address_parse(&number, p->name, 0))
		SSL_set_tlsext_host_name(c->ssl, p->name);
	timer_start(guard.timers, &c->timer, guard.handshake_ms, out_of_time, c);
	return true;
}

static bool begin_incoming(struct connection *c)
{
	SSL_CTX *own = tls_listener();

	if (c->begun)
		return true;
	if (!own || !take_peer(c) || !SSL_set_SSL_CTX(c->ssl, own))
		return false;
	c->begun = true;
	SSL_set_verify(c->ssl, SSL_VERIFY_NONE, NULL);
	return true;
}

/* Many may try: a line now and then. */
static void say_incoming(const struct connection *c, const char *why)
{
	char from[ADDRESS_TEXT];

	if (guard.said_ms && guard.timers->now_ms + 1 - guard.said_ms < QUIET_MS)
		return;
	guard.said_ms = guard.timers->now_ms + 1;
	address_text(from, (const struct sockaddr *)&c->peer);
	log_info("sip: TLS from %s: %s", from, why);
}

static void judge(struct connection *c, int ret)
{
	int err = ret == 1 ? SSL_ERROR_NONE : SSL_get_error(c->ssl, ret);
	char why[TLS_WHY];

	if (c->done || err == SSL_ERROR_WANT_READ || err == SSL_ERROR_WANT_WRITE)
		return;
	c->done = true;
	c->done_ms = guard.timers->now_ms;
	timer_stop(&c->timer);
	if (ret == 1)
		why[0] = '\0';
	else if (c->why[0])
		snprintf(why, sizeof(why), "%s", c->why);
	else
		tls_handshake_words(c->ssl, ret, why, sizeof(why));
	if (c->outgoing)
		tls_tell((struct sockaddr *)&c->peer,
			 ret == 1 ? TLS_SHAKEN : TLS_FAILED, why);
	else if (why[0])
		say_incoming(c, why);
}

static int refuse(void)
{
	ERR_clear_error();
	ERR_raise(ERR_LIB_SSL, SSL_R_UNINITIALIZED);
	return -1;
}

int SSL_connect(SSL *ssl)
{
	struct connection *c = of(ssl);
	int ret;
	NEXT(SSL_connect);

	if (!c || !begin_outgoing(c))
		return refuse();
	ERR_clear_error();
	ret = next(ssl);
	judge(c, ret);
	return ret;
}

int SSL_accept(SSL *ssl)
{
	struct connection *c = of(ssl);
	int ret;
	NEXT(SSL_accept);

	if (!c || !begin_incoming(c))
		return refuse();
	ERR_clear_error();
	ret = next(ssl);
	judge(c, ret);
	return ret;
}

static void complain(SSL *ssl, int ret)
{
	struct connection *c = of(ssl);
	char why[TLS_WHY];

	if (!c || !c->outgoing || !young(c))
		return;
	tls_handshake_words(ssl, ret, why, sizeof(why));
	tls_tell((struct sockaddr *)&c->peer, TLS_REFUSED, why);
}

/* It would not talk to us if it did not like our certificate. */
static void speaks(struct connection *c)
{
	if (!c || !c->outgoing || c->speaks)
		return;
	c->speaks = true;
	tls_tell((struct sockaddr *)&c->peer, TLS_SPEAKS, "");
}

/* RFC 5626 section 4.4.1: two ends of lines ask, one answers. True: that was
 * all. */
static bool keep_alive(struct connection *c, const char *data, int size)
{
	struct pollfd room = { .fd = SSL_get_fd(c->ssl), .events = POLLOUT };

	if (!framing_idle(&c->framing, data, (size_t)size)) {
		framing_feed(&c->framing, data, (size_t)size);
		return false;
	}
	if (size < PING)
		flow_pong(c->ssl);
	else if (poll(&room, 1, 0) == 1 && room.revents & POLLOUT)
		(void)SSL_write(c->ssl, "\r\n", 2);
	return true;
}

int SSL_read(SSL *ssl, void *buffer, int size)
{
	struct connection *c = of(ssl);
	int ret, most = KEEPALIVES;
	NEXT(SSL_read);

	do {
		ERR_clear_error();
		ret = next(ssl, buffer, size);
		if (ret > 0)
			speaks(c);
	} while (ret > 0 && c && keep_alive(c, buffer, ret) && --most);
	if (ret < 0 && ERR_peek_error())
		complain(ssl, ret);
	if (ret > 0)
		stream_read(SSL_get_fd(ssl), buffer, (size_t)ret);
	return ret;
}

int SSL_write(SSL *ssl, const void *buffer, int size)
{
	struct connection *c = of(ssl);
	int ret;
	NEXT(SSL_write);

	ERR_clear_error();
	ret = next(ssl, buffer, size);
	if (ret < 0 && c && c->outgoing && young(c) &&
	    SSL_get_error(ssl, ret) == SSL_ERROR_SYSCALL)
		last_words(c);
	if (c && c->begun)
		flow_sent(SSL_get_fd(ssl), ssl, (struct sockaddr *)&c->peer,
			  (size_t)size, ret > 0 ? ret : -1);
	return ret;
}

/* ------------------------------------------------------------------ process */

void tls_guard_start(struct timers *timers, unsigned handshake_ms)
{
	if (guard.index < 0)
		guard.index = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL);
	guard.timers = timers;
	guard.thread = pthread_self();
	guard.handshake_ms = handshake_ms;
	guard.hit = false;
}

void tls_guard_stop(void)
{
	struct list_head *n, *next;

	list_for_each_safe(n, next, &guard.connections) {
		struct connection *c = list_entry(n, struct connection, node);

		SSL_set_ex_data(c->ssl, guard.index, NULL);
		forget(c);
	}
	guard.timers = NULL;
}

bool tls_guard_hit(void)
{
	return guard.hit;
}

unsigned tls_guard_connections(void)
{
	return guard.count;
}

unsigned tls_local_port(const struct sockaddr *peer)
{
	struct sockaddr_storage own;
	socklen_t size = sizeof(own);
	const struct list_head *n;

	list_for_each(n, &guard.connections) {
		const struct connection *c = list_entry(n, struct connection, node);
		const struct sockaddr *at = (const void *)&c->peer;

		if (c->done && c->outgoing && SSL_is_init_finished(c->ssl) &&
		    access_same_host(at, peer) &&
		    address_port(at) == address_port(peer) &&
		    !getsockname(SSL_get_fd(c->ssl), (struct sockaddr *)&own, &size))
			return address_port((struct sockaddr *)&own);
	}
	return 0;
}
