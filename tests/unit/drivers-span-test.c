/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* A simulated span: frames both ways, loss and return of its D channel, and B
 * channels, which carry every octet as it is. */
#define _GNU_SOURCE
#include "drivers-pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drivers/table.h"

#define WAIT_MS 5000
#define SURE 16		/* octets that tell a place */

static struct {
	struct pair pair;
	struct dchannel *near, *far;
} t;

static struct dchannel *open_end(const struct dchannel_ops *ops, bool t1)
{
	struct dchannel_conf conf = { .address = "pbx", .t1 = t1,
				      .directory = t.pair.directory };
	struct dchannel *d = NULL;
	char why[160] = "";

	if (ops->open(&d, &conf, why, sizeof(why)))
		fail_msg("%s", why);
	return d;
}

static int setup(void **state)
{
	(void)state;
	pair_init(&t.pair);
	t.near = t.far = NULL;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	sim_dchannel.close(t.near);
	sim_far_dchannel.close(t.far);
	pair_fini(&t.pair);
	return 0;
}

/* Turns until d says that its alarm is that one. */
static void expect(struct dchannel *d, enum port_alarm alarm)
{
	enum port_alarm now;

	for (int i = 0; i < WAIT_MS / 10; i++) {
		struct pollfd p[] = { { .fd = -1, .events = POLLIN },
				      { .fd = -1, .events = POLLIN } };

		if (t.near && t.near != d)
			(void)sim_dchannel.next_event(t.near, &now);
		if (t.far && t.far != d)
			(void)sim_far_dchannel.next_event(t.far, &now);
		if (sim_dchannel.next_event(d, &now) == 1) {
			assert_int_equal(now, alarm);
			return;
		}
		p[0].fd = t.near ? sim_dchannel.fd(t.near) : -1;
		p[1].fd = t.far ? sim_far_dchannel.fd(t.far) : -1;
		poll(p, 2, 10);
	}
	fail_msg("no alarm %d", alarm);
}

static void frame_passes(struct dchannel *from, struct dchannel *to, size_t n)
{
	uint8_t sent[DCHANNEL_FRAME], got[DCHANNEL_FRAME];
	struct pollfd p = { .fd = sim_dchannel.fd(to), .events = POLLIN };

	for (size_t i = 0; i < n; i++)
		sent[i] = (uint8_t)(i * 7 + n);
	assert_int_equal(sim_dchannel.write(from, sent, n), n);
	assert_int_equal(poll(&p, 1, WAIT_MS), 1);
	assert_int_equal(sim_dchannel.read(to, got, sizeof(got)), n);
	assert_memory_equal(sent, got, n);
	assert_int_equal(sim_dchannel.read(to, got, sizeof(got)), -EAGAIN);
}

static void test_frames(void **state)
{
	uint8_t big[1000] = { 0 };

	(void)state;
	t.near = open_end(&sim_dchannel, false);
	expect(t.near, ALARM_NO_FAR_END);
	assert_int_equal(sim_dchannel.write(t.near, "lost", 4), 4);
	assert_int_equal(sim_dchannel.read(t.near, big, sizeof(big)), -EAGAIN);
	t.far = open_end(&sim_far_dchannel, false);
	expect(t.near, ALARM_NONE);
	for (size_t n = 1; n <= DCHANNEL_FRAME; n += 23) {
		frame_passes(t.near, t.far, n);
		frame_passes(t.far, t.near, n);
	}
	/* A frame that is too long is none. */
	assert_int_equal(sim_dchannel.write(t.far, big, sizeof(big)), sizeof(big));
	frame_passes(t.far, t.near, 5);
}

static void test_lost_and_healed(void **state)
{
	uint8_t frame[DCHANNEL_FRAME];

	(void)state;
	t.near = open_end(&sim_dchannel, false);
	expect(t.near, ALARM_NO_FAR_END);
	t.far = open_end(&sim_far_dchannel, false);
	expect(t.near, ALARM_NONE);
	for (int i = 0; i < 3; i++) {
		sim_far_dchannel.close(t.far);
		t.far = NULL;
		assert_int_equal(sim_dchannel.read(t.near, frame, sizeof(frame)),
				 -EAGAIN);
		expect(t.near, ALARM_NO_FAR_END);
		t.far = open_end(&sim_far_dchannel, false);
		expect(t.near, ALARM_NONE);
		frame_passes(t.near, t.far, 9);
		frame_passes(t.far, t.near, 9);
	}
}

