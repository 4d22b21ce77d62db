/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * Primary rate spans on the real kernel driver: span 1 is wired to span 2, E1
 * both, time slot 16 the D channel. Run in the VM by check-dahdi.
 */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "drivers/dahdi/dahdi.h"
#include "tipring/dchannel.h"

#define WAIT_MS 20000		/* an emulated machine may be very slow */
#define BLOCK_OCTETS 160

static const struct dchannel_ops *const ops = &dahdi_dchannel;

static struct dchannel *open_span(const char *address)
{
	struct dchannel_conf conf = { .t1 = false };
	struct dchannel *d = NULL;
	char why[256] = "";

	snprintf(conf.address, sizeof(conf.address), "%s", address);
	if (ops->open(&d, &conf, why, sizeof(why)))
		fail_msg("span %s: %s", address, why);
	return d;
}

static int refused(const char *address, char why[256])
{
	struct dchannel_conf conf = { .t1 = false };
	struct dchannel *d;

	snprintf(conf.address, sizeof(conf.address), "%s", address);
	return ops->open(&d, &conf, why, 256);
}

/* The next frame, when it comes. */
static ssize_t frame_within(struct dchannel *d, uint8_t *to, int ms)
{
	enum port_alarm alarm;

	for (int waited = 0; waited < ms; waited += 100) {
		struct pollfd p = { .fd = ops->fd(d), .events = POLLIN | POLLPRI };
		ssize_t n;

		poll(&p, 1, 100);
		while (ops->next_event(d, &alarm))
			assert_int_equal(alarm, ALARM_NONE);
		n = ops->read(d, to, DCHANNEL_FRAME);
		if (n != -EAGAIN)
			return n;
	}
	return -ETIMEDOUT;
}

static ssize_t frame(struct dchannel *d, uint8_t *to)
{
	return frame_within(d, to, WAIT_MS);
}

/* What falls into the opening of the other side is damaged, as on any wire. */
static void first_frame(struct dchannel *from, struct dchannel *to)
{
	uint8_t in[DCHANNEL_FRAME];
	ssize_t n = -ETIMEDOUT;

	for (int i = 0; i < 20 && n == -ETIMEDOUT; i++) {
		assert_int_equal(ops->write(from, "\x02\x01\x7f", 3), 3);
		n = frame_within(to, in, WAIT_MS / 20);
	}
	assert_int_equal(n, 3);
	while (frame_within(to, in, 500) > 0)
		;
}

static void spans_have_a_shape(void **state)
{
	struct dchannel *d = open_span("2");
	struct dchannel_shape s;
	char name[PORT_NAME_SIZE];

	ops->shape(d, &s);
	assert_false(s.t1);
	assert_int_equal(s.d_slot, 16);
	assert_int_equal(s.b_slots, 0xfffefffe);
	assert_int_equal(s.format, AUDIO_ALAW);
	assert_int_equal(ops->port(d, 1, name), 0);
	assert_string_equal(name, "dahdi/32");
	assert_int_equal(ops->port(d, 31, name), 0);
	assert_string_equal(name, "dahdi/62");
	assert_int_equal(ops->port(d, 0, name), -EINVAL);
	assert_int_equal(ops->port(d, 16, name), -EINVAL);
	assert_int_equal(ops->port(d, 32, name), -EINVAL);
	ops->close(d);
}

static void faults_are_told(void **state)
{
	struct dchannel *d = open_span("1");
	char why[256];

	assert_int_equal(refused("1", why), -EBUSY);
	assert_non_null(strstr(why, "channel 16 is held by"));
	assert_int_equal(refused("3", why), -EINVAL);
	assert_non_null(strstr(why, "there is no span 3"));
	assert_int_equal(refused("0", why), -EINVAL);
	assert_int_equal(refused("one", why), -EINVAL);
	assert_non_null(strstr(why, "\"dahdi/span/one\" is no span"));
	ops->close(d);
	ops->close(NULL);
}

static void frames_pass_both_ways(void **state)
{
	static const size_t sizes[] = { 3, 4, 5, 100, 264, DCHANNEL_FRAME };
	struct dchannel *a = open_span("1"), *b = open_span("2");
	uint8_t out[DCHANNEL_FRAME], in[DCHANNEL_FRAME];

	first_frame(a, b);
	first_frame(b, a);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		/* All ones need a zero put in after each five. */
		for (size_t k = 0; k < sizes[i]; k++)
			out[k] = k % 3 ? (uint8_t)(k + i) : 0xff;
		assert_int_equal(ops->write(a, out, sizes[i]), sizes[i]);
		assert_int_equal(frame(b, in), sizes[i]);
		assert_memory_equal(in, out, sizes[i]);
		assert_int_equal(ops->write(b, out, sizes[i]), sizes[i]);
		assert_int_equal(frame(a, in), sizes[i]);
		assert_memory_equal(in, out, sizes[i]);
	}
	/* Many at once, as when 30 calls end together, in their order. */
	for (uint8_t i = 0; i < 30; i++) {
		memset(out, i, 20);
		assert_int_equal(ops->write(a, out, 20), 20);
	}
	for (uint8_t i = 0; i < 30; i++) {
		assert_int_equal(frame(b, in), 20);
		assert_int_equal(in[0], i);
	}
	ops->close(a);
	ops->close(b);
}

