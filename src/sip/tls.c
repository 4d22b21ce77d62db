/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "sip/tls.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/log.h"
#include "base/timer.h"
#include "sip/access.h"
#include "sip/tls_guard.h"

/* To be told from a timer. */
struct news {
	struct list_head node;
	struct sockaddr_storage at;
	enum tls_news what;
	char why[TLS_WHY];
};

static struct {
	struct timers *timers;
	struct timer tell;
	struct list_head peers, news;
	SSL_CTX *listener;
} tls = {
	.peers = LIST_INIT(tls.peers), .news = LIST_INIT(tls.news),
};

/* ---------------------------------------------------------------- contexts */

/* The library's own words for the last error, and none of it left. */
static const char *reason(void)
{
	unsigned long e = ERR_peek_last_error();
	const char *text = e ? ERR_reason_error_string(e) : NULL;

	ERR_clear_error();
	return text ? text : "cannot be read";
}

static int load_own(SSL_CTX *ctx, const struct config_tls *files, char *why,
		    size_t size)
{
	const char *key = files->key_file[0] ? files->key_file :
					       files->certificate_file;

	if (SSL_CTX_use_certificate_chain_file(ctx, files->certificate_file) != 1) {
		snprintf(why, size, "certificate %s: %s", files->certificate_file,
			 reason());
		return -EINVAL;
	}
	if (SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_check_private_key(ctx) != 1) {
		snprintf(why, size, "private key %s for certificate %s: %s", key,
			 files->certificate_file, reason());
		return -EINVAL;
	}
	return 0;
}

static int load_issuers(SSL_CTX *ctx, const char *file, char *why, size_t size)
{
	if (!file[0]) {
		if (SSL_CTX_set_default_verify_paths(ctx) == 1)
			return 0;
		snprintf(why, size, "the system's certificates: %s", reason());
		return -EINVAL;
	}
	if (SSL_CTX_load_verify_file(ctx, file) == 1)
		return 0;
	snprintf(why, size, "certificates of issuers, %s: %s", file, reason());
	return -EINVAL;
}

static SSL_CTX *context(const struct config_tls *files, bool listens, char *why,
			size_t size)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_method());

	ERR_clear_error();
	snprintf(why, size, "out of memory");
	if (!ctx)
		return NULL;
	if ((files->certificate_file[0] && load_own(ctx, files, why, size)) ||
	    (!listens && load_issuers(ctx, files->ca_file, why, size))) {
		SSL_CTX_free(ctx);
		return NULL;
	}
	return ctx;
}

/* ------------------------------------------------------------------- peers */

int tls_peer_init(struct tls_peer *p, const struct config_tls *files,
		  const char *name, bool wildcards, char *why, size_t size)
{
	list_init(&p->node);
	p->wildcards = wildcards;
	p->context = context(files, false, why, size);
	if (!p->context)
		return -EINVAL;
	/* "[2001:db8::1]" is how a URI writes it. */
	p->name = strndup(name + (*name == '['), strcspn(name, "]") -
			  (*name == '['));
	if (p->name)
		return 0;
	tls_peer_fini(p);
	snprintf(why, size, "out of memory");
	return -ENOMEM;
}

void tls_peer_fini(struct tls_peer *p)
{
	if (p->node.next)
		list_remove(&p->node);
	SSL_CTX_free(p->context);
	free(p->name);
	p->context = NULL;
	p->name = NULL;
}

void tls_peer_use(struct tls_peer *p)
{
	list_add_before(tls.peers.next, &p->node);
}

void tls_peer_swap(struct tls_peer *a, struct tls_peer *b)
{
	SSL_CTX *context_a = a->context;
	char *name = a->name;
	bool wildcards = a->wildcards;

	a->context = b->context;
	b->context = context_a;
	a->name = b->name;
	b->name = name;
	a->wildcards = b->wildcards;
	b->wildcards = wildcards;
}

struct tls_peer *tls_peer_at(const struct sockaddr *at)
{
	const struct list_head *n;

	list_for_each(n, &tls.peers) {
		struct tls_peer *p = list_entry(n, struct tls_peer, node);

		if (p->has(p, at))
			return p;
	}
	return NULL;
}

bool tls_proves(const X509 *cert, const struct sockaddr *at, char *why, size_t size)
{
	const struct list_head *n;
	char names[96];

	list_for_each(n, &tls.peers) {
		const struct tls_peer *p = list_entry(n, struct tls_peer, node);

		if (!p->has(p, at) || tls_name_matches(cert, p->name, p->wildcards))
			continue;
		tls_name_list(cert, names, sizeof(names));
		snprintf(why, size, "its certificate is for %s, not for %.64s%s",
			 names, p->name, !p->wildcards &&
			 tls_name_matches(cert, p->name, true) ?
			 "; set tls_wildcards = true" : "");
		return false;
	}
	return true;
}

/* ------------------------------------------------------------- what happened */

static void tell(void *arg)
{
	while (!list_empty(&tls.news)) {
		struct news *e = list_entry(tls.news.next, struct news, node);
		struct list_head *n, *next;

		list_remove(&e->node);
		list_for_each_safe(n, next, &tls.peers) {
			struct tls_peer *p = list_entry(n, struct tls_peer, node);

			if (p->has(p, (struct sockaddr *)&e->at))
				p->news(p, (struct sockaddr *)&e->at, e->what,
					e->why);
		}
		free(e);
	}
}

void tls_tell(const struct sockaddr *at, enum tls_news what, const char *why)
{
	struct news *e = calloc(1, sizeof(*e));

	if (!e || !tls.timers) {
		free(e);
		return;
	}
	memcpy(&e->at, at, address_size(at));
	e->what = what;
	snprintf(e->why, sizeof(e->why), "%s", why);
	list_add_before(&tls.news, &e->node);
	if (!timer_runs(&tls.tell))
		timer_start(tls.timers, &tls.tell, 0, tell, NULL);
}

/* ----------------------------------------------------------------- process */

void tls_start(struct timers *timers, unsigned handshake_ms)
{
	tls.timers = timers;
	tls_guard_start(timers, handshake_ms);
}

void tls_stop(void)
{
	timer_stop(&tls.tell);
	while (!list_empty(&tls.news)) {
		struct news *e = list_entry(tls.news.next, struct news, node);

		list_remove(&e->node);
		free(e);
	}
	tls_guard_stop();
	SSL_CTX_free(tls.listener);
	tls.listener = NULL;
	tls.timers = NULL;
}

int tls_listen(const struct config_tls *files, char *why, size_t size)
{
	SSL_CTX *ctx = NULL;

	if (files->certificate_file[0]) {
		ctx = context(files, true, why, size);
		if (!ctx)
			return -EINVAL;
	}
	SSL_CTX_free(tls.listener);
	tls.listener = ctx;
	return 0;
}

SSL_CTX *tls_listener(void)
{
	return tls.listener;
}
