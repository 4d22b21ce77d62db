/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * The DAHDI driver on a card that is played here, below open, ioctl, read and
 * write: what loop spans do not have (gains, lamps, false success), and what a
 * broken card does. What the kernel itself does is proved in the VM.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "drivers-card.h"

static const struct line_driver *const drv = &dahdi_driver;

static void gains_are_set_in_the_card(void **state)
{
	struct line_port *port = NULL;
	char why[256] = "";

	new_card(PORT_FXO);
	card.gains = true;
	assert_int_equal(try_open(&port, 35, -60, why), 0);
	assert_int_equal(card.gain[0], 35);
	assert_int_equal(card.gain[1], -60);
	assert_true(capabilities(port) & PORT_GAIN);
	drv->close(port);
	/* A card keeps them over an open. */
	port = open_card();
	assert_int_equal(card.gain[0], 0);
	assert_int_equal(card.gain[1], 0);
	drv->close(port);
}

static void a_gain_that_a_card_only_claims_to_set_is_refused(void **state)
{
	struct line_port *port = NULL;
	char why[256] = "";

	new_card(PORT_FXO);
	card.gains = true;
	assert_int_not_equal(try_open(&port, 200, 0, why), 0);
	assert_non_null(strstr(why, "rx_gain"));
	new_card(PORT_FXS);
	card.gains = true;
	assert_int_not_equal(try_open(&port, 10, 0, why), 0);
	assert_int_equal(card.gains_asked, 0);
	port = open_card();
	assert_int_equal(card.gains_asked, 0);
	assert_false(capabilities(port) & PORT_GAIN);
	drv->close(port);
}

static void a_card_without_gains_opens_unless_one_is_wanted(void **state)
{
	struct line_port *port;
	char why[256] = "";

	new_card(PORT_FXO);
	port = open_card();
	assert_false(capabilities(port) & PORT_GAIN);
	drv->close(port);
	assert_int_not_equal(try_open(&port, 0, 10, why), 0);
	assert_non_null(strstr(why, "card_tx_gain"));
}

