/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Peers whose address nobody knows, and that prove who they are. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sofia-sip/msg_addr.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/su_alloc.h>

#include "base/loop.h"
#include "sip/connections.h"
#include "sip/gate.h"
#include "sip/internal.h"
#include "sip/nonce.h"

static struct provider *named(const struct agent *a, const char *user)
{
	const struct list_head *n;

	list_for_each(n, &a->providers) {
		struct provider *p = list_entry(n, struct provider, node);

		if (!p->trunk.draining && p->accept_secret &&
		    !strcmp(p->conf->accept_user, user))
			return p;
	}
	return NULL;
}

bool proving(const struct agent *a)
{
	for (size_t i = 0; i < a->conf->trunk_count; i++)
		if (a->conf->trunks[i].accept_user &&
		    a->conf->trunks[i].accept_user[0])
			return true;
	return false;
}

static const char *secret_of(void *arg, const char *user)
{
	const struct provider *p = named(arg, user);

	return p ? p->accept_secret : NULL;
}

static enum proof weigh(struct agent *a, const struct proof_request *r,
			const struct sockaddr *from, char user[PROOF_USER],
			char challenge[PROOF_CHALLENGE])
{
	const struct proof_conf conf = {
		.realm = a->conf->sip.realm, .digests = a->conf->sip.digests,
		.digest_count = a->conf->sip.digest_count,
		.cover = a->conf->sip.digest_cover,
		.secret = secret_of, .arg = a,
	};
	uint64_t now = clock_ms();
	enum proof proof = proof_check(a->nonces, &conf, r, from, now, user);

	challenge[0] = '\0';
	if (proof != PROOF_GOOD)
		proof_challenge(a->nonces, &conf, from, proof == PROOF_STALE, now,
				challenge);
	return proof;
}

enum proof agent_prove(void *arg, const struct proof_request *r,
		       const struct sockaddr *from, char challenge[PROOF_CHALLENGE])
{
	char user[PROOF_USER];

	return weigh(arg, r, from, user, challenge);
}

static void take(char *out, size_t room, su_home_t *home, const void *header)
{
	const char *text = header ? sip_header_as_string(home, header) : NULL;

	snprintf(out, room, "%s", text ? text : "");
}

/* The library forgets the last parameter when it writes the header. */
static void take_credentials(char *out, size_t room, const msg_auth_t *au)
{
	size_t n = (size_t)snprintf(out, room, "%s", au->au_scheme);

	for (const msg_param_t *p = au->au_params; p && *p && n < room; p++)
		n += (size_t)snprintf(out + n, room - n, "%s %s",
				      p == au->au_params ? "" : ",", *p);
}

static void read_parsed(struct proof_request *r, const sip_t *sip)
{
	su_home_t home[1] = { SU_HOME_INIT(home) };
	const char *uri = url_as_string(home, sip->sip_request->rq_url);

	memset(r, 0, sizeof(*r));
	snprintf(r->method, sizeof(r->method), "%s",
		 sip->sip_request->rq_method_name);
	snprintf(r->uri, sizeof(r->uri), "%s", uri ? uri : "");
	take(r->call_id, sizeof(r->call_id), home, sip->sip_call_id);
	r->cseq = sip->sip_cseq ? sip->sip_cseq->cs_seq : 0;
	snprintf(r->branch, sizeof(r->branch), "%s", sip->sip_via &&
		 sip->sip_via->v_branch ? sip->sip_via->v_branch : "");
	if (sip->sip_payload) {
		r->body = sip->sip_payload->pl_data;
		r->body_size = sip->sip_payload->pl_len;
	}
	for (const sip_authorization_t *au = sip->sip_authorization;
	     au && r->count < PROOF_MOST; au = au->au_next)
		take_credentials(r->credentials[r->count++],
				 sizeof(r->credentials[0]), au);
	su_home_deinit(home);
}

static void challenge_request(struct agent *a, const struct happening *h, char *text)
{
	tagi_t tags[DIGEST_COUNT + 2];
	unsigned n = 0;
	char *line, *next = text;

	while (n < DIGEST_COUNT && (line = strsep(&next, "\r\n")))
		if (*line)
			tags[n++] = (tagi_t){ SIPTAG_HEADER_STR(line) };
	tags[n++] = (tagi_t){ NUTAG_WITH_THIS(a->nua) };
	tags[n] = (tagi_t){ TAG_END() };
	nua_respond(h->nh, SIP_401_UNAUTHORIZED, TAG_NEXT(tags));
}

struct provider *prove_request(struct agent *a, const struct happening *h,
			       const struct sockaddr *from)
{
	const sip_t *sip = h->sip;
	char user[PROOF_USER], challenge[PROOF_CHALLENGE];
	struct proof_request r;
	struct glance g;
	enum proof proof;

	glance_set(&g, sip->sip_request->rq_method_name,
		   sip->sip_request->rq_url->url_user,
		   sip->sip_user_agent ? sip->sip_user_agent->g_string : NULL);
	read_parsed(&r, sip);
	proof = weigh(a, &r, from, user, challenge);
	/* Here everybody gets his answer: somebody waits at the other end of a
	 * connection, and datagrams have passed the gate's bounds. */
	gate_weighed(from, &g, proof);
	if (proof == PROOF_GOOD) {
		connections_served(from);
		return named(a, user);
	}
	if (h->status < 200)
		challenge_request(a, h, challenge);
	return NULL;
}
