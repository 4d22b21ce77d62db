/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* The life of a B channel: every event in every state. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "isdn/channel_state.h"

enum { EVENTS = CHANNEL_RESTARTED + 1, STATES = CHANNEL_RESTARTING + 1, STAYS = -1 };

static void each_event_in_each_state(void **state)
{
	static const int wanted[STATES][EVENTS] = {
		/*               open          close         take */
		[CHANNEL_NONE] = { CHANNEL_FREE, STAYS,        STAYS,
		/*               give          restart       restarted */
				   STAYS,        STAYS,        STAYS },
		[CHANNEL_FREE] = { STAYS,        CHANNEL_NONE, CHANNEL_USED,
				   STAYS,        CHANNEL_RESTARTING, STAYS },
		[CHANNEL_USED] = { STAYS,        CHANNEL_NONE, STAYS,
				   CHANNEL_FREE, CHANNEL_RESTARTING, STAYS },
		[CHANNEL_RESTARTING] = { STAYS,  CHANNEL_NONE, STAYS,
				   STAYS,        STAYS,        CHANNEL_FREE },
	};
	struct timers timers;
	struct fsm_queue queue;

	timers_init(&timers, 0);
	fsm_queue_init(&queue);
	assert_int_equal(channel_type.state_count, STATES);
	assert_int_equal(channel_type.event_count, EVENTS);
	for (unsigned s = 0; s < STATES; s++)
		for (int e = 0; e < EVENTS; e++) {
			int next = wanted[s][e];
			struct fsm f;

			fsm_init(&f, &channel_type, "pbx.b1", &f, &queue, &timers, s);
			fsm_post(&f, e, NULL, 0);
			if (f.state != (next == STAYS ? s : (unsigned)next))
				fail_msg("%s in %s leads to %s", channel_type.events[e],
					 channel_type.states[s].name, fsm_state_name(&f));
			assert_int_equal(f.unexpected, next == STAYS);
			fsm_fini(&f);
		}
	fsm_queue_fini(&queue);
}

/* Out and home again: a channel has no state that it does not leave. */
static void a_call_and_a_restart(void **state)
{
	static const struct { int event, leads_to; } way[] = {
		{ CHANNEL_OPEN, CHANNEL_FREE }, { CHANNEL_TAKE, CHANNEL_USED },
		{ CHANNEL_GIVE, CHANNEL_FREE }, { CHANNEL_TAKE, CHANNEL_USED },
		{ CHANNEL_RESTART, CHANNEL_RESTARTING },
		{ CHANNEL_RESTARTED, CHANNEL_FREE }, { CHANNEL_CLOSE, CHANNEL_NONE },
	};
	struct timers timers;
	struct fsm_queue queue;
	struct fsm f;

	timers_init(&timers, 0);
	fsm_queue_init(&queue);
	fsm_init(&f, &channel_type, "pbx.b1", &f, &queue, &timers, CHANNEL_NONE);
	for (size_t i = 0; i < sizeof(way) / sizeof(way[0]); i++) {
		fsm_post(&f, way[i].event, NULL, 0);
		assert_int_equal(f.state, way[i].leads_to);
	}
	fsm_fini(&f);
	fsm_queue_fini(&queue);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_event_in_each_state),
		cmocka_unit_test(a_call_and_a_restart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
