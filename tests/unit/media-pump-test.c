/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* The pump with fake lines and real RTP on loopback. */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "media-rig.h"
#include "media/digits.h"

static const char line0[] = "line 0", line1[] = "line 1", sip[] = "sip";
static struct peer peer, other;
static int16_t said[16000];

static void voice_crosses_both_ways(void **state)
{
	struct rig *r = *state;
	const struct media_ops *ops = r->media->ops;
	struct media_end *line = rig_line(r, 0, line0), *rtp;
	struct media_stats st;
	struct media_rtp set;

	peer_open(&peer);
	rtp = rig_rtp(r, &peer, sip, &set);
	speech_like(fake_port[0].in, 16000, 1);
	speech_like(said, 16000, 2);
	peer.voice = said;
	peer.length = 16000;
	peer.sending = true;
	assert_int_equal(ops->rtp_set(rtp, &set), 0);
	assert_int_equal(ops->join(line, rtp), 0);
	rig_run(r, 1600, &peer, NULL);
	assert_int_equal(rig_count(r, sip, MEDIA_RTP_FIRST), 1);
	assert_true(match(fake_port[0].in, 2400, 4000, peer.heard,
			  peer.heard_n) > 0.95);
	assert_true(match(said, 4000, 4000, fake_port[0].out, fake_now()) > 0.9);
	ops->stats(rtp, &st);
	assert_in_range(st.sent, 70, 82);
	assert_in_range(st.received, 70, 82);
	assert_int_equal(st.strangers, 0);
	assert_true(st.rx_level > -600 && st.rx_level < -50);
	/* Split: nothing more arrives. */
	ops->split(line);
	rig_run(r, 100, &peer, NULL);
	peer.packets = 0;
	rig_run(r, 200, &peer, NULL);
	assert_int_equal(peer.packets, 0);
	rig_free(r, rtp);
	rig_free(r, line);
	close(peer.fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(voice_crosses_both_ways,
						rig_setup, rig_teardown),
	};

	return cmocka_run_group_tests_name("media-pump", tests, NULL, NULL);
}
