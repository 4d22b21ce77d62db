/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#define _GNU_SOURCE
#include "sip/gate.h"

#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include <sofia-sip/su.h>

#include "base/log.h"
#include "base/loop.h"
#include "sip/flood.h"
#include "sip/stream.h"
#include "sip/flow.h"

#define PEERS 256		/* whom we have sent requests */
#define ANSWERS_S 50		/* 403s and 401s a second, to all together */
#define ANSWERS_SOURCE_S 10	/* 401s a second, to one source */
#define CHALLENGES_FREE 5	/* in a row without a proof: no offence */
#define LINES_S 20		/* lines a second in the log */
#define LINES_FIRST 5		/* requests of a source that have a line each, */
#define LINE_AGAIN_MS 10000	/* then one so often */

typedef issize_t receive_fn(su_socket_t, su_iovec_t *, isize_t, int,
			    su_sockaddr_t *, socklen_t *);
typedef issize_t send_fn(su_socket_t, su_iovec_t const *, isize_t, int,
			 su_sockaddr_t const *, socklen_t);

static struct {
	struct gate_conf conf;
	struct attackers *attackers;
	uint64_t strangers;
	struct flood flood;
	struct sockaddr_storage peer[PEERS];
	unsigned peer_next;
	uint64_t second;		/* that the next two are of */
	unsigned answers, lines;
} gate;

int gate_open(const struct gate_conf *conf)
{
	if (!gate.attackers)
		gate.attackers = attackers_new();
	if (!gate.attackers)
		return -ENOMEM;
	gate.conf = *conf;
	gate.flood.rate = conf->rate;
	return 0;
}

void gate_close(void)
{
	attackers_free(gate.attackers);
	memset(&gate, 0, sizeof(gate));
}

static bool is_peer(const struct sockaddr *a)
{
	for (unsigned i = 0; i < PEERS && gate.peer[i].ss_family; i++)
		if (access_same_host((const void *)&gate.peer[i], a))
			return true;
	return false;
}

static bool known(const struct sockaddr *from)
{
	return gate.conf.known(gate.conf.arg, from) || is_peer(from);
}

/* Not the timers' clock: a datagram wakes the library, not a watch of ours, and
 * that clock may stand where the last event left it. */
static uint64_t now(void)
{
	uint64_t ms = clock_ms();

	if (ms / 1000 != gate.second) {
		gate.second = ms / 1000;
		gate.answers = gate.lines = 0;
	}
	return ms;
}

/* fail2ban reads this line: etc/fail2ban. */
static void tell(struct attacker *x, const struct glance *g, uint64_t ms,
		 const char *why)
{
	char host[ADDRESS_TEXT];

	if (gate.lines >= LINES_S || (x->requests > LINES_FIRST &&
	    ms - x->told < LINE_AGAIN_MS))
		return;
	gate.lines++;
	x->told = ms;
	address_host(host, (const void *)&x->source, false);
	log_warning("sip: stranger %s refused: %s%s%s%s, user agent \"%s\", request %llu",
		    host, why, g->method[0] ? g->method : "no SIP", g->called[0] ?
		    " to " : "", g->called, g->agent,
		    (unsigned long long)x->requests);
}

static struct attacker *count(const struct sockaddr *from, const struct glance *g,
			      uint64_t ms)
{
	gate.strangers++;
	return attackers_count(gate.attackers, from, g, ms);
}

void gate_refused(const struct sockaddr *from, const struct glance *g)
{
	struct attacker *x;
	uint64_t ms;

	/* An ACK belongs to a request that was counted. */
	if (!gate.attackers || !strcmp(g->method, "ACK"))
		return;
	ms = now();
	x = count(from, g, ms);
	if (x)
		tell(x, g, ms, "");
}

/* Who has proved himself has not attacked by being asked to. */
static void forgive(const struct sockaddr *from)
{
	struct attacker *x = attackers_find(gate.attackers, from);

	if (!x)
		return;
	x->requests -= x->challenges;
	gate.strangers -= x->challenges;
	x->challenges = 0;
	if (!x->requests)
		memset(x, 0, sizeof(*x));
}

static bool may_answer(struct attacker *x, bool peer, uint64_t ms)
{
	if (x->second != ms / 1000) {
		x->second = ms / 1000;
		x->answers = 0;
	}
	if (x->answers >= ANSWERS_SOURCE_S || (!peer && gate.answers >= ANSWERS_S))
		return false;
	x->answers++;
	gate.answers++;
	return true;
}

