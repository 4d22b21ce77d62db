/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fsm.h"
#include "base/loop.h"
#include "base/mailbox.h"
#include "base/timer.h"
#include "tipring/timers.h"

/* ------------------------------------------------------------------ timers */

struct trace {
	struct timers ts;
	struct timer a, b, c;
	char order[16];
	uint64_t at[16];
	size_t count;
};

static void note(struct trace *t, char c)
{
	t->at[t->count] = t->ts.now_ms;
	t->order[t->count++] = c;
}

static void on_a(void *arg)
{
	struct trace *t = arg;

	note(t, 'a');
	if (t->count < 3)
		timer_start(&t->ts, &t->a, 10, on_a, t);
}

static void on_b(void *arg)
{
	note(arg, 'b');
}

static void timers_run_in_order_at_their_own_time(void **state)
{
	struct trace t = { 0 };

	timers_init(&t.ts, 1000);
	timer_start(&t.ts, &t.b, 15, on_b, &t);
	timer_start(&t.ts, &t.a, 10, on_a, &t);
	timer_start(&t.ts, &t.c, 12, on_b, &t);
	timer_stop(&t.c);
	assert_int_equal(timers_wait(&t.ts, 1003), 7);
	timers_advance(&t.ts, 1100);
	assert_string_equal(t.order, "aba");
	assert_int_equal(t.at[0], 1010);
	assert_int_equal(t.at[1], 1015);
	assert_int_equal(t.at[2], 1020);
	assert_int_equal(t.ts.now_ms, 1100);
	assert_int_equal(timers_wait(&t.ts, 1100), -1);
}

static void every_default_is_in_its_range(void **state)
{
	for (int i = 0; i < TIMER_COUNT; i++) {
		assert_true(timer_table[i].def >= timer_table[i].least);
		assert_true(timer_table[i].def <= timer_table[i].most);
	}
}

/* ----------------------------------------------------------------- mailbox */

enum { MESSAGES = 100000 };

static void *produce(void *arg)
{
	for (uint32_t i = 0; i < MESSAGES; i++)
		while (mailbox_post(arg, &i))
			usleep(10);
	return NULL;
}

static void take_all(void *arg, int fd, short revents)
{
	void **a = arg;
	uint32_t *expected = a[1], got;

	(void)fd;
	(void)revents;
	while (mailbox_take(a[0], &got))
		assert_int_equal(got, (*expected)++);
	if (*expected == MESSAGES)
		loop_stop(a[2]);
}

static void mailbox_loses_nothing_and_wakes(void **state)
{
	struct mailbox *m = mailbox_new(sizeof(uint32_t), 64);
	struct loop *l = loop_epoll_new();
	uint32_t expected = 0;
	void *arg[] = { m, &expected, l };
	struct loop_watch *w;
	pthread_t thread;

	w = loop_watch(l, mailbox_fd(m), POLLIN, take_all, arg);
	assert_non_null(w);
	pthread_create(&thread, NULL, produce, m);
	loop_run(l);
	pthread_join(thread, NULL);
	assert_int_equal(expected, MESSAGES);
	loop_unwatch(l, w);
	loop_free(l);
	mailbox_free(m);
}

static void a_full_mailbox_says_so(void **state)
{
	struct mailbox *m = mailbox_new(4, 2);
	uint32_t v = 7;

	assert_int_equal(mailbox_post(m, &v), 0);
	assert_int_equal(mailbox_post(m, &v), 0);
	assert_int_equal(mailbox_post(m, &v), -ENOBUFS);
	assert_true(mailbox_take(m, &v));
	assert_int_equal(mailbox_post(m, &v), 0);
	mailbox_free(m);
}

/* ---------------------------------------------------------- state machines */

enum { OFF, ON };
enum { PUSH, SPY };
struct lamp {
	struct fsm fsm;
	int entered, nested;
};

static uint64_t lamp_time(void *self)
{
	(void)self;
	return 100;
}

static void lamp_enter(void *self)
{
	((struct lamp *)self)->entered++;
}

static void lamp_off(void *self, int event, const void *data)
{
	struct lamp *l = self;

	if (event == PUSH && data && *(const char *)data == 'n') {
		/* Queued until this one is complete. */
		fsm_post(&l->fsm, SPY, NULL, 0);
		l->nested = l->fsm.state == OFF;
	}
	fsm_go(&l->fsm, ON);
}

static void lamp_on(void *self, int event, const void *data)
{
	struct lamp *l = self;

	(void)data;
	if (event == SPY)
		l->nested += 10;
	else
		fsm_go(&l->fsm, OFF);
}

static const struct fsm_state lamp_states[] = {
	[OFF] = { "off", BIT(PUSH), BIT(ON), NULL, NULL, lamp_off },
	[ON] = { "on", BIT(SPY), BIT(OFF), lamp_time, lamp_enter, lamp_on },
};
static const char *const lamp_events[] = { "push", "spy" };
static const struct fsm_type lamp_type = { "lamp", lamp_states, lamp_events, 2, 2 };

static void machines_run_to_completion(void **state)
{
	struct fsm_queue q;
	struct timers ts;
	struct lamp l = { 0 };

	timers_init(&ts, 0);
	fsm_queue_init(&q);
	fsm_init(&l.fsm, &lamp_type, "1", &l, &q, &ts, OFF);
	fsm_post(&l.fsm, SPY, NULL, 0);
	assert_int_equal(l.fsm.unexpected, 1);
	fsm_post(&l.fsm, PUSH, "n", 2);
	assert_int_equal(l.fsm.state, ON);
	assert_int_equal(l.nested, 11);
	timers_advance(&ts, 99);
	assert_string_equal(fsm_state_name(&l.fsm), "on");
	timers_advance(&ts, 100);
	assert_string_equal(fsm_state_name(&l.fsm), "off");
	assert_int_equal(l.entered, 1);
	fsm_fini(&l.fsm);
	fsm_queue_fini(&q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timers_run_in_order_at_their_own_time),
		cmocka_unit_test(every_default_is_in_its_range),
		cmocka_unit_test(mailbox_loses_nothing_and_wakes),
		cmocka_unit_test(a_full_mailbox_says_so),
		cmocka_unit_test(machines_run_to_completion),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
