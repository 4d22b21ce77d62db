/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Every event of the simulated line, both ways, and its audio. */
#include "drivers-pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

static int setup(void **state)
{
	static struct pair p;

	pair_init(&p);
	*state = &p;
	return 0;
}

static int teardown(void **state)
{
	pair_fini(*state);
	return 0;
}

static struct port_state state_of(struct pair_end *e)
{
	struct port_state s;

	assert_int_equal(e->driver->state(e->port, &s), 0);
	return s;
}

/* A telephone seizes, dials, flashes and hangs up at a port that rings. */
static void handset(struct pair *p, struct pair_end *fxs, struct pair_end *fxo)
{
	int ms;

	assert_int_equal(fxo->driver->hook(fxo->port, true), 0);
	pair_next(p, fxs, LINE_EVENT_OFF_HOOK, 500);
	pair_next(p, fxo, LINE_EVENT_SEIZED, 500);
	assert_true(state_of(fxs).off_hook && state_of(fxo).off_hook);

	assert_int_equal(fxo->driver->pulse(fxo->port, "109"), 0);
	assert_int_equal(fxo->driver->pulse(fxo->port, "1"), -EBUSY);
	assert_int_equal(pair_next(p, fxs, LINE_EVENT_PULSE_DIGIT, 2000), '1');
	assert_int_equal(pair_next(p, fxs, LINE_EVENT_PULSE_DIGIT, 3000), '0');
	assert_int_equal(pair_next(p, fxs, LINE_EVENT_PULSE_DIGIT, 3000), '9');
	pair_next(p, fxo, LINE_EVENT_DIALLED, 1000);

	assert_int_equal(fxo->driver->flash(fxo->port, 400), 0);
	ms = pair_next(p, fxs, LINE_EVENT_FLASH, 2000);
	assert_in_range(ms, 390, 410);	/* by stamps, however late we are */

	assert_int_equal(fxo->driver->hook(fxo->port, false), 0);
	pair_next(p, fxs, LINE_EVENT_ON_HOOK, 2000);
	assert_false(state_of(fxs).off_hook);
	pair_none(fxs);
	pair_none(fxo);
}

static void test_handset_near(void **state)
{
	struct pair *p = *state;

	pair_connect(p, PORT_FXO, 0);
	handset(p, &p->far, &p->near);
}

static void test_handset_far(void **state)
{
	struct pair *p = *state;

	pair_connect(p, PORT_FXS, 800);
	handset(p, &p->near, &p->far);
}

/* The slowest and the fastest dial, each with the shortest and the longest
 * break. */
static void dials(struct pair *p, enum port_kind near)
{
	static const struct { unsigned break_ms, make_ms; } ends[] = {
		{ 69, 56 }, { 94, 31 }, { 46, 37 }, { 62, 21 },
	};
	struct pair_end *fxs = near == PORT_FXS ? &p->near : &p->far;
	struct pair_end *fxo = near == PORT_FXS ? &p->far : &p->near;

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		p->break_ms = ends[i].break_ms;
		p->make_ms = ends[i].make_ms;
		pair_connect(p, near, 800);
		fxo->driver->hook(fxo->port, true);
		pair_next(p, fxs, LINE_EVENT_OFF_HOOK, 5000);
		pair_next(p, fxo, LINE_EVENT_SEIZED, 5000);
		assert_int_equal(fxo->driver->pulse(fxo->port, "12"), 0);
		assert_int_equal(pair_next(p, fxs, LINE_EVENT_PULSE_DIGIT, 10000), '1');
		assert_int_equal(pair_next(p, fxs, LINE_EVENT_PULSE_DIGIT, 10000), '2');
		pair_next(p, fxo, LINE_EVENT_DIALLED, 5000);
		pair_close(&p->near);
		pair_close(&p->far);
	}
}

static void test_dials_near(void **state)
{
	dials(*state, PORT_FXO);
}