bool gate_weighed(const struct sockaddr *from, const struct glance *g,
		  enum proof proof)
{
	struct attacker *x;
	uint64_t ms;

	if (!gate.attackers)
		return true;
	if (proof == PROOF_GOOD) {
		forgive(from);
		return true;
	}
	ms = now();
	x = count(from, g, ms);
	if (!x)
		return false;
	if (proof == PROOF_WRONG) {
		x->wrong++;
		tell(x, g, ms, "wrong user or password, ");
	} else if (++x->challenges > CHALLENGES_FREE) {
		tell(x, g, ms, "no proof of who it is, ");
	}
	/* Who has proved himself before is not kept out by a flood of others. */
	return may_answer(x, is_peer(from), ms);
}

bool gate_admits(const struct sockaddr *from)
{
	static const struct glance connects = { .method = "connection" };

	if (!gate.attackers || known(from) || gate.conf.prove)
		return true;
	gate_refused(from, &connects);
	return false;
}

uint64_t gate_strangers(void)
{
	return gate.strangers;
}

uint64_t gate_dropped(void)
{
	return gate.flood.dropped;
}

void gate_each(void (*fn)(void *, const struct attacker *), void *arg)
{
	if (gate.attackers)
		attackers_each(gate.attackers, fn, arg);
}

/* ------------------------------------------------- between library and wire */

static void add_peer(const struct sockaddr *a)
{
	if (is_peer(a))
		return;
	memset(&gate.peer[gate.peer_next], 0, sizeof(gate.peer[0]));
	memcpy(&gate.peer[gate.peer_next], a, address_size(a));
	gate.peer_next = (gate.peer_next + 1) % PEERS;
}

/* Whoever we ask may answer. */
static void note_peer(const su_iovec_t *iov, const struct sockaddr *to)
{
	const char *text = iov->siv_base;

	if (iov->siv_len < 12 || !strncmp(text, "SIP/", 4) || text[0] < 'A' ||
	    text[0] > 'Z' || known(to))
		return;
	add_peer(to);
}

/* Data of one buffer, or joined in `room`: enough for every header that counts. */
static const char *joined(const su_iovec_t *iov, isize_t count, size_t *size,
			  char *room, size_t most)
{
	size_t left = *size, used = 0;

	if (*size <= iov[0].siv_len)
		return iov[0].siv_base;
	for (isize_t i = 0; i < count && left && used < most; i++) {
		size_t n = iov[i].siv_len;

		n = n < left ? n : left;
		n = n < most - used ? n : most - used;
		memcpy(room + used, iov[i].siv_base, n);
		used += n;
		left -= n;
	}
	*size = used;
	return room;
}

static void answer(su_socket_t s, const char *data, size_t size,
		   const struct sockaddr *from, const char *status, const char *more)
{
	char text[3072];
	size_t n = glance_answer(data, size, from, status, more, text, sizeof(text));

	if (n)
		sendto(s, text, n, MSG_NOSIGNAL | MSG_DONTWAIT, from,
		       address_size(from));
}

static void refuse(su_socket_t s, const char *data, size_t size,
		   const struct sockaddr *from, const struct glance *g)
{
	gate_refused(from, g);
	if (!gate.conf.answer || gate.answers >= ANSWERS_S)
		return;
	gate.answers++;
	answer(s, data, size, from, "403 Forbidden", "");
}

/* A response, an ACK or a CANCEL cannot be challenged (RFC 3261 section 22.1):
 * they pass when their sender is a peer by now. So does what belongs to a
 * dialog. */
static bool passes(const struct sockaddr *from, const struct glance *g,
		   const struct proof_request *r)
{
	return is_peer(from) && (!gate.conf.prove || g->response ||
				 !strcmp(g->method, "ACK") ||
				 !strcmp(g->method, "CANCEL") || r->inside);
}