/* One end T1, the other E1: no frame can pass. A second gateway: likewise. */
static void test_refused(void **state)
{
	(void)state;
	t.near = open_end(&sim_dchannel, true);
	expect(t.near, ALARM_NO_FAR_END);
	t.far = open_end(&sim_far_dchannel, false);
	expect(t.near, ALARM_RED);
	sim_dchannel.close(t.near);
	t.near = open_end(&sim_dchannel, false);
	expect(t.near, ALARM_NO_FAR_END);
	expect(t.near, ALARM_NONE);
}

static void test_shape(void **state)
{
	struct dchannel_shape s;
	char name[PORT_NAME_SIZE];

	(void)state;
	t.near = open_end(&sim_dchannel, false);
	sim_dchannel.shape(t.near, &s);
	assert_false(s.t1);
	assert_int_equal(s.d_slot, 16);
	assert_int_equal(__builtin_popcount(s.b_slots), 30);
	assert_int_equal(s.format, AUDIO_ALAW);
	assert_int_equal(sim_dchannel.port(t.near, 31, name), 0);
	assert_string_equal(name, "sim/pbx.b31");
	assert_int_equal(sim_dchannel.port(t.near, 0, name), -EINVAL);
	assert_int_equal(sim_dchannel.port(t.near, 16, name), -EINVAL);
	assert_int_equal(sim_dchannel.port(t.near, 32, name), -EINVAL);
	sim_dchannel.close(t.near);
	t.near = open_end(&sim_dchannel, true);
	sim_dchannel.shape(t.near, &s);
	assert_int_equal(s.d_slot, 24);
	assert_int_equal(s.b_slots, 0xfffffe);
	assert_int_equal(s.format, AUDIO_MULAW);
	assert_int_equal(sim_dchannel.port(t.near, 24, name), -EINVAL);
}

static void test_bad_names(void **state)
{
	static const char *const names[] = { "", "../x", "a/b", ".x", "a b",
		"a-name-that-is-much-too-long" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct dchannel_conf conf = { .directory = t.pair.directory };
		struct dchannel *d = NULL;
		char why[160] = "";

		snprintf(conf.address, sizeof(conf.address), "%s", names[i]);
		assert_int_equal(sim_dchannel.open(&d, &conf, why, sizeof(why)),
				 -EINVAL);
		assert_non_null(strstr(why, "not a span's name"));
		assert_int_equal(sim_far_dchannel.open(&d, &conf, why, sizeof(why)),
				 -EINVAL);
	}
}

/* Every octet both ways on a B channel, in order and untouched. */
/* Octets of out that were heard in their order. Where this process stood still, the
 * card has played silence in between, or something is missing. */
static size_t heard_in_order(const uint8_t *in, size_t in_size, const uint8_t *out,
			     size_t size)
{
	size_t heard = 0, i = 0, next = 0;

	while (i + SURE <= in_size && next + SURE <= size) {
		const uint8_t *found;

		if (in[i] == out[next]) {
			i++, next++, heard++;
			continue;
		}
		found = memmem(out + next, size - next, in + i, SURE);
		if (found)
			next = (size_t)(found - out);
		else
			i++;
	}
	return heard;
}

static void test_b_channel(void **state)
{
	static uint8_t out[8000];
	struct pair *p = &t.pair;
	struct port_state s;

	(void)state;
	for (size_t i = 0; i < sizeof(out); i++)
		out[i] = (uint8_t)(i * 31 + i / 256);
	pair_connect(p, PORT_B, 0);
	assert_int_equal(p->near.driver->state(p->near.port, &s), 0);
	assert_int_equal(s.kind, PORT_B);
	assert_int_equal(s.signalling, SIGNALLING_CLEAR);
	assert_int_equal(p->near.driver->hook(p->near.port, true), -ENOTSUP);
	assert_int_equal(p->near.driver->ring(p->near.port, NULL), -ENOTSUP);
	p->near.audio = p->far.audio = true;
	p->near.out = p->far.out = out;
	p->near.out_size = p->far.out_size = sizeof(out);
	for (int i = 0; i < 200 && (p->near.in_size < 9000 || p->far.in_size < 9000); i++)
		pair_run(p, 50);
	for (int i = 0; i < 2; i++) {
		struct pair_end *e = i ? &p->near : &p->far;
		uint8_t *at = memmem(e->in, e->in_size, out, 64);

		assert_non_null(at);
		assert_true(heard_in_order(at, e->in_size - (size_t)(at - e->in),
					   out, sizeof(out)) > 7000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_frames, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lost_and_healed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_shape, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bad_names, setup, teardown),
		cmocka_unit_test_setup_teardown(test_b_channel, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