static void test_dials_far(void **state)
{
	dials(*state, PORT_FXS);
}

/* A break is a pulse, or nothing, or a flash, at the ends of each. */
static void test_breaks(void **state)
{
	static const struct {
		int ms;
		enum line_event_type type;	/* or none */
	} breaks[] = {
		{ 10, LINE_EVENT_NONE }, { 20, LINE_EVENT_PULSE_DIGIT },
		{ 94, LINE_EVENT_PULSE_DIGIT }, { 118, LINE_EVENT_PULSE_DIGIT },
		{ 123, LINE_EVENT_NONE }, { 198, LINE_EVENT_NONE },
		{ 202, LINE_EVENT_FLASH }, { 780, LINE_EVENT_FLASH },
	};
	struct pair *p = *state;

	pair_connect(p, PORT_FXS, 800);
	p->far.driver->hook(p->far.port, true);
	pair_next(p, &p->near, LINE_EVENT_OFF_HOOK, 5000);
	for (size_t i = 0; i < sizeof(breaks) / sizeof(*breaks); i++) {
		assert_int_equal(p->far.driver->flash(p->far.port, breaks[i].ms), 0);
		if (breaks[i].type)
			pair_next(p, &p->near, breaks[i].type, 5000);
		else
			pair_run(p, (unsigned)breaks[i].ms + 300);
		pair_run(p, 50);
		pair_none(&p->near);
	}
	p->far.driver->flash(p->far.port, 850);
	pair_next(p, &p->near, LINE_EVENT_ON_HOOK, 5000);
	pair_next(p, &p->near, LINE_EVENT_OFF_HOOK, 5000);
}

/* Without flash the shortest break that is no pulse hangs up. */
static void test_no_flash(void **state)
{
	struct pair *p = *state;
	uint64_t from;

	pair_connect(p, PORT_FXS, 0);
	p->far.driver->hook(p->far.port, true);
	pair_next(p, &p->near, LINE_EVENT_OFF_HOOK, 500);
	from = p->near.events[p->near.seen - 1].sample;
	p->far.driver->flash(p->far.port, 600);
	pair_next(p, &p->near, LINE_EVENT_ON_HOOK, 1000);
	assert_true(p->near.events[p->near.seen - 1].sample - from >= 200 * 8);
	pair_next(p, &p->near, LINE_EVENT_OFF_HOOK, 1000);
}

