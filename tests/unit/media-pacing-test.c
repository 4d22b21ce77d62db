/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Audio that comes late: kept or lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "media/pacing.h"

#define FRAME 80
#define MS 1000

static struct pacing p;
static int64_t now;
static uint32_t jumped;

static void frames(int n, unsigned apart_ms)
{
	while (n--) {
		now += apart_ms * MS;
		jumped += pacing_run(&p, now, FRAME);
	}
}

static int begin(void **state)
{
	(void)state;
	now = 1000000000;
	jumped = 0;
	p = (struct pacing){ .us = now };
	frames(50, 10);
	return 0;
}

static void what_comes_in_time_moves_nothing(void **state)
{
	for (int i = 0; i < 500; i++) {
		frames(1, 1 + i % 30);	/* pairs, late ones, early ones */
		frames(1, 19 - i % 15);
	}
	assert_int_equal(jumped, 0);
	assert_int_equal(p.owed, 0);
}

static void a_burst_makes_up_for_a_standstill(void **state)
{
	for (unsigned late = 60; late <= 390; late += 20) {
		frames(1, late);
		assert_int_equal(p.owed, late * 8 - FRAME);
		frames((int)late / 10 - 1, 0);
		assert_int_equal(p.owed, 0);
		frames(100, 10);
	}
	assert_int_equal(jumped, 0);
}

static void a_slow_burst_is_waited_for(void **state)
{
	frames(1, 300);
	frames(120, 8);		/* 240 ms gained in all */
	assert_int_equal(jumped, 0);
	frames(60, 8);
	assert_int_equal(jumped, 0);
	assert_int_equal(p.owed, 0);
}

static void what_nobody_kept_is_lost_once(void **state)
{
	frames(1, 200);
	frames(100, 10);
	assert_int_equal(jumped, 190 * 8);
	assert_int_equal(p.owed, 0);
	/* Half of it was kept. */
	jumped = 0;
	frames(1, 200);
	frames(10, 0);
	frames(100, 10);
	assert_int_equal(jumped, 90 * 8);
}

static void a_long_pause_is_lost_at_once(void **state)
{
	frames(1, 5000);
	assert_int_equal(jumped, 5000 * 8);
	frames(100, 10);
	assert_int_equal(jumped, 5000 * 8);
}

/* Standstill after standstill, as on a machine that has too much to do. */
static void a_starved_machine_loses_no_time(void **state)
{
	int64_t began = now;

	for (int i = 0; i < 200; i++) {
		frames(1, 120);
		frames(11, 0);
	}
	assert_int_equal(jumped, 0);
	assert_int_equal(now - began, 200 * 120 * MS);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup(f, begin)
	const struct CMUnitTest tests[] = {
		T(what_comes_in_time_moves_nothing),
		T(a_burst_makes_up_for_a_standstill),
		T(a_slow_burst_is_waited_for),
		T(what_nobody_kept_is_lost_once),
		T(a_long_pause_is_lost_at_once),
		T(a_starved_machine_loses_no_time),
	};

	return cmocka_run_group_tests_name("media-pacing", tests, NULL, NULL);
}
