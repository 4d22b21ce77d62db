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

static const char line0[] = "line 0", sip[] = "sip";
static struct peer peer, other;
static int16_t said[16000];

static void says(struct peer *p, struct peer *where)
{
	speech_like(said, 16000, 5);
	p->to = where->to;
	p->voice = said;
	p->length = 16000;
	p->sending = true;
}

static uint64_t received(struct rig *r, struct media_end *rtp)
{
	struct media_stats st;

	r->media->ops->stats(rtp, &st);
	return st.received;
}

static void strangers_cost_nothing(void **state)
{
	struct rig *r = *state;
	struct media_end *line = rig_line(r, 0, line0), *rtp;
	struct media_stats st;
	struct media_rtp set;

	peer_open(&peer);
	peer_open(&other);
	rtp = rig_rtp(r, &peer, sip, &set);
	says(&peer, &peer);
	r->media->ops->rtp_set(rtp, &set);
	r->media->ops->join(line, rtp);
	rig_run(r, SETTLED_MS, &peer, NULL);
	says(&other, &peer);
	rig_run(r, 600, &peer, &other);
	r->media->ops->stats(rtp, &st);
	assert_int_equal(st.strangers, 0);
	assert_int_equal(other.packets, 0);
	assert_true(st.received > 120);
	rig_free(r, line);
	rig_free(r, rtp);
	close(peer.fd);
	close(other.fd);
}

/* Its port is closed for a while: each packet is answered by "port unreachable". */
static void a_peer_that_comes_back_is_heard(void **state)
{
	struct rig *r = *state;
	struct media_end *line = rig_line(r, 0, line0), *rtp;
	struct sockaddr_in at = { .sin_family = AF_INET };
	struct media_rtp set;
	uint64_t before;

	peer_open(&peer);
	rtp = rig_rtp(r, &peer, sip, &set);
	says(&peer, &peer);
	r->media->ops->rtp_set(rtp, &set);
	r->media->ops->join(line, rtp);
	rig_run(r, SETTLED_MS, &peer, NULL);
	close(peer.fd);
	rig_run(r, 400, NULL, NULL);
	at.sin_port = htons(peer.port);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	peer.fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(peer.fd, (struct sockaddr *)&at, sizeof(at)), 0);
	peer.packets = 0;
	before = received(r, rtp);
	rig_run(r, 600, &peer, NULL);
	assert_true(received(r, rtp) - before > 20);
	assert_true(peer.packets > 20);
	rig_free(r, line);
	rig_free(r, rtp);
	close(peer.fd);
}

/* Bound to no address, the kernel would send from 127.0.0.1. Packets that come to
 * another one are heard for good, and strangers turned away by us. */
static void a_peer_that_calls_another_address_is_heard(void **state)
{
	struct rig *r = *state;
	struct media_end *line = rig_line(r, 0, line0), *rtp;
	struct media_stats st;
	struct media_rtp set;
	uint64_t before;

	peer_open(&peer);
	peer_open(&other);
	rtp = rig_rtp_at(r, &peer, sip, &set, INADDR_ANY);
	((struct sockaddr_in *)&peer.to)->sin_addr.s_addr = htonl(0x7f000002);
	says(&peer, &peer);
	r->media->ops->rtp_set(rtp, &set);
	r->media->ops->join(line, rtp);
	rig_run(r, SETTLED_MS, &peer, NULL);
	before = received(r, rtp);
	says(&other, &peer);
	rig_run(r, SETTLED_MS, &peer, &other);
	r->media->ops->stats(rtp, &st);
	assert_true(st.received - before > 80);
	assert_true(st.strangers > 80);
	assert_true(peer.packets > 160);
	rig_free(r, line);
	rig_free(r, rtp);
	close(peer.fd);
	close(other.fd);
}

static void a_negotiation_lets_go_of_it(void **state)
{
	struct rig *r = *state;
	struct media_end *line = rig_line(r, 0, line0), *rtp;
	struct sockaddr_in *remote;
	struct media_rtp set;
	uint64_t before;

	peer_open(&peer);
	peer_open(&other);
	rtp = rig_rtp_at(r, &peer, sip, &set, INADDR_ANY);
	remote = (struct sockaddr_in *)&set.remote;
	says(&peer, &peer);
	r->media->ops->rtp_set(rtp, &set);
	r->media->ops->join(line, rtp);
	rig_run(r, SETTLED_MS, &peer, NULL);
	peer.sending = false;
	says(&other, &peer);
	remote->sin_port = htons(other.port);
	r->media->ops->rtp_set(rtp, &set);
	before = received(r, rtp);
	rig_run(r, SETTLED_MS, &peer, &other);
	assert_true(received(r, rtp) - before > 80);
	assert_true(other.packets > 80);
	peer.packets = 0;
	rig_run(r, 200, &peer, &other);
	assert_int_equal(peer.packets, 0);
	rig_free(r, line);
	rig_free(r, rtp);
	close(peer.fd);
	close(other.fd);
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
