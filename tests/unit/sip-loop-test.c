/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* The loop on sofia's root: a timer that is due does not run within a watch. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <unistd.h>

#include "sip/agent.h"
#include "sip/loop_su.h"

static struct loop *loop;
static struct loop_watch *watch, *first;
static int more;
static struct timer end;
static unsigned served;

/* Whoever is watched goes, and would be used all the same. */
static void on_due(void *arg)
{
	(void)arg;
	if (watch)
		loop_unwatch(loop, watch);
	watch = NULL;
	loop_stop(loop);
}

/* It takes so long that the timer is due when the next one is served. */
static void on_first(void *arg, int fd, short events)
{
	(void)arg;
	(void)fd;
	(void)events;
	loop_unwatch(loop, first);
	timer_start(&loop->timers, &end, 30, on_due, NULL);
	usleep(60000);
	assert_int_equal(write(more, "x", 1), 1);
}

static void on_ready(void *arg, int fd, short events)
{
	char c;

	(void)arg;
	(void)events;
	assert_non_null(watch);
	assert_int_equal(read(fd, &c, 1), 1);
	served++;
	/* The clock stands right without them. */
	assert_true(loop->timers.now_ms >= end.due);
}

static void test_due_in_a_watch(void **state)
{
	int a[2], b[2];

	(void)state;
	loop = loop_su_new();
	assert_non_null(loop);
	assert_int_equal(pipe(a) | pipe(b), 0);
	more = b[1];
	first = loop_watch(loop, a[0], POLLIN, on_first, NULL);
	watch = loop_watch(loop, b[0], POLLIN, on_ready, NULL);
	assert_non_null(watch);
	assert_int_equal(write(a[1], "x", 1), 1);
	loop_run(loop);
	assert_null(watch);
	assert_true(served <= 1);
	loop_free(loop);
	for (int i = 0; i < 2; i++) {
		close(a[i]);
		close(b[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_due_in_a_watch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