/* Ringing, battery, polarity and lamp, as the telephone sees them. */
static void feeder(struct pair *p, struct pair_end *fxs, struct pair_end *fxo)
{
	const struct cadence twice = { .ms = { 200, 100, 200, 300 }, .count = 4 };
	uint64_t on, off;

	assert_int_equal(fxs->driver->ring(fxs->port, &twice), 0);
	pair_next(p, fxo, LINE_EVENT_RING_ON, 500);
	on = fxo->events[fxo->seen - 1].sample;
	assert_true(state_of(fxo).ringing && state_of(fxs).ringing);
	pair_next(p, fxo, LINE_EVENT_RING_OFF, 500);
	off = fxo->events[fxo->seen - 1].sample;
	assert_in_range(off - on, 1590, 1610);
	pair_next(p, fxs, LINE_EVENT_BURST_END, 500);
	pair_next(p, fxo, LINE_EVENT_RING_ON, 500);
	pair_next(p, fxo, LINE_EVENT_RING_OFF, 500);
	pair_next(p, fxs, LINE_EVENT_BURST_END, 500);
	pair_next(p, fxo, LINE_EVENT_RING_ON, 800);
	/* Answered within the burst: the ringer trips. */
	fxo->driver->hook(fxo->port, true);
	pair_next(p, fxs, LINE_EVENT_OFF_HOOK, 500);
	assert_false(state_of(fxs).ringing);
	pair_expect(p, fxo, LINE_EVENT_SEIZED, 500);
	assert_int_equal(fxs->driver->ring(fxs->port, &twice), -EBUSY);

	assert_int_equal(fxs->driver->polarity(fxs->port, true), 0);
	assert_int_equal(pair_expect(p, fxo, LINE_EVENT_POLARITY, 500), 1);
	assert_true(state_of(fxo).reversed);
	fxs->driver->polarity(fxs->port, false);
	assert_int_equal(pair_next(p, fxo, LINE_EVENT_POLARITY, 500), 0);

	assert_int_equal(fxs->driver->battery(fxs->port, 300), 0);
	assert_int_not_equal(pair_next(p, fxo, LINE_EVENT_BREAK, 500), 0);
	assert_false(state_of(fxo).battery);
	assert_in_range(pair_next(p, fxo, LINE_EVENT_BREAK_END, 1000), 295, 305);

	fxs->driver->set(fxs->port, PORT_MESSAGES, 1);
	assert_int_equal(pair_next(p, fxo, LINE_EVENT_MESSAGES, 500), 1);

	fxs->driver->battery(fxs->port, 1300);
	pair_next(p, fxo, LINE_EVENT_BREAK, 500);
	assert_int_equal(pair_next(p, fxo, LINE_EVENT_ALARM, 1500), ALARM_NO_BATTERY);
	assert_int_equal(state_of(fxo).alarm, ALARM_NO_BATTERY);
	pair_next(p, fxo, LINE_EVENT_BREAK_END, 1000);
	pair_next(p, fxo, LINE_EVENT_ALARM_CLEARED, 500);
	fxo->driver->hook(fxo->port, false);
	pair_next(p, fxs, LINE_EVENT_ON_HOOK, 2000);
}

static void test_feeder_far(void **state)
{
	struct pair *p = *state;

	pair_connect(p, PORT_FXO, 0);
	feeder(p, &p->far, &p->near);
}

static void test_feeder_near(void **state)
{
	struct pair *p = *state;

	pair_connect(p, PORT_FXS, 800);
	feeder(p, &p->near, &p->far);
}

/* Abandoned ringing: the burst ends, and no further comes. */
static void test_abandoned(void **state)
{
	const struct cadence ring = { .ms = { 100, 100 }, .count = 2 };
	struct pair *p = *state;

	pair_connect(p, PORT_FXO, 0);
	p->far.driver->ring(p->far.port, &ring);
	pair_next(p, &p->near, LINE_EVENT_RING_ON, 500);
	p->far.driver->ring(p->far.port, NULL);
	pair_next(p, &p->near, LINE_EVENT_RING_OFF, 500);
	pair_run(p, 400);
	pair_none(&p->near);
}

/* What the other kind does is refused, not ignored. */
static void test_not_supported(void **state)
{
	const struct cadence ring = { .ms = { 100, 100 }, .count = 2 };
	const struct cadence no_time = { .ms = { 0, 0 }, .count = 2 };
	const struct line_driver *d = &sim_driver;
	struct pair *p = *state;

	pair_connect(p, PORT_FXO, 0);
	assert_int_equal(d->ring(p->near.port, &ring), -ENOTSUP);
	assert_int_equal(d->battery(p->near.port, 100), -ENOTSUP);
	assert_int_equal(d->polarity(p->near.port, true), -ENOTSUP);
	assert_int_equal(d->set(p->near.port, PORT_MESSAGES, 1), -ENOTSUP);
	assert_int_equal(d->set(p->near.port, PORT_RX_GAIN, 10), -ENOTSUP);
	assert_int_equal(d->set(p->near.port, PORT_KERNEL_CANCELLER, 128), -ENOTSUP);
	assert_int_equal(d->set(p->near.port, PORT_DATA_MODE, 1), 0);
	assert_int_equal(d->pulse(p->near.port, "1"), -EINVAL);	/* on hook */
	assert_int_equal(d->flash(p->near.port, 0), -EINVAL);
	d->hook(p->near.port, true);
	assert_int_equal(d->pulse(p->near.port, "12#"), -EINVAL);
	d = &sim_far_driver;
	assert_int_equal(d->hook(p->far.port, true), -ENOTSUP);
	assert_int_equal(d->pulse(p->far.port, "1"), -ENOTSUP);
	assert_int_equal(d->battery(p->far.port, 0), -EINVAL);
	assert_int_equal(d->ring(p->far.port, &no_time), -EINVAL);
	assert_true(state_of(&p->near).capabilities & PORT_SEES_REVERSAL);
	assert_true(state_of(&p->far).capabilities & PORT_CAN_REVERSE);
}