static struct line_port *open_b(const char *address, enum port_kind kind,
				char why[256])
{
	struct port_conf conf = { .kind = kind };
	struct line_port *port = NULL;

	*why = '\0';
	snprintf(conf.address, sizeof(conf.address), "%s", address);
	return dahdi_driver.open(&port, &conf, why, 256) ? NULL : port;
}

/* Writes the octets of a counter into a, block by block, until b has read 1000
 * of them in a row, each as it was sent. */
static void octets_pass(struct line_port *a, struct line_port *b)
{
	uint8_t out[BLOCK_OCTETS], in[FRAME_MAX], next = 0, want = 0;
	unsigned right = 0;

	for (int waited = 0; right < 1000 && waited < WAIT_MS; waited += 5) {
		struct timespec pause = { .tv_nsec = 5000000 };
		ssize_t n;

		if (dahdi_driver.read(a, in, sizeof(in)) > 0) {
			for (size_t i = 0; i < sizeof(out); i++)
				out[i] = next++;
			dahdi_driver.write(a, out, sizeof(out));
		}
		while ((n = dahdi_driver.read(b, in, sizeof(in))) > 0)
			for (ssize_t i = 0; i < n; i++) {
				right = in[i] == want ? right + 1 : 0;
				want = (uint8_t)(in[i] + 1);
			}
		nanosleep(&pause, NULL);
	}
	assert_true(right >= 1000);
}

static void b_channels_carry_octets(void **state)
{
	char why[256];
	struct line_port *a = open_b("5", PORT_B, why), *b;
	struct port_state s;

	if (!a)
		fail_msg("%s", why);
	b = open_b("36", PORT_B, why);
	if (!b)
		fail_msg("%s", why);
	assert_int_equal(dahdi_driver.state(a, &s), 0);
	assert_int_equal(s.kind, PORT_B);
	assert_int_equal(s.signalling, SIGNALLING_CLEAR);
	assert_int_equal(s.format, AUDIO_ALAW);
	assert_int_equal(s.alarm, ALARM_NONE);
	octets_pass(a, b);
	assert_int_equal(dahdi_driver.set(a, PORT_DATA_MODE, 1), 0);
	assert_int_equal(dahdi_driver.set(b, PORT_DATA_MODE, 1), 0);
	octets_pass(a, b);
	octets_pass(b, a);
	assert_int_equal(dahdi_driver.set(a, PORT_DATA_MODE, 0), 0);
	assert_int_equal(dahdi_driver.set(b, PORT_DATA_MODE, 0), 0);
	octets_pass(b, a);
	assert_int_equal(dahdi_driver.hook(a, true), -ENOTSUP);
	assert_int_equal(dahdi_driver.ring(a, NULL), -ENOTSUP);
	assert_int_equal(dahdi_driver.flash(a, 0), -ENOTSUP);
	dahdi_driver.close(a);
	dahdi_driver.close(b);
}

/* A B channel is no line, and the D channel no port at all. */
static void lines_take_no_slots(void **state)
{
	char why[256];

	assert_null(open_b("5", 0, why));
	assert_non_null(strstr(why, "B channel of span 1"));
	assert_null(open_b("5", PORT_FXO, why));
	assert_non_null(strstr(why, "dahdi/span/1"));
	assert_null(open_b("16", PORT_B, why));
	assert_non_null(strstr(why, "something else is configured"));
}

static int note(const struct port_info *p, void *arg)
{
	unsigned *seen = arg;

	if (p->span) {
		assert_false(p->t1);
		assert_string_equal(p->name, seen[0] ? "dahdi/span/2" :
						       "dahdi/span/1");
		if (!strstr(p->text, "E1, ") ||
		    !strstr(p->text, ", 30 B channels, D channel 16"))
			fail_msg("%s", p->text);
		assert_int_equal(p->in_use, !seen[0]);
		seen[0]++;
	} else {
		assert_int_equal(p->kind, PORT_B);
		seen[1]++;
	}
	return 0;
}

static void a_scan_tells_of_spans(void **state)
{
	struct dchannel *d = open_span("1");
	unsigned seen[2] = { 0 };

	assert_int_equal(dahdi_driver.scan(note, seen), 0);
	assert_int_equal(seen[0], 2);
	assert_int_equal(seen[1], 60);
	ops->close(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spans_have_a_shape),
		cmocka_unit_test(faults_are_told),
		cmocka_unit_test(frames_pass_both_ways),
		cmocka_unit_test(b_channels_carry_octets),
		cmocka_unit_test(lines_take_no_slots),
		cmocka_unit_test(a_scan_tells_of_spans),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
