/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * The library's own Digest gives up when a server offers SHA-256, even beside
 * MD5, and its Basic sends the secret readable to whoever asks. Both are
 * replaced by one client here: it answers the strongest that it knows and is
 * silent for all else.
 */
#define _GNU_SOURCE
#include "sip/digest.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* The library is built with it; it decides the layout of its structures. */
#define SOFIA_EXTEND_AUTH_CLIENT 1
#include <sofia-sip/auth_client.h>
#include <sofia-sip/auth_client_plugin.h>
#include <sofia-sip/auth_digest.h>
#include <sofia-sip/msg_header.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/su_string.h>

#include "base/log.h"
#include "sip/digest_hash.h"

struct digest {
	auth_client_t client;		/* the library's part comes first */
	auth_challenge_t challenge[1];
	int algorithm;
	unsigned count;			/* nc, of this nonce */
};

static int challenge(auth_client_t *ca, const msg_auth_t *ch)
{
	struct digest *d = (struct digest *)ca;
	su_home_t *home = ca->ca_home;
	auth_challenge_t new[1] = { { .ac_size = sizeof(new) } };
	bool same, first = !d->challenge->ac_nonce;
	int algorithm;

	if (!su_casematch(ch->au_scheme, "Digest"))
		return 1;
	if (auth_digest_challenge_get(home, new, ch->au_params) < 0)
		return 1;
	/* What we cannot answer, or would answer in a weaker way than asked, is
	 * passed over: another challenge may stand beside it. So is what is
	 * weaker than what this server has asked for before: nobody on the way
	 * can bid us down. */
	algorithm = digest_algorithm(new->ac_algorithm);
	if (!new->ac_nonce || !new->ac_realm || algorithm < 0 ||
	    (!first && algorithm < d->algorithm) ||
	    (new->ac_qop && !new->ac_auth && !new->ac_auth_int)) {
		auth_digest_challenge_free_params(home, new);
		return 1;
	}
	same = !first && algorithm == d->algorithm &&
	       !strcmp(new->ac_nonce, d->challenge->ac_nonce);
	auth_digest_challenge_free_params(home, d->challenge);
	*d->challenge = *new;
	d->algorithm = algorithm;
	if (!same)
		d->count = 0;
	/* 2: worth another try. A nonce that we have answered already and that
	 * is not stale means a wrong secret. */
	return first || !same || new->ac_stale ? 2 : 1;
}

static int authorize(auth_client_t *ca, su_home_t *home, const char *method,
		     const url_t *url, const msg_payload_t *body,
		     msg_header_t **out)
{
	struct digest *d = (struct digest *)ca;
	const auth_challenge_t *ac = d->challenge;
	char cnonce[24], count[12], response[DIGEST_HEX], extra[96] = "";
	struct digest_parts p = {
		.user = ca->ca_user, .realm = ac->ac_realm, .secret = ca->ca_pass,
		.nonce = ac->ac_nonce, .cnonce = cnonce, .count = count,
		/* Of both the shorter: proxies may change a body. */
		.qop = ac->ac_auth ? "auth" : ac->ac_auth_int ? "auth-int" : NULL,
		.method = method, .body = body ? body->pl_data : NULL,
		.body_size = body ? body->pl_len : 0,
	};

	*out = NULL;
	if (!ca->ca_user || !ca->ca_pass || !ac->ac_nonce)
		return 0;
	p.uri = url_as_string(home, url);
	if (!p.uri)
		return -1;
	if (p.qop || digest_is_session(d->algorithm)) {
		snprintf(cnonce, sizeof(cnonce), "%08x%08x", arc4random(),
			 arc4random());
		snprintf(count, sizeof(count), "%08x", ++d->count);
		snprintf(extra, sizeof(extra), ", cnonce=\"%s\"%s%s", cnonce,
			 p.qop ? ac->ac_auth ? ", qop=auth, nc=" :
				 ", qop=auth-int, nc=" : "", p.qop ? count : "");
	}
	if (!digest_response(d->algorithm, &p, response))
		*out = msg_header_format(home, ca->ca_credential_class,
			"Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", "
			"uri=\"%s\", response=\"%s\", algorithm=%s%s%s%s%s",
			p.user, p.realm, p.nonce, p.uri, response,
			digest_algorithm_name(d->algorithm),
			ac->ac_opaque ? ", opaque=\"" : "",
			ac->ac_opaque ? ac->ac_opaque : "",
			ac->ac_opaque ? "\"" : "", extra);
	su_free(home, (void *)p.uri);
	return *out ? 0 : -1;
}

static int clear(auth_client_t *ca)
{
	ca->ca_clear = 1;
	return 1;
}

static const auth_client_plugin_t plugin = {
	.auc_plugin_size = sizeof(plugin),
	.auc_size = sizeof(struct digest),
	/* Lower case: the library compares the wrong way round, so this takes
	 * Digest's place the first time and Basic's the second. */
	.auc_name = "digest",
	.auc_challenge = challenge,
	.auc_authorize = authorize,
	.auc_clear = clear,
};

typedef int challenge_fn(auth_client_t **, su_home_t *, const msg_auth_t *,
			 msg_hclass_t *);

/* True when a challenge of this text would be answered. */
static bool answers(su_home_t *home, const char *text)
{
	sip_www_authenticate_t *ch = sip_www_authenticate_make(home, text);
	auth_client_t *list = NULL;
	challenge_fn *library;

	*(void **)&library = dlsym(RTLD_NEXT, "auc_challenge");
	if (!ch || !library || library(&list, home, ch, sip_authorization_class) < 0)
		return false;
	auc_all_credentials(&list, NULL, NULL, "user", "secret");
	return auc_has_authorization(&list);
}

