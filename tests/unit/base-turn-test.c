/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* How long a thread stays away from its events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <time.h>

#include <cmocka.h>

#include "base/turn.h"

static void nap(void)
{
	const struct timespec t = { .tv_nsec = 30000000 };

	nanosleep(&t, NULL);
}

static void work(void)
{
	struct timespec t, began;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &began);
	do
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	while ((t.tv_sec - began.tv_sec) * 1000000000 + t.tv_nsec -
	       began.tv_nsec < 20000000);
}

/* What lies before the first wait is the start, no turn. */
static void test_start_is_no_turn(void **state)
{
	struct turns t = { 0 };
	int64_t own;

	work();
	assert_int_equal(turn_ends(&t, &own), 0);
	assert_int_equal(own, 0);
	assert_int_equal(t.longest_us, 0);
	assert_int_equal(t.longest_own_us, 0);
}

static void test_work_and_sleep(void **state)
{
	struct turns t = { 0 };
	int64_t own, took;

	turn_ends(&t, &own);
	nap();			/* a wait: nobody's turn */
	turn_begins(&t);
	nap();
	took = turn_ends(&t, &own);
	assert_true(took >= 30000);
	assert_true(own < 20000);
	turn_begins(&t);
	work();
	took = turn_ends(&t, &own);
	assert_true(own >= 19999 && took >= 19999);
	/* The longest of each kind stays. */
	turn_begins(&t);
	turn_ends(&t, &own);
	assert_true(t.longest_us >= 30000);
	assert_true(t.longest_own_us >= 19999);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_start_is_no_turn),
		cmocka_unit_test(test_work_and_sleep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