static void noise(uint8_t *to, size_t size, uint32_t seed)
{
	for (size_t i = 0; i < size; i++) {
		seed = seed * 1664525 + 1013904223;
		/* Never silence, so the end of silence is where it begins. */
		to[i] = (uint8_t)(seed >> 24) == 0xff ? 0x55 : (uint8_t)(seed >> 24);
	}
}

/* The first octet that is not silence; what follows is all of it. */
static const uint8_t *begin(const struct pair_end *e)
{
	size_t i = 0;

	while (i < e->in_size && e->in[i] == 0xff)
		i++;
	return e->in + i;
}

/* Bit-exact both ways, in order, nothing twice. A far end that was late may
 * put whole frames of silence between, so the content is compared without it. */
static void test_audio(void **state)
{
	static uint8_t up[8000], down[8000], got[PAIR_AUDIO];
	struct pair *p = *state;
	size_t n = 0;

	noise(up, sizeof(up), 1);
	noise(down, sizeof(down), 2);
	pair_connect(p, PORT_FXO, 0);
	p->far.out = down;
	p->far.out_size = sizeof(down);
	p->near.out = up;
	p->near.out_size = sizeof(up);
	pair_run(p, 1300);
	assert_int_equal(p->near.out_at, sizeof(up));
	assert_memory_equal(begin(&p->near), down, sizeof(down));
	for (size_t i = 0; i < p->far.in_size; i++)
		if (p->far.in[i] != 0xff)
			got[n++] = p->far.in[i];
	assert_int_equal(n, sizeof(up));
	assert_memory_equal(got, up, sizeof(up));
	assert_in_range(p->far.in_size, 9600, 11200);	/* 10 ms is 10 ms */
}

/* A gateway that does not read is not woken for long; an event on its line
 * wakes the clock again. */
static void test_idle(void **state)
{
	struct sim_counters c;
	struct pair *p = *state;
	struct port_wait w;

	pair_connect(p, PORT_FXO, 0);
	p->near.audio = false;
	pair_run(p, 800);
	sim_driver.wait(p->near.port, &w);	/* for the descriptor only */
	sim_driver.turn_begin(w.audio_fd);
	sim_counters(p->far.port, &c);
	assert_int_equal(c.overruns, 1);	/* noticed once, then at rest */
	p->near.audio = true;
	pair_run(p, 200);
	assert_in_range(p->near.wakes, 10, 200);
	/* What had piled up was not heard. */
	assert_true(p->near.in_size <= 3200 + 640);

	/* At rest again; ringing wakes it. */
	p->near.audio = false;
	pair_run(p, 800);
	p->near.in_size = 0;
	sim_far_driver.polarity(p->far.port, true);
	pair_next(p, &p->near, LINE_EVENT_POLARITY, 500);
	pair_run(p, 100);
	assert_int_equal(sim_driver.read(p->near.port, p->near.in, 80), 80);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_handset_near), T(test_handset_far), T(test_no_flash),
		T(test_dials_near), T(test_dials_far), T(test_breaks),
		T(test_feeder_far), T(test_feeder_near), T(test_abandoned),
		T(test_not_supported), T(test_audio), T(test_idle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
