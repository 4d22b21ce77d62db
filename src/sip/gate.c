/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#define _GNU_SOURCE
#include "sip/gate.h"

#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include <sofia-sip/su.h>

#include "base/log.h"
#include "base/timer.h"

#define PEERS 256		/* whom we have sent requests */
#define ANSWERS_S 50		/* 403s a second, to all together */
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

static uint64_t now(void)
{
	uint64_t ms = gate.conf.timers->now_ms;

	if (ms / 1000 != gate.second) {
		gate.second = ms / 1000;
		gate.answers = gate.lines = 0;
	}
	return ms;
}

/* fail2ban reads this line: etc/fail2ban. */
static void tell(struct attacker *x, const struct glance *g, uint64_t ms)
{
	char host[ADDRESS_TEXT];

	if (gate.lines >= LINES_S || (x->requests > LINES_FIRST &&
	    ms - x->told < LINE_AGAIN_MS))
		return;
	gate.lines++;
	x->told = ms;
	address_host(host, (const void *)&x->source, false);
	log_warning("sip: stranger %s refused: %s%s%s, user agent \"%s\", request %llu",
		    host, g->method[0] ? g->method : "no SIP", g->called[0] ?
		    " to " : "", g->called, g->agent,
		    (unsigned long long)x->requests);
}

void gate_refused(const struct sockaddr *from, const struct glance *g)
{
	struct attacker *x;
	uint64_t ms;

	/* An ACK belongs to a request that was counted. */
	if (!gate.attackers || !strcmp(g->method, "ACK"))
		return;
	ms = now();
	gate.strangers++;
	x = attackers_count(gate.attackers, from, g, ms);
	if (x)
		tell(x, g, ms);
}

bool gate_admits(const struct sockaddr *from)
{
	static const struct glance connects = { .method = "connection" };

	if (!gate.attackers || known(from) || gate.conf.may_authenticate)
		return true;
	gate_refused(from, &connects);
	return false;
}

uint64_t gate_strangers(void)
{
	return gate.strangers;
}

void gate_each(void (*fn)(void *, const struct attacker *), void *arg)
{
	if (gate.attackers)
		attackers_each(gate.attackers, fn, arg);
}

/* ------------------------------------------------- between library and wire */

/* Whoever we ask may answer. */
static void note_peer(const su_iovec_t *iov, const struct sockaddr *to)
{
	const char *text = iov->siv_base;

	if (iov->siv_len < 12 || !strncmp(text, "SIP/", 4) || text[0] < 'A' ||
	    text[0] > 'Z' || known(to))
		return;
	memset(&gate.peer[gate.peer_next], 0, sizeof(gate.peer[0]));
	memcpy(&gate.peer[gate.peer_next], to, address_size(to));
	gate.peer_next = (gate.peer_next + 1) % PEERS;
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

static void refuse(su_socket_t s, const char *data, size_t size,
		   const struct sockaddr *from, const struct glance *g)
{
	char answer[2048];
	size_t n;

	gate_refused(from, g);
	if (!gate.conf.answer || gate.answers >= ANSWERS_S)
		return;
	n = glance_refuse(data, size, from, answer, sizeof(answer));
	if (!n)
		return;
	gate.answers++;
	sendto(s, answer, n, MSG_NOSIGNAL | MSG_DONTWAIT, from, address_size(from));
}

/* Streams have no sender: connections are looked at when they are made. */
issize_t su_vrecv(su_socket_t s, su_iovec_t iov[], isize_t count, int flags,
		  su_sockaddr_t *su, socklen_t *su_size)
{
	static receive_fn *next;
	char room[4096];
	struct glance g;
	const char *data;
	issize_t n;
	size_t size;

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "su_vrecv");
	n = next(s, iov, count, flags, su, su_size);
	if (n <= 0 || !su || !gate.attackers || !count)
		return n;
	if (su->su_family != AF_INET && su->su_family != AF_INET6)
		return n;
	if (known(&su->su_sa))
		return n;
	size = (size_t)n;
	data = joined(iov, count, &size, room, sizeof(room));
	glance_read(&g, data, size);
	if (gate.conf.may_authenticate && g.method[0] &&
	    gate.conf.may_authenticate(gate.conf.arg, &g))
		return n;
	refuse(s, data, size, &su->su_sa, &g);
	errno = EAGAIN;
	return -1;
}

issize_t su_vsend(su_socket_t s, su_iovec_t const iov[], isize_t count, int flags,
		  su_sockaddr_t const *su, socklen_t su_size)
{
	static send_fn *next;

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "su_vsend");
	if (su && count && gate.attackers &&
	    (su->su_family == AF_INET || su->su_family == AF_INET6))
		note_peer(iov, &su->su_sa);
	return next(s, iov, count, flags, su, su_size);
}

int gate_check(void)
{
	return dlsym(RTLD_DEFAULT, "su_vrecv") == (void *)su_vrecv &&
	       dlsym(RTLD_DEFAULT, "su_vsend") == (void *)su_vsend ? 0 : -ENOSYS;
}
