/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* A settled peer: the kernel keeps strangers out, and lets go of it again. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "media-rig.h"

#define SETTLED_MS 2200		/* two looks of the pump, at least one of them heard it */
#define ALIAS 0x7f000002

static const char line0[] = "line 0", sip[] = "sip";
static struct peer peer, other;
static int16_t said[16000];

struct talk {
	struct rig *rig;
	struct media_end *line, *rtp;
	struct media_rtp set;
};

static void says(struct peer *p)
{
	speech_like(said, 16000, 5);
	p->to = peer.to;
	p->voice = said;
	p->length = 16000;
	p->sending = true;
}

static struct media_stats stats(const struct talk *t)
{
	struct media_stats st;

	t->rig->media->ops->stats(t->rtp, &st);
	return st;
}

/* Bound to a host; the peer sends to another, and has settled. */
static struct talk talk(struct rig *r, uint32_t bound, uint32_t called)
{
	struct talk t = { .rig = r, .line = rig_line(r, 0, line0) };

	peer_open(&peer);
	peer_open(&other);
	t.rtp = rig_rtp_at(r, &peer, sip, &t.set, bound);
	((struct sockaddr_in *)&peer.to)->sin_addr.s_addr = htonl(called);
	says(&peer);
	r->media->ops->rtp_set(t.rtp, &t.set);
	r->media->ops->join(t.line, t.rtp);
	rig_run(r, SETTLED_MS, &peer, NULL);
	return t;
}

static void hang_up(struct talk *t)
{
	rig_free(t->rig, t->line);
	rig_free(t->rig, t->rtp);
	close(peer.fd);
	close(other.fd);
}

static void strangers_cost_nothing(void **state)
{
	struct talk t = talk(*state, INADDR_LOOPBACK, INADDR_LOOPBACK);

	says(&other);
	rig_run(t.rig, 600, &peer, &other);
	assert_int_equal(stats(&t).strangers, 0);
	assert_int_equal(other.packets, 0);
	assert_true(stats(&t).received > 120);
	hang_up(&t);
}

/* Its port is closed for a while: each packet is answered by "port unreachable". */
static void a_peer_that_comes_back_is_heard(void **state)
{
	struct talk t = talk(*state, INADDR_LOOPBACK, INADDR_LOOPBACK);
	struct sockaddr_in at = { .sin_family = AF_INET };
	unsigned before;

	close(peer.fd);
	rig_run(t.rig, 400, NULL, NULL);
	at.sin_port = htons(peer.port);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	peer.fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(peer.fd, (struct sockaddr *)&at, sizeof(at)), 0);
	peer.packets = 0;
	before = stats(&t).received;
	rig_run(t.rig, 600, &peer, NULL);
	assert_true(stats(&t).received - before > 20);
	assert_true(peer.packets > 20);
	hang_up(&t);
}

/* Bound to no address, the kernel would send from 127.0.0.1. Packets that come to
 * another one are heard for good, and strangers turned away by us. */
static void a_peer_that_calls_another_address_is_heard(void **state)
{
	struct talk t = talk(*state, INADDR_ANY, ALIAS);
	unsigned before = stats(&t).received;

	says(&other);
	rig_run(t.rig, SETTLED_MS, &peer, &other);
	assert_true(stats(&t).received - before > 80);
	assert_true(stats(&t).strangers > 80);
	assert_true(peer.packets > 160);
	hang_up(&t);
}

static void a_negotiation_lets_go_of_it(void **state)
{
	struct talk t = talk(*state, INADDR_ANY, INADDR_LOOPBACK);
	unsigned before = stats(&t).received;

	peer.sending = false;
	says(&other);
	((struct sockaddr_in *)&t.set.remote)->sin_port = htons(other.port);
	t.rig->media->ops->rtp_set(t.rtp, &t.set);
	rig_run(t.rig, SETTLED_MS, &peer, &other);
	assert_true(stats(&t).received - before > 80);
	assert_true(other.packets > 80);
	peer.packets = 0;
	rig_run(t.rig, 200, &peer, &other);
	assert_int_equal(peer.packets, 0);
	hang_up(&t);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		T(strangers_cost_nothing),
		T(a_peer_that_comes_back_is_heard),
		T(a_peer_that_calls_another_address_is_heard),
		T(a_negotiation_lets_go_of_it),
	};

	return cmocka_run_group_tests_name("media-connect", tests, NULL, NULL);
}