static void what_does_not_open_says_why_and_what_to_do(void **state)
{
	static const struct {
		int open_errno, specify_errno, zone_errno;
		const char *cause, *cure;
	} cases[] = {
		{ ENOENT, 0, 0, "no DAHDI device", "load the card's kernel module" },
		{ EACCES, 0, 0, "no permission", "group dialout" },
		{ EPERM, 0, 0, "may not use /dev/dahdi", "DeviceAllow" },
		{ 0, EBUSY, 0, "channel 1 is held by", "stop it" },
		/* Nobody that we see. */
		{ 0, EBUSY, 0, "by another program", "sudo tipring lines --scan" },
		{ 0, ENXIO, 0, "no channel 1", "lines --scan" },
		{ 0, EIO, 0, "channel 1 does not open", "" },
		/* It would open, and never ring. */
		{ 0, 0, ENODATA, "no tone zone", "lines --setup" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct line_port *port = NULL;
		char why[256] = "";

		new_card(PORT_FXS);
		card.open_errno = cases[i].open_errno;
		card.specify_errno = cases[i].specify_errno;
		card.zone_errno = cases[i].zone_errno;
		assert_int_not_equal(try_open(&port, 0, 0, why), 0);
		assert_null(port);
		if (!strstr(why, cases[i].cause) || !strstr(why, cases[i].cure))
			fail_msg("%s", why);
	}
}

static void the_lamp_is_lit_where_there_is_one(void **state)
{
	struct line_port *port;

	new_card(PORT_FXS);
	card.lamps = true;
	port = open_card();
	assert_true(capabilities(port) & PORT_VMWI);
	assert_int_equal(card.lamp_kinds, DAHDI_VMWI_LREV | DAHDI_VMWI_HVDC |
			 DAHDI_VMWI_HVAC);
	assert_int_equal(drv->set(port, PORT_MESSAGES, 1), 0);
	assert_int_equal(card.messages, 1);
	assert_int_equal(drv->set(port, PORT_MESSAGES, 0), 0);
	assert_int_equal(card.messages, 0);
	drv->close(port);

	new_card(PORT_FXS);
	port = open_card();
	assert_false(capabilities(port) & PORT_VMWI);
	assert_int_equal(drv->set(port, PORT_MESSAGES, 1), -ENOTSUP);
	drv->close(port);

	new_card(PORT_FXO);
	card.lamps = true;
	port = open_card();
	assert_int_equal(drv->set(port, PORT_MESSAGES, 1), -ENOTSUP);
	drv->close(port);
}

static void a_canceller_that_is_not_there_is_not_believed(void **state)
{
	struct line_port *port;

	new_card(PORT_FXS);
	port = open_card();
	assert_int_equal(card.canceller, 0);	/* off by default */
	assert_false(capabilities(port) & PORT_CANCELLER);
	assert_int_equal(drv->set(port, PORT_KERNEL_CANCELLER, 512), -ENOTSUP);
	assert_int_equal(card.canceller, 0);
	drv->close(port);
}

/* All there are but the last, in any state, and some there are not; digits that
 * are none. */
static int any_event(unsigned r)
{
	int event = (int)(r >> 2 & 31);

	if (!(r & 3))
		return DAHDI_EVENT_PULSEDIGIT | (r >> 2 & 0xff);
	return event == DAHDI_EVENT_REMOVED ? 0x4321 : event;
}

static void a_storm_of_events_is_survived(void **state)
{
	unsigned seed = 1, told = 0;

	for (int kind = PORT_FXS; kind <= PORT_FXO; kind++) {
		struct line_port *port;
		struct line_event e;

		new_card((enum port_kind)kind);
		port = open_card();
		for (int i = 0; i < 200000; i++) {
			seed = seed * 1103515245 + 12345;
			queue(any_event(seed >> 16));
			if (seed >> 28 == 1)
				drv->hook(port, seed >> 20 & 1);
			while (i % 64 == 0 && drv->next_event(port, &e) > 0) {
				assert_in_range(e.type, LINE_EVENT_OFF_HOOK,
						LINE_EVENT_RESYNC);
				if (e.type == LINE_EVENT_PULSE_DIGIT)
					assert_in_range(e.value, '0', '9');
				told++;
			}
		}
		drv->close(port);
	}
	assert_true(told > 10000);
}

/* A hole of a millisecond breaks caller ID: the first writes may be late. */
static void the_queue_begins_with_more_than_a_block(void **state)
{
	unsigned char block[160] = { 0 };
	struct line_port *port;
	unsigned ahead;

	new_card(PORT_FXS);
	port = open_card();
	assert_int_equal(drv->read(port, block, sizeof(block)), 160);
	ahead = card.wrote;
	assert_in_range(ahead, 160 + 40, 160 + 80);
	assert_int_equal(drv->write(port, block, 160), 160);
	assert_int_equal(card.wrote, ahead + 160);
	drv->close(port);
}

static unsigned written_by_a_read(struct line_port *port)
{
	unsigned char block[160];
	unsigned before = card.wrote;

	assert_int_equal(drv->read(port, block, sizeof(block)), 160);
	return card.wrote - before;
}

static void assert_next(struct line_port *port, enum line_event_type type)
{
	struct line_event e;

	assert_int_equal(drv->next_event(port, &e), 1);
	assert_int_equal(e.type, type);
}

/* On hook empties the kernel's buffers, no other hook request does. */
static void after_on_hook_the_queue_begins_anew(void **state)
{
	struct line_port *port;

	new_card(PORT_FXO);
	port = open_card();
	assert_int_not_equal(written_by_a_read(port), 0);
	assert_int_equal(drv->hook(port, true), 0);
	assert_int_equal(written_by_a_read(port), 0);
	assert_int_equal(drv->hook(port, false), 0);
	assert_int_not_equal(written_by_a_read(port), 0);
	assert_int_equal(written_by_a_read(port), 0);
	drv->close(port);

	new_card(PORT_FXS);
	port = open_card();
	assert_int_not_equal(written_by_a_read(port), 0);
	assert_int_equal(drv->battery(port, 500), 0);
	assert_int_not_equal(written_by_a_read(port), 0);
	assert_int_equal(written_by_a_read(port), 0);
	drv->close(port);
}

/* Not even where reading starts afresh. */
static void nothing_is_written_while_the_kernel_dials(void **state)
{
	unsigned char block[160] = { 0 };
	struct line_port *port;

	new_card(PORT_FXO);
	port = open_card();
	assert_int_equal(drv->hook(port, true), 0);
	assert_next(port, LINE_EVENT_SEIZED);
	assert_int_equal(drv->pulse(port, "31"), 0);
	assert_int_equal(written_by_a_read(port), 0);
	assert_int_equal(drv->write(port, block, 160), 160);
	assert_int_equal(card.wrote, 0);
	queue(DAHDI_EVENT_DIALCOMPLETE);
	assert_next(port, LINE_EVENT_DIALLED);
	assert_int_not_equal(written_by_a_read(port), 0);
	drv->close(port);
}

/* After a break the kernel may overlook that a telephone hung up. */
/* More events than the kernel keeps, and "dialled" was not among them. */
static void the_end_of_dialling_may_be_lost(void **state)
{
	struct line_port *port;
	struct line_event e;
	unsigned dialled[2] = { 0 };

	new_card(PORT_FXO);
	port = open_card();
	assert_int_equal(drv->hook(port, true), 0);
	assert_next(port, LINE_EVENT_SEIZED);
	assert_int_equal(drv->pulse(port, "31"), 0);
	for (int still = 1; still >= 0; still--) {
		card.dials = still;
		for (int i = 0; i < 70; i++)
			queue(DAHDI_EVENT_POLARITY);
		while (drv->next_event(port, &e) > 0)
			dialled[still] += e.type == LINE_EVENT_DIALLED;
	}
	assert_int_equal(dialled[1], 0);
	assert_int_equal(dialled[0], 1);
	assert_int_not_equal(written_by_a_read(port), 0);
	drv->close(port);
}

static void who_lifts_again_has_hung_up(void **state)
{
	struct line_port *port;
	struct line_event e;

	new_card(PORT_FXS);
	port = open_card();
	queue(DAHDI_EVENT_RINGOFFHOOK);
	assert_next(port, LINE_EVENT_OFF_HOOK);
	/* With no break between, nothing was overlooked. */
	queue(DAHDI_EVENT_RINGOFFHOOK);
	assert_next(port, LINE_EVENT_OFF_HOOK);
	assert_int_equal(drv->battery(port, 500), 0);
	queue(DAHDI_EVENT_RINGOFFHOOK);
	assert_next(port, LINE_EVENT_ON_HOOK);
	assert_next(port, LINE_EVENT_OFF_HOOK);
	assert_int_equal(card.hook, DAHDI_OFFHOOK);
	assert_int_equal(drv->battery(port, 500), 0);
	queue(DAHDI_EVENT_ONHOOK);
	assert_next(port, LINE_EVENT_ON_HOOK);
	queue(DAHDI_EVENT_RINGOFFHOOK);
	assert_next(port, LINE_EVENT_OFF_HOOK);
	assert_int_equal(drv->next_event(port, &e), 0);
	drv->close(port);
}

/* By the time that is told the telephone may be lifted again; on hook would then
 * break its line. */
static void a_hang_up_is_followed_by_no_break(void **state)
{
	struct line_port *port;

	new_card(PORT_FXS);
	port = open_card();
	queue(DAHDI_EVENT_RINGOFFHOOK);
	assert_next(port, LINE_EVENT_OFF_HOOK);
	queue(DAHDI_EVENT_ONHOOK);
	queue(DAHDI_EVENT_RINGOFFHOOK);
	assert_next(port, LINE_EVENT_ON_HOOK);
	assert_int_equal(card.hook, DAHDI_RINGOFF);
	assert_next(port, LINE_EVENT_OFF_HOOK);
	assert_int_equal(card.hook, DAHDI_OFFHOOK);
	drv->close(port);
}

static void audio_that_fails_is_no_more_than_missing(void **state)
{
	unsigned char block[320];
	struct line_port *port;

	new_card(PORT_FXS);
	port = open_card();
	assert_int_equal(drv->read(port, block, sizeof(block)), 160);
	card.read_size = 37;	/* short */
	assert_int_equal(drv->read(port, block, sizeof(block)), 37);
	assert_int_equal(drv->write(port, block, 37), 37);
	card.read_size = 160;
	card.read_errno = ELAST_ERRNO;	/* an event is pending */
	assert_int_equal(drv->read(port, block, sizeof(block)), -EAGAIN);
	card.read_errno = EIO;
	assert_int_equal(drv->read(port, block, sizeof(block)), -EAGAIN);
	card.write_errno = EAGAIN;
	assert_int_equal(drv->write(port, block, 160), 160);
	card.read_errno = ENODEV;
	assert_int_equal(drv->read(port, block, sizeof(block)), -ENODEV);
	drv->close(port);
}

static void taken_away(int err)
{
	struct line_port *port;
	struct port_wait w;
	struct port_state s;
	struct line_event e;

	new_card(PORT_FXS);
	port = open_card();
	card.removed = err;
	assert_int_equal(drv->next_event(port, &e), 1);
	assert_int_equal(e.type, LINE_EVENT_ALARM);
	assert_int_equal(e.value, ALARM_REMOVED);
	assert_int_equal(drv->next_event(port, &e), 0);
	drv->wait(port, &w);
	assert_int_equal(w.event_fd, -1);
	assert_int_equal(w.audio_fd, -1);
	assert_int_equal(drv->state(port, &s), 0);
	assert_int_equal(s.alarm, ALARM_REMOVED);
	drv->close(port);
}

static void a_channel_taken_away_is_told_once(void **state)
{
	taken_away(ENODEV);
	taken_away(ENOSYS);	/* it was opened while that happened */
}

static void alarms_say_what_is_wrong(void **state)
{
	static const struct { int alarms; enum port_alarm alarm; } kinds[] = {
		{ DAHDI_ALARM_RED, ALARM_RED },
		{ DAHDI_ALARM_RED | DAHDI_ALARM_YELLOW, ALARM_RED },
		{ DAHDI_ALARM_NOTOPEN, ALARM_RED },
		{ DAHDI_ALARM_RECOVER, ALARM_RED },
		{ DAHDI_ALARM_YELLOW, ALARM_YELLOW },
		{ DAHDI_ALARM_BLUE, ALARM_BLUE },
	};
	struct port_wait w;
	struct line_port *port;
	struct line_event e;

	new_card(PORT_FXO);
	port = open_card();
	card.alarms = DAHDI_ALARM_RED;	/* a card's way to say: no battery */
	queue(DAHDI_EVENT_ALARM);
	assert_int_equal(drv->next_event(port, &e), 1);
	assert_int_equal(e.type, LINE_EVENT_ALARM);
	assert_int_equal(e.value, ALARM_NO_BATTERY);
	card.alarms = 0;
	queue(DAHDI_EVENT_NOALARM);
	assert_int_equal(drv->next_event(port, &e), 1);
	assert_int_equal(e.type, LINE_EVENT_ALARM_CLEARED);
	drv->close(port);

	new_card(PORT_FXS);
	card.rxbits = 0;	/* a span of bits */
	port = open_card();
	for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		card.alarms = kinds[i].alarms;
		queue(DAHDI_EVENT_ALARM);
		assert_int_equal(drv->next_event(port, &e), 1);
		assert_int_equal(e.type, LINE_EVENT_ALARM);
		assert_int_equal(e.value, kinds[i].alarm);
		/* A card goes on giving blocks: who waits for them spins. */
		assert_int_equal(drv->wait(port, &w), 0);
		assert_int_equal(w.event_fd, CARD_FD);
		assert_int_equal(w.audio_fd, -1);
		card.alarms = 0;
		queue(DAHDI_EVENT_NOALARM);
		assert_int_equal(drv->next_event(port, &e), 1);
		assert_int_equal(e.type, LINE_EVENT_ALARM_CLEARED);
		assert_int_equal(drv->wait(port, &w), 0);
		assert_int_equal(w.audio_fd, CARD_FD);
	}
	drv->close(port);
}