/* True: whoever sent it has shown who he is. Else he was asked to, or refused. */
static bool proved(su_socket_t s, const char *data, size_t size,
		   const struct sockaddr *from, const struct glance *g,
		   const struct proof_request *r)
{
	char challenge[PROOF_CHALLENGE];
	enum proof proof;

	if (!gate.conf.prove || !g->method[0] || !strcmp(g->method, "ACK") ||
	    !strcmp(g->method, "CANCEL")) {
		refuse(s, data, size, from, g);
		return false;
	}
	proof = gate.conf.prove(gate.conf.arg, r, from, challenge);
	if (gate_weighed(from, g, proof) && proof != PROOF_GOOD)
		answer(s, data, size, from, "401 Unauthorized", challenge);
	return proof == PROOF_GOOD;
}

static bool admits(su_socket_t s, const char *data, size_t size,
		   const struct sockaddr *from)
{
	struct proof_request r;
	struct glance g;

	if (gate.conf.known(gate.conf.arg, from))
		return true;
	glance_read(&g, data, size);
	if (gate.conf.prove)
		proof_read(&r, data, size);
	if (passes(from, &g, &r))
		return true;
	if (!proved(s, data, size, from, &g, &r))
		return false;
	add_peer(from);
	return true;
}

/* So that one trunk's flood costs neither its own calls nor others. */
static bool bounded(const struct sockaddr *from, const char *data, size_t size)
{
	char host[ADDRESS_TEXT];
	bool begins, tell, good;
	struct glance g;

	if (!gate.conf.rate)
		return true;
	glance_read(&g, data, size);
	begins = g.method[0] && !g.inside;
	good = flood_admits(&gate.flood, from, begins, clock_ms(), &tell);
	if (tell) {
		address_host(host, from, false);
		log_warning("sip: %s sends more than %u %s a second: what is above "
			    "is dropped (sip.max_requests)", host, begins ?
			    gate.conf.rate : gate.conf.rate * FLOOD_INSIDE,
			    begins ? "new requests" : "messages in calls");
	}
	return good;
}

/* Streams have no sender: connections are looked at when they are made, and their
 * rate is bounded by resting. */
issize_t su_vrecv(su_socket_t s, su_iovec_t iov[], isize_t count, int flags,
		  su_sockaddr_t *su, socklen_t *su_size)
{
	static receive_fn *next;
	char room[4096];
	const char *data;
	issize_t n;
	size_t size;

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "su_vrecv");
	/* A stream gives less at a time, so that others have their turn. */
	if (!su && count && gate.attackers) {
		count = 1;
		if (iov[0].siv_len > STREAM_READ)
			iov[0].siv_len = STREAM_READ;
	}
	n = next(s, iov, count, flags, su, su_size);
	if (n <= 0 || !gate.attackers || !count)
		return n;
	if (!su) {
		size = (size_t)n;
		data = joined(iov, count, &size, room, sizeof(room));
		stream_read(s, data, size);
		return n;
	}
	if (su->su_family != AF_INET && su->su_family != AF_INET6)
		return n;
	size = (size_t)n;
	data = joined(iov, count, &size, room, sizeof(room));
	/* SIP begins with a letter, STUN with two bits that are 0. */
	if (size >= 20 && (unsigned char)data[0] < 0x20 && gate.conf.stun &&
	    gate.conf.stun(gate.conf.arg, &su->su_sa, (const uint8_t *)data, size)) {
		errno = EAGAIN;
		return -1;
	}
	if (admits(s, data, size, &su->su_sa) && bounded(&su->su_sa, data, size))
		return n;
	errno = EAGAIN;
	return -1;
}

issize_t su_vsend(su_socket_t s, su_iovec_t const iov[], isize_t count, int flags,
		  su_sockaddr_t const *su, socklen_t su_size)
{
	static send_fn *next;
	size_t size = 0;
	issize_t n;

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "su_vsend");
	if (su && count && gate.attackers &&
	    (su->su_family == AF_INET || su->su_family == AF_INET6))
		note_peer(iov, &su->su_sa);
	n = next(s, iov, count, flags, su, su_size);
	for (isize_t i = 0; i < count; i++)
		size += iov[i].siv_len;
	if (!su || su->su_family == AF_INET || su->su_family == AF_INET6)
		flow_sent(s, NULL, su ? &su->su_sa : NULL, size, n);
	return n;
}

int gate_check(void)
{
	return dlsym(RTLD_DEFAULT, "su_vrecv") == (void *)su_vrecv &&
	       dlsym(RTLD_DEFAULT, "su_vsend") == (void *)su_vsend ? 0 : -ENOSYS;
}
