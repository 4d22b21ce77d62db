/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* What the DAHDI driver makes of what only cards signal, and what it asks of them. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "drivers-card.h"

static const struct line_driver *const drv = &dahdi_driver;

static void assert_next(struct line_port *port, enum line_event_type type, int value)
{
	struct line_event e;

	assert_int_equal(drv->next_event(port, &e), 1);
	assert_int_equal(e.type, type);
	assert_int_equal(e.value, value);
}

static void assert_no_more(struct line_port *port)
{
	struct line_event e;

	assert_int_equal(drv->next_event(port, &e), 0);
}

/* One event of the kernel and what it is. */
static void tells(struct line_port *port, int event, enum line_event_type type, int value)
{
	queue(event);
	assert_next(port, type, value);
	assert_no_more(port);
}

/* The card says when, not which way; a lamp by high voltage is a module's option. */
static void polarity_and_lamps_of_an_exchange_are_seen(void **state)
{
	struct line_port *port;

	new_card(PORT_FXO);
	port = open_card();
	assert_true(capabilities(port) & PORT_SEES_REVERSAL);
	tells(port, DAHDI_EVENT_POLARITY, LINE_EVENT_POLARITY, -1);
	tells(port, DAHDI_EVENT_NEONMWI_ACTIVE, LINE_EVENT_MESSAGES, 1);
	tells(port, DAHDI_EVENT_NEONMWI_INACTIVE, LINE_EVENT_MESSAGES, 0);
	drv->close(port);
}

/* RINGOFFHOOK ends a burst and is no answer. */
static void an_exchange_rings(void **state)
{
	struct port_state s;
	struct line_port *port;

	new_card(PORT_FXO);
	port = open_card();
	tells(port, DAHDI_EVENT_RINGBEGIN, LINE_EVENT_RING_ON, 0);
	assert_int_equal(drv->state(port, &s), 0);
	assert_true(s.ringing && s.battery && !s.off_hook);
	tells(port, DAHDI_EVENT_RINGOFFHOOK, LINE_EVENT_RING_OFF, 0);
	/* A burst of which the start was hidden. */
	queue(DAHDI_EVENT_RINGOFFHOOK);
	assert_next(port, LINE_EVENT_RING_ON, 0);
	assert_next(port, LINE_EVENT_RING_OFF, 0);
	assert_no_more(port);
	assert_int_equal(drv->hook(port, true), 0);
	assert_int_equal(card.hook, DAHDI_OFFHOOK);
	assert_next(port, LINE_EVENT_SEIZED, 0);
	tells(port, DAHDI_EVENT_ONHOOK, LINE_EVENT_BREAK, 0);
	drv->close(port);
}

/* Off hook, 600 ms without battery: the kernel says RINGOFFHOOK at the end of its
 * mask; the red alarm follows after a second, NOALARM when the plug is back. */
static void a_line_that_was_unplugged_is_noticed(void **state)
{
	struct port_state s;
	struct line_port *port;

	new_card(PORT_FXO);
	port = open_card();
	assert_int_equal(drv->hook(port, true), 0);
	assert_next(port, LINE_EVENT_SEIZED, 0);
	card.battery = false;
	tells(port, DAHDI_EVENT_RINGOFFHOOK, LINE_EVENT_RESYNC, 0);
	card.alarms = DAHDI_ALARM_RED;
	tells(port, DAHDI_EVENT_ALARM, LINE_EVENT_ALARM, ALARM_NO_BATTERY);
	assert_int_equal(drv->state(port, &s), 0);
	assert_true(!s.battery && s.alarm == ALARM_NO_BATTERY);
	card.alarms = 0;
	card.battery = true;
	tells(port, DAHDI_EVENT_NOALARM, LINE_EVENT_ALARM_CLEARED, 0);
	assert_int_equal(drv->state(port, &s), 0);
	assert_true(s.battery && !s.alarm);
	drv->close(port);

	/* It was so before the open: no event tells. */
	new_card(PORT_FXO);
	card.battery = false;
	card.alarms = DAHDI_ALARM_RED;
	port = open_card();
	assert_int_equal(drv->state(port, &s), 0);
	assert_true(!s.battery && s.alarm == ALARM_NO_BATTERY);
	drv->close(port);
}

static void ground_start_seizes_by_ground_and_answers_by_loop(void **state)
{
	struct line_port *port;

	new_card(PORT_FXO);
	card.sigtype = DAHDI_SIG_FXSGS;
	port = open_card();
	card.hook_errno = EINPROGRESS;	/* the kernel's way to say that it begins */
	assert_int_equal(drv->hook(port, true), 0);
	assert_int_equal(card.hook, DAHDI_START);
	assert_no_more(port);
	tells(port, DAHDI_EVENT_HOOKCOMPLETE, LINE_EVENT_SEIZED, 0);
	card.hook_errno = 0;
	assert_int_equal(drv->hook(port, false), 0);
	tells(port, DAHDI_EVENT_RINGBEGIN, LINE_EVENT_RING_ON, 0);
	assert_int_equal(drv->hook(port, true), 0);
	assert_int_equal(card.hook, DAHDI_OFFHOOK);
	assert_next(port, LINE_EVENT_SEIZED, 0);
	drv->close(port);
}

