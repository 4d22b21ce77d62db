/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Any bytes from a stranger: what is kept of them can be shown, and the answer
 * has room and is one. */
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"
#include "sip/attackers.h"
#include "sip/glance.h"
#include "sip/nonce.h"
#include "sip/proof.h"

const char fuzz_name[] = "knock";

const char *const fuzz_words[] = {
	"INVITE ", "ACK ", "OPTIONS ", "sip:", "sips:", "tel:", "@", " SIP/2.0\r\n",
	"SIP/2.0 200 OK\r\n", "\r\n", "\n", "\r\n ", "\r\n\t", "\r\n\r\n", "Via: ", "v:",
	"SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bK1", ";rport", ";rport=", ",",
	"From: ", "f:", "To: ", "t:", ";tag=", "Call-ID: ", "i:", "CSeq: 1 INVITE",
	"User-Agent: ", "Authorization: Digest username=\"u\", realm=\"r\", nonce=\"",
	"response=\"", ", nc=00000001, qop=auth, cnonce=\"1\"", ":", ";", "\"", "%00", NULL
};

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "knock-fuzz: %s\n", what);
	abort();
}

static bool plain(const char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~' || *text == '"')
			return false;
	return true;
}

static void counted(const struct glance *g, const uint8_t *data, size_t size)
{
	static struct attackers *table;
	static uint64_t clock;
	struct sockaddr_in from = { .sin_family = AF_INET };
	struct attacker *a;

	if (!table)
		table = attackers_new();
	if (!table)
		return;
	if (size >= 4)
		memcpy(&from.sin_addr, data, 4);
	a = attackers_count(table, (const struct sockaddr *)&from, g, ++clock);
	must(a && a->requests && a->last == clock, "a request that does not count");
	must(!g->called[0] || strcmp(g->method, "INVITE") ||
	     !strcmp(a->called[(a->called_next + ATTACKER_CALLED - 1u) %
			       ATTACKER_CALLED], g->called), "a number is lost");
}

static const char *no_secret(void *arg, const char *user)
{
	(void)arg;
	must(strlen(user) < PROOF_USER, "an endless user");
	return "secret";
}

static void proves(const char *text, size_t size, const struct sockaddr *from)
{
	static const enum digest_kind md5[] = { DIGEST_MD5 };
	static const struct proof_conf conf = { .realm = "r", .digests = md5,
		.digest_count = 1, .secret = no_secret };
	static struct nonces *nonces;
	struct proof_request r;
	char user[PROOF_USER];

	if (!nonces)
		nonces = nonces_new();
	proof_read(&r, text, size);
	if (nonces)
		must(proof_check(nonces, &conf, &r, from, 1, user) != PROOF_GOOD,
		     "a proof out of nothing");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sockaddr_in6 from = { .sin6_family = AF_INET6, .sin6_port = 1 };
	char *text = malloc(size + !size), *answer = malloc(2048);
	struct glance g, again;
	size_t n;

	if (!text || !answer)
		goto out;
	memcpy(text, data, size);
	glance_read(&g, text, size);
	must(plain(g.method) && plain(g.called) && plain(g.agent),
	     "words that cannot be shown");
	must(!g.response || !g.method[0], "a request and a response at once");
	counted(&g, data, size);
	n = glance_answer(text, size, (struct sockaddr *)&from, "403 Forbidden", "",
			  answer, 2048);
	must(n < 2048, "an answer beyond its room");
	must(!n || (g.method[0] && !g.response), "an answer to no request");
	if (n) {
		glance_read(&again, answer, n);
		must(again.response, "an answer that is none");
	}
	glance_answer(text, size, (struct sockaddr *)&from, "403 Forbidden", "",
		      answer, 1);
	proves(text, size, (struct sockaddr *)&from);
out:
	free(answer);
	free(text);
	return 0;
}