/* As the Si3050 tells: volts, steps of 1.1 mA. */
static void a_card_tells_what_it_measures(void **state)
{
	struct port_readings r;
	struct line_port *port;

	new_card(PORT_FXO);
	card.tells = true;
	card.stats = (struct wctdm_stats){ -48000, -48000, -48000 };
	card.regs.direct[28] = 20;
	port = open_card();
	assert_true(capabilities(port) & PORT_READINGS);
	assert_int_equal(drv->readings(port, &r), 0);
	assert_true(r.has_voltage && r.has_current);
	assert_int_equal(r.voltage, -48000);
	assert_int_equal(r.current, 22000);
	drv->close(port);

	new_card(PORT_FXS);
	card.tells = true;
	card.stats = (struct wctdm_stats){ -2000, -50000, -66000 };
	port = open_card();
	assert_int_equal(drv->readings(port, &r), 0);
	assert_true(r.has_voltage && !r.has_current);
	assert_int_equal(r.voltage, 48000);
	drv->close(port);

	new_card(PORT_FXO);
	port = open_card();
	assert_false(capabilities(port) & (PORT_READINGS | PORT_IMPEDANCES));
	assert_int_equal(drv->readings(port, &r), -ENOTSUP);
	drv->close(port);
}

static void a_card_gets_its_own_impedance_back(void **state)
{
	struct line_port *port = NULL;
	struct port_conf conf = { .address = "1", .card_impedance = 3 };
	char why[256] = "";

	new_card(PORT_FXO);
	card.tells = true;
	card.regs.direct[30] = 2;
	card.regs.direct[45] = 255;
	card.regs.direct[52] = 7;
	port = open_card();
	assert_int_equal(card.tunes, 0);	/* nobody has asked for one */
	assert_int_equal(drv->impedance(port, -1), 0);
	assert_int_equal(card.tunes, 0);
	assert_int_equal(drv->impedance(port, 10), 0);
	assert_int_equal(card.tune.acim, 10);
	assert_int_equal(card.tune.filter[0], 0);
	assert_int_equal(drv->impedance(port, 16), -EINVAL);
	assert_int_equal(drv->impedance(port, -1), 0);
	assert_int_equal(card.tune.acim, 2);
	assert_int_equal(card.tune.filter[0], 255);
	assert_int_equal(card.tune.filter[7], 7);
	drv->close(port);

	assert_int_equal(drv->open(&port, &conf, why, sizeof(why)), 0);
	assert_int_equal(card.tune.acim, 2);
	drv->close(port);
	card.tells = false;
	assert_int_not_equal(drv->open(&port, &conf, why, sizeof(why)), 0);
	assert_non_null(strstr(why, "card_impedance"));
}