/* On and off times by turns, negative where the repeated part begins. */
static void a_cadence_goes_to_the_kernel(void **state)
{
	static const struct cadence whole = { .ms = { 2000, 4000 }, .count = 2 };
	static const struct cadence tail = { .ms = { 250, 500, 1000, 3000 }, .count = 4,
					     .loop = 2 };
	struct line_port *port;

	new_card(PORT_FXS);
	port = open_card();
	card.hook_errno = EINPROGRESS;
	assert_int_equal(drv->ring(port, &whole), 0);
	assert_int_equal(card.hook, DAHDI_RING);
	assert_int_equal(card.cadence.ringcadence[0], -2000);
	assert_int_equal(card.cadence.ringcadence[1], 4000);
	assert_int_equal(card.cadence.ringcadence[2], 0);
	card.hook_errno = 0;
	assert_int_equal(drv->ring(port, NULL), 0);
	assert_int_equal(card.hook, DAHDI_RINGOFF);
	card.hook_errno = EINPROGRESS;
	assert_int_equal(drv->ring(port, &tail), 0);
	assert_int_equal(card.cadence.ringcadence[0], 250);
	assert_int_equal(card.cadence.ringcadence[2], -1000);
	assert_int_equal(card.cadence.ringcadence[3], 3000);
	assert_int_equal(card.cadence.ringcadence[4], 0);
	/* The card trips the ringer, the kernel's cadence is stopped by us. */
	card.hook_errno = 0;
	tells(port, DAHDI_EVENT_RINGEROFF, LINE_EVENT_BURST_END, 0);
	queue(DAHDI_EVENT_RINGERON);
	assert_no_more(port);
	tells(port, DAHDI_EVENT_RINGOFFHOOK, LINE_EVENT_OFF_HOOK, 0);
	assert_int_equal(card.hook, DAHDI_OFFHOOK);
	/* The pause of a ringing that is over. */
	queue(DAHDI_EVENT_RINGEROFF);
	assert_no_more(port);
	/* Off hook meanwhile: the ringing is refused, signalling is told. */
	card.hook_errno = EBUSY;
	assert_int_equal(drv->ring(port, &whole), -EBUSY);
	drv->close(port);
}

static void a_card_reverses_and_sends_on_hook(void **state)
{
	struct line_port *port;

	new_card(PORT_FXS);
	port = open_card();	/* it says EINVAL to both */
	assert_false(capabilities(port) & (PORT_CAN_REVERSE | PORT_ON_HOOK_SEND));
	assert_int_equal(drv->polarity(port, true), -ENOTSUP);
	assert_int_equal(drv->set(port, PORT_ON_HOOK_SEND_MS, 4000), -ENOTSUP);
	drv->close(port);

	card.reverses = true;
	card.reversed = 1;	/* as a program left it that was killed */
	port = open_card();
	assert_int_equal(card.reversed, 0);
	assert_true(capabilities(port) & PORT_CAN_REVERSE);
	assert_int_equal(drv->polarity(port, true), 0);
	assert_int_equal(card.reversed, 1);
	assert_int_equal(drv->polarity(port, false), 0);
	assert_int_equal(card.reversed, 0);
	assert_int_equal(drv->set(port, PORT_ON_HOOK_SEND_MS, 4000), 0);
	assert_int_equal(card.on_hook_ms, 4000);
	drv->close(port);
}

/* With loop start nothing ends a call but tones and silence: nobody may wait for a
 * break. */
static void loop_start_promises_no_break(void **state)
{
	struct line_port *port;

	new_card(PORT_FXO);
	card.sigtype = DAHDI_SIG_FXSLS;
	port = open_card();
	assert_false(capabilities(port) & PORT_SEES_BREAKS);
	drv->close(port);
	new_card(PORT_FXS);
	card.sigtype = DAHDI_SIG_FXOLS;
	port = open_card();
	assert_int_equal(drv->battery(port, 500), -ENOTSUP);
	assert_int_not_equal(card.hook, DAHDI_ONHOOK);
	drv->close(port);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(polarity_and_lamps_of_an_exchange_are_seen),
		cmocka_unit_test(an_exchange_rings),
		cmocka_unit_test(a_line_that_was_unplugged_is_noticed),
		cmocka_unit_test(ground_start_seizes_by_ground_and_answers_by_loop),
		cmocka_unit_test(a_cadence_goes_to_the_kernel),
		cmocka_unit_test(a_card_reverses_and_sends_on_hook),
		cmocka_unit_test(loop_start_promises_no_break),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
