/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* The life of a span: every event in every state. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "isdn/span_state.h"

enum { EVENTS = SPAN_UNLINKS + 1, STATES = SPAN_UP + 1, STAYS = -1 };

static void each_event_in_each_state(void **state)
{
	/* opens, closes, alarms, clears, links, unlinks */
	static const int wanted[STATES][EVENTS] = {
		[SPAN_CLOSED] = { SPAN_DOWN, STAYS, STAYS, STAYS, STAYS, STAYS },
		[SPAN_ALARM] = { STAYS, SPAN_CLOSED, SPAN_ALARM, SPAN_DOWN,
				 SPAN_ALARM_LINKED, SPAN_ALARM },
		[SPAN_ALARM_LINKED] = { STAYS, SPAN_CLOSED, SPAN_ALARM_LINKED, SPAN_UP,
					SPAN_ALARM_LINKED, SPAN_ALARM },
		[SPAN_DOWN] = { STAYS, SPAN_CLOSED, SPAN_ALARM, SPAN_DOWN, SPAN_UP,
				SPAN_DOWN },
		[SPAN_UP] = { STAYS, SPAN_CLOSED, SPAN_ALARM_LINKED, SPAN_UP, SPAN_UP,
			      SPAN_DOWN },
	};
	struct timers timers;
	struct fsm_queue queue;

	timers_init(&timers, 0);
	fsm_queue_init(&queue);
	assert_int_equal(span_type.state_count, STATES);
	assert_int_equal(span_type.event_count, EVENTS);
	for (unsigned s = 0; s < STATES; s++)
		for (int e = 0; e < EVENTS; e++) {
			int next = wanted[s][e];
			struct fsm f;

			fsm_init(&f, &span_type, "pbx", &f, &queue, &timers, s);
			fsm_post(&f, e, NULL, 0);
			if (f.state != (next == STAYS ? s : (unsigned)next))
				fail_msg("%s in %s leads to %s", span_type.events[e],
					 span_type.states[s].name, fsm_state_name(&f));
			assert_int_equal(f.unexpected, next == STAYS);
			fsm_fini(&f);
		}
	fsm_queue_fini(&queue);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_event_in_each_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