static void pulses_and_flashes_go_as_configured(void **state)
{
	struct line_port *port;
	struct port_conf conf = { .address = "1", .pulse_break_ms = 94,
				  .pulse_make_ms = 31, .flash_ms = 100 };
	char why[256] = "";

	new_card(PORT_FXO);
	port = open_card();
	assert_int_equal(card.set.pulsebreaktime, 60);
	assert_int_equal(card.set.pulsemaketime, 40);
	assert_int_equal(card.set.flashtime, 500);
	drv->close(port);
	assert_int_equal(drv->open(&port, &conf, why, sizeof(why)), 0);
	assert_int_equal(card.set.pulsebreaktime, 94);
	assert_int_equal(card.set.pulsemaketime, 31);
	assert_int_equal(card.set.flashtime, 100);
	drv->close(port);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gains_are_set_in_the_card),
		cmocka_unit_test(a_gain_that_a_card_only_claims_to_set_is_refused),
		cmocka_unit_test(a_card_without_gains_opens_unless_one_is_wanted),
		cmocka_unit_test(what_does_not_open_says_why_and_what_to_do),
		cmocka_unit_test(the_lamp_is_lit_where_there_is_one),
		cmocka_unit_test(a_canceller_that_is_not_there_is_not_believed),
		cmocka_unit_test(a_storm_of_events_is_survived),
		cmocka_unit_test(the_queue_begins_with_more_than_a_block),
		cmocka_unit_test(after_on_hook_the_queue_begins_anew),
		cmocka_unit_test(nothing_is_written_while_the_kernel_dials),
		cmocka_unit_test(the_end_of_dialling_may_be_lost),
		cmocka_unit_test(who_lifts_again_has_hung_up),
		cmocka_unit_test(a_hang_up_is_followed_by_no_break),
		cmocka_unit_test(audio_that_fails_is_no_more_than_missing),
		cmocka_unit_test(a_channel_taken_away_is_told_once),
		cmocka_unit_test(alarms_say_what_is_wrong),
		cmocka_unit_test(a_card_tells_what_it_measures),
		cmocka_unit_test(a_card_gets_its_own_impedance_back),
		cmocka_unit_test(pulses_and_flashes_go_as_configured),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
