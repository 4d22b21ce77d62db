/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* A line's end that is asked to measure: what the pump gives back, and when. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "media-rig.h"

static const char fxo[] = "fxo", sip[] = "sip";
static struct peer peer;

static void sine(int16_t *to, size_t n)
{
	for (size_t i = 0; i < n; i++)	/* 1000 Hz at -12 dBm0 or so */
		to[i] = (int16_t[]){ 0, 4050, 5730, 4050, 0, -4050, -5730, -4050 }[i % 8];
}

/* Runs until it is told; the clock is the test's own. */
static const struct media_probed *probed(struct rig *r, unsigned count)
{
	for (int i = 0; i < 400 && rig_count(r, fxo, MEDIA_PROBED) < count; i++)
		rig_run(r, 20, NULL, NULL);
	assert_int_equal(rig_count(r, fxo, MEDIA_PROBED), count);
	return &rig_last(r, fxo, MEDIA_PROBED)->probed;
}

static void what_the_line_says_is_measured(void **state)
{
	struct rig *r = *state;
	const struct media_ops *ops = r->media->ops;
	struct media_end *a = rig_line(r, 1, fxo);
	const struct media_probed *p;

	sine(fake_port[1].in, 4 * 8000);
	assert_int_equal(ops->probe(a, PROBE_LISTEN), 0);
	assert_int_equal(ops->probe(a, PROBE_ECHO), -EBUSY);
	p = probed(r, 1);
	assert_int_equal(p->what, PROBE_LISTEN);
	assert_in_range(p->tone[0], 9990, 10010);
	assert_in_range(p->level + 1000, 1000 - 130, 1000 - 115);
	/* It is silent meanwhile. */
	for (size_t i = 0; i < fake_port[1].written; i++)
		assert_in_range(fake_port[1].out[i] + 8, 0, 16);
	rig_free(r, a);
}

static void the_test_signal_sounds_and_ends(void **state)
{
	struct rig *r = *state;
	const struct media_ops *ops = r->media->ops;
	struct media_end *a = rig_line(r, 1, fxo);
	const struct media_probed *p;
	double squares = 0;
	size_t end;

	assert_int_equal(ops->probe(a, PROBE_ECHO_SHORT), 0);
	p = probed(r, 1);
	assert_false(p->echo);
	end = fake_port[1].written;
	for (size_t i = 0; i < end; i++)
		squares += (double)fake_port[1].out[i] * fake_port[1].out[i];
	/* -14 dBm0 is 3220; a bit of silence is there, too. */
	assert_in_range((int)(squares / (double)end / 1000), 5000, 11000);
	rig_run(r, 60, NULL, NULL);
	assert_in_range(fake_port[1].written, end, end + 3 * 80);
	rig_free(r, a);
}

static void a_stopped_one_tells_nothing(void **state)
{
	struct rig *r = *state;
	const struct media_ops *ops = r->media->ops;
	struct media_end *a = rig_line(r, 1, fxo);
	int err = -EBUSY;

	assert_int_equal(ops->probe(a, PROBE_STOP), 0);
	assert_int_equal(ops->probe(a, PROBE_LISTEN), 0);
	rig_run(r, 40, NULL, NULL);
	assert_int_equal(ops->probe(a, PROBE_STOP), 0);
	assert_int_equal(ops->probe(a, PROBE_STOP), 0);
	for (int i = 0; i < 200 && err == -EBUSY; i++) {
		rig_run(r, 20, NULL, NULL);
		err = ops->probe(a, PROBE_LISTEN);
	}
	assert_int_equal(err, 0);
	assert_int_equal(rig_count(r, fxo, MEDIA_PROBED), 0);
	probed(r, 1);
	/* One that still runs goes with its end. */
	assert_int_equal(ops->probe(a, PROBE_ECHO), 0);
	rig_run(r, 40, NULL, NULL);
	rig_free(r, a);
}

static void not_every_end_can(void **state)
{
	struct rig *r = *state;
	const struct media_ops *ops = r->media->ops;
	struct media_end *a = rig_line(r, 1, fxo), *b;
	struct media_rtp set = { .codec = CODEC_PCMU, .ptime = 20 };
	struct port_readings readings = { .has_voltage = true };

	peer_open(&peer);
	b = rig_rtp(r, &peer, sip, &set);
	assert_int_equal(ops->probe(b, PROBE_LISTEN), -ENOTSUP);
	assert_int_equal(ops->readings(a, &readings), -ENOTSUP);
	assert_false(readings.has_voltage);
	assert_int_equal(ops->impedance(a, 1), -ENOTSUP);
	rig_free(r, a);
	rig_free(r, b);
	close(peer.fd);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_the_line_says_is_measured),
		T(the_test_signal_sounds_and_ends),
		T(a_stopped_one_tells_nothing),
		T(not_every_end_can),
	};

	return cmocka_run_group_tests_name("media-line-probe", tests, NULL, NULL);
}