int digest_init(char *why, size_t size)
{
	static bool done;
	su_home_t home[1] = { SU_HOME_INIT(home) };
	int err = 0;

	if (!done) {
		auc_register_plugin(&plugin);
		auc_register_plugin(&plugin);
		done = true;
	}
	if (answers(home, "Basic realm=\"test\"") ||
	    !answers(home, "Digest realm=\"test\", nonce=\"1\", algorithm=SHA-256")) {
		snprintf(why, size, "the SIP library's authentication could not "
			 "be replaced; this version of it is not known");
		err = -ENOSYS;
	}
	su_home_deinit(home);
	return err;
}

/* -------------------------------------------------------------- challenges */

static bool answerable(const msg_auth_t *ch)
{
	return su_casematch(ch->au_scheme, "Digest") && digest_algorithm(
		msg_header_find_param(ch->au_common, "algorithm=")) >= 0;
}

/* asked: with its quotes, ours without. */
static bool is_realm(const char *asked, const char *ours)
{
	size_t n = strlen(ours);

	return asked[0] == '"' && !strncmp(asked + 1, ours, n) &&
	       !strcmp(asked + 1 + n, "\"");
}

/* The first that can be answered; ours: NULL, whatever its realm. */
static const msg_auth_t *find(const msg_auth_t *ch, const char *ours)
{
	for (; ch; ch = ch->au_next) {
		const char *asked = msg_header_find_param(ch->au_common, "realm=");

		if (answerable(ch) && asked &&
		    (!ours || !ours[0] || is_realm(asked, ours)))
			return ch;
	}
	return NULL;
}

bool digest_answers(const msg_auth_t *ch, const char *ours)
{
	return find(ch, ours);
}

/* The realm to answer, as it came, quotes and all; NULL: none. */
static const char *realm(const msg_auth_t *ch, const char *ours)
{
	const msg_auth_t *found = find(ch, ours);

	if (found)
		return msg_header_find_param(found->au_common, "realm=");
	found = find(ch, NULL);
	if (found)
		log_warning("sip: a challenge for realm %.80s is not answered: ours "
			    "is \"%s\"; see realm", msg_header_find_param(found->au_common,
			    "realm="), ours);
	return NULL;
}

const char *digest_fault(const sip_t *sip, const char *ours)
{
	const msg_auth_t *server = sip ? sip->sip_www_authenticate : NULL;
	const msg_auth_t *proxy = sip ? sip->sip_proxy_authenticate : NULL;

	if (find(server, ours) || find(proxy, ours))
		return NULL;
	if (find(server, NULL) || find(proxy, NULL))
		return "it asks for a password in another realm than ours; see realm";
	return "it offers no kind of authentication that we have (Digest with "
	       "MD5, SHA-256 or SHA-512-256)";
}

int digest_answer(nua_handle_t *nh, const sip_t *sip, const char *user,
		  const char *secret, const char *ours)
{
	const char *server, *proxy;
	char *text[2] = { NULL, NULL };
	int err = -ENOENT;

	if (!sip || !user[0] || !secret)
		return -ENOENT;
	server = realm(sip->sip_www_authenticate, ours);
	proxy = realm(sip->sip_proxy_authenticate, ours);
	if (!server && !proxy)
		return -ENOENT;
	if (server && asprintf(&text[0], "digest:%s:%s:%s", server, user, secret) < 0)
		goto out;
	if (proxy && asprintf(&text[1], "digest:%s:%s:%s", proxy, user, secret) < 0)
		goto out;
	nua_authenticate(nh, TAG_IF(text[0], NUTAG_AUTH(text[0])),
			 TAG_IF(text[1], NUTAG_AUTH(text[1])), TAG_END());
	err = 0;
out:
	secret_free(text[0]);
	secret_free(text[1]);
	return err;
}

/* ----------------------------------------------------------------- secrets */

char *secret_read(const char *file, char *why, size_t size)
{
	char line[256] = "";
	struct stat st;
	FILE *f = fopen(file, "re");
	char *secret = NULL;

	if (!f) {
		snprintf(why, size, "%s: %s", file, strerror(errno));
		return NULL;
	}
	if (fstat(fileno(f), &st) < 0)
		snprintf(why, size, "%s: %s", file, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		snprintf(why, size, "%s: not a regular file", file);
	else if (st.st_mode & (S_IRWXO | S_IWGRP))
		snprintf(why, size, "%s: others can read this secret; "
			 "chmod 0600 %s", file, file);
	else if (!fgets(line, sizeof(line), f))
		snprintf(why, size, "%s: it is empty; its first line must be "
			 "the secret", file);
	else if (!strchr(line, '\n') && !feof(f))
		snprintf(why, size, "%s: its first line is longer than 254 "
			 "characters", file);
	else
		secret = strndup(line, strcspn(line, "\r\n"));
	if (secret && !*secret) {
		snprintf(why, size, "%s: its first line is empty; it must be "
			 "the secret", file);
		secret_free(secret);
		secret = NULL;
	}
	explicit_bzero(line, sizeof(line));
	fclose(f);
	return secret;
}

void secret_free(char *secret)
{
	if (!secret)
		return;
	explicit_bzero(secret, strlen(secret));
	free(secret);
}
