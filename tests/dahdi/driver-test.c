/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * The DAHDI driver on the real kernel driver: an FXS port (channel 1) wired to
 * an FXO port (channel 1 + the number of channels in a span, given in the
 * environment as CHANNELS). Run in the VM by check-dahdi.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <dahdi/user.h>

#include "drivers/dahdi/dahdi.h"

static const struct line_driver *const drv = &dahdi_driver;

#define BLOCK_SAMPLES 160

struct pair {
	struct line_port *fxs, *fxo;
};

static unsigned flash_max_ms = 700;

static struct line_port *open_port(int channel, enum port_kind kind)
{
	struct port_conf conf = { .kind = kind, .flash_max_ms = flash_max_ms };
	struct line_port *port = NULL;
	char why[256] = "";

	snprintf(conf.address, sizeof(conf.address), "%d", channel);
	if (drv->open(&port, &conf, why, sizeof(why)))
		fail_msg("channel %d: %s", channel, why);
	return port;
}

static int far_channel(int channel)
{
	const char *n = getenv("CHANNELS");

	return channel + (n ? atoi(n) : 4);
}

static int setup(void **state)
{
	struct pair *p = calloc(1, sizeof(*p));

	p->fxs = open_port(1, PORT_FXS);
	p->fxo = open_port(far_channel(1), PORT_FXO);
	*state = p;
	return 0;
}

static int setup_long_flash(void **state)
{
	int err;

	flash_max_ms = 1250;
	err = setup(state);
	flash_max_ms = 700;
	return err;
}

static int setup_no_flash(void **state)
{
	int err;

	flash_max_ms = 0;
	err = setup(state);
	flash_max_ms = 700;
	return err;
}

static int teardown(void **state)
{
	struct pair *p = *state;

	drv->close(p->fxs);
	drv->close(p->fxo);
	free(p);
	/* The kernel needs its guard times before the next test. */
	usleep(1500000);
	return 0;
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Waits for one event of that type, lets others pass; -1: it did not come. */
static int await(struct line_port *port, enum line_event_type type, int ms)
{
	int64_t end = now_ms() + ms;
	struct line_event e;
	struct port_wait w;

	do {
		while (drv->next_event(port, &e) > 0)
			if (e.type == type)
				return e.value;
		drv->wait(port, &w);
		struct pollfd p = { w.event_fd, w.event_mask, 0 };
		poll(&p, 1, 20);
	} while (now_ms() < end);
	return -1;
}

#define assert_event(port, type, ms) assert_true(await(port, type, ms) >= 0)

static void what_the_card_says_wins(void **state)
{
	struct port_conf conf = { .kind = PORT_FXO, .address = "2" };
	struct line_port *port;
	char why[256];

	assert_int_equal(drv->open(&port, &conf, why, sizeof(why)), -EINVAL);
	assert_non_null(strstr(why, "channel 2 is an FXS port"));
	assert_non_null(strstr(why, "kind = \"fxo\""));
}

static void a_missing_channel_is_named(void **state)
{
	struct port_conf conf = { .address = "999" };
	struct line_port *port;
	char why[256];

	assert_true(drv->open(&port, &conf, why, sizeof(why)) < 0);
	assert_non_null(strstr(why, "there is no channel 999"));
}

/* A channel opens without one, and never rings. */
static void without_a_tone_zone_it_does_not_open(void **state)
{
	struct port_conf conf = { .address = "1" };
	struct line_port *port = NULL;
	char why[256] = "";
	int fd = open("/dev/dahdi/ctl", O_RDWR), zone = 0, err;

	assert_true(fd >= 0);
	assert_int_equal(ioctl(fd, DAHDI_FREEZONE, &zone), 0);
	close(fd);
	err = drv->open(&port, &conf, why, sizeof(why));
	assert_int_equal(system("grep -v ^dynamic= /etc/dahdi/system.conf >/run/zone.conf"
				" && dahdi_cfg -c /run/zone.conf"), 0);
	assert_int_equal(err, -ENODATA);
	assert_non_null(strstr(why, "no tone zone is loaded"));
	assert_int_equal(drv->open(&port, &conf, why, sizeof(why)), 0);
	drv->close(port);
}

static void a_held_channel_names_its_holder(void **state)
{
	struct port_conf conf = { .address = "1" };
	struct line_port *port;
	char why[256];
	int up[2];
	char c;

	/* The holder is another process, as it would be. */
	assert_int_equal(pipe(up), 0);
	pid_t pid = fork();
	if (pid == 0) {
		struct line_port *held;

		drv->open(&held, &conf, why, sizeof(why));
		(void)!write(up[1], "x", 1);
		pause();
		_exit(0);
	}
	assert_int_equal(read(up[0], &c, 1), 1);
	int err = drv->open(&port, &conf, why, sizeof(why));
	kill(pid, 9);
	close(up[0]);
	close(up[1]);
	assert_int_equal(err, -EBUSY);
	assert_non_null(strstr(why, "channel 1 is held by driver-test"));
	usleep(300000);
}

static void ringing_is_seen_and_tripped(void **state)
{
	struct pair *p = *state;
	struct cadence c = { { 500, 1000 }, 2, 0 };
	struct port_state s;

	/* Within two seconds of opening the kernel hides a burst's start. */
	usleep(2100000);
	assert_int_equal(drv->ring(p->fxs, &c), 0);
	assert_event(p->fxo, LINE_EVENT_RING_ON, 1500);
	assert_event(p->fxo, LINE_EVENT_RING_OFF, 1500);
	assert_event(p->fxs, LINE_EVENT_BURST_END, 2500);
	assert_event(p->fxo, LINE_EVENT_RING_ON, 2500);
	assert_int_equal(drv->hook(p->fxo, true), 0);
	assert_event(p->fxo, LINE_EVENT_SEIZED, 500);
	assert_event(p->fxs, LINE_EVENT_OFF_HOOK, 1000);
	/* Tripped: no further ring. */
	assert_int_equal(await(p->fxo, LINE_EVENT_RING_ON, 2500), -1);
	assert_int_equal(drv->state(p->fxs, &s), 0);
	assert_true(s.off_hook);
	assert_false(s.ringing);
}

/* Of a burst within two seconds of opening the kernel tells the end only. */
static void a_hidden_start_of_a_burst_is_told_by_its_end(void **state)
{
	struct pair *p = *state;
	struct cadence c = { { 2000, 4000 }, 2, 0 };

	assert_int_equal(drv->ring(p->fxs, &c), 0);
	assert_event(p->fxo, LINE_EVENT_RING_ON, 3000);
	assert_event(p->fxo, LINE_EVENT_RING_OFF, 500);
	assert_int_equal(drv->ring(p->fxs, NULL), 0);
}

static void hang_up_of_the_telephone(void **state)
{
	struct pair *p = *state;

	assert_int_equal(drv->hook(p->fxo, true), 0);
	assert_event(p->fxs, LINE_EVENT_OFF_HOOK, 1000);
	usleep(700000);
	assert_int_equal(drv->hook(p->fxo, false), 0);
	/* After the flash window, not before. */
	assert_int_equal(await(p->fxs, LINE_EVENT_ON_HOOK, 450), -1);
	assert_event(p->fxs, LINE_EVENT_ON_HOOK, 1500);
}

static void assert_break(struct pair *p)
{
	assert_int_equal(drv->hook(p->fxo, true), 0);
	assert_event(p->fxs, LINE_EVENT_OFF_HOOK, 1000);
	usleep(800000);
	assert_int_equal(drv->battery(p->fxs, 500), 0);
	assert_int_equal(await(p->fxo, LINE_EVENT_BREAK, 1000), 0);
}

static void a_break_is_a_break(void **state)
{
	assert_break(*state);
}

/* What the kernel has overlooked the driver finds, while it is read. */
static void assert_hang_up_is_found(struct pair *p)
{
	unsigned char buf[FRAME_MAX];
	int64_t end = now_ms() + 4000;

	while (await(p->fxs, LINE_EVENT_ON_HOOK, 20) < 0) {
		assert_true(now_ms() < end);
		while (drv->read(p->fxs, buf, sizeof(buf)) > 0)
			drv->write(p->fxs, buf, BLOCK_SAMPLES);
	}
}

/* It does so within 300 ms of a break's end, ... */
static void a_hang_up_just_after_a_break_is_seen(void **state)
{
	struct pair *p = *state;

	assert_break(p);
	assert_int_equal(await(p->fxs, LINE_EVENT_ON_HOOK, 620), -1);
	assert_int_equal(drv->hook(p->fxo, false), 0);
	assert_hang_up_is_found(p);
}

/* ... and where a break is asked for while it takes a hang-up for a bounce. */
static void a_hang_up_just_before_a_break_is_seen(void **state)
{
	struct pair *p = *state;
	struct port_state s;

	assert_int_equal(drv->hook(p->fxo, true), 0);
	assert_event(p->fxs, LINE_EVENT_OFF_HOOK, 1000);
	assert_int_equal(drv->hook(p->fxo, false), 0);
	usleep(20000);
	assert_int_equal(drv->state(p->fxs, &s), 0);
	assert_int_equal(drv->battery(p->fxs, 500), 0);
	assert_hang_up_is_found(p);
}

/* The exchange reads the hang-up late, when the next call has the line: it is not
 * broken for that. */
static void a_seizure_just_after_a_hang_up_is_not_broken(void **state)
{
	struct pair *p = *state;

	assert_int_equal(drv->hook(p->fxo, true), 0);
	assert_event(p->fxs, LINE_EVENT_OFF_HOOK, 1000);
	usleep(300000);
	assert_int_equal(drv->hook(p->fxo, false), 0);
	usleep(1000000);	/* nobody reads the kernel's event */
	assert_int_equal(drv->hook(p->fxo, true), 0);
	usleep(800000);		/* so long the FXO port would not see a break */
	assert_event(p->fxs, LINE_EVENT_ON_HOOK, 1000);
	assert_event(p->fxs, LINE_EVENT_OFF_HOOK, 1000);
	assert_int_equal(await(p->fxo, LINE_EVENT_BREAK, 300), -1);
}

/* A hang-up that was overlooked after a break, and nobody read meanwhile. */
static void a_seizure_after_an_overlooked_hang_up_is_seen(void **state)
{
	struct pair *p = *state;

	assert_break(p);
	assert_int_equal(await(p->fxs, LINE_EVENT_ON_HOOK, 620), -1);
	assert_int_equal(drv->hook(p->fxo, false), 0);
	usleep(1500000);
	assert_int_equal(drv->hook(p->fxo, true), 0);
	assert_event(p->fxs, LINE_EVENT_ON_HOOK, 2000);
	assert_event(p->fxs, LINE_EVENT_OFF_HOOK, 1000);
}

static void a_flash_is_a_flash(void **state)
{
	struct pair *p = *state;

	assert_int_equal(drv->hook(p->fxo, true), 0);
	assert_event(p->fxs, LINE_EVENT_OFF_HOOK, 1000);
	usleep(900000);
	assert_int_equal(drv->flash(p->fxo, 0), 0);
	assert_event(p->fxs, LINE_EVENT_FLASH, 2500);
}

/* flash = off: the hang-up is told as soon as it cannot be a pulse. */
static void without_a_flash_hang_up_is_told_soon(void **state)
{
	struct pair *p = *state;

	assert_int_equal(drv->hook(p->fxo, true), 0);
	assert_event(p->fxs, LINE_EVENT_OFF_HOOK, 1000);
	usleep(800000);
	assert_int_equal(drv->hook(p->fxo, false), 0);
	assert_event(p->fxs, LINE_EVENT_ON_HOOK, 400);
}

static void pulses_are_digits(void **state)
{
	struct pair *p = *state;

	assert_int_equal(drv->hook(p->fxo, true), 0);
	assert_event(p->fxs, LINE_EVENT_OFF_HOOK, 1000);
	usleep(800000);
	assert_int_equal(drv->pulse(p->fxo, "310"), 0);
	assert_int_equal(await(p->fxs, LINE_EVENT_PULSE_DIGIT, 3000), '3');
	assert_int_equal(await(p->fxs, LINE_EVENT_PULSE_DIGIT, 3000), '1');
	assert_int_equal(await(p->fxs, LINE_EVENT_PULSE_DIGIT, 4000), '0');
	assert_event(p->fxo, LINE_EVENT_DIALLED, 3000);
	assert_int_equal(drv->pulse(p->fxo, "3x"), -EINVAL);
}

/* A counter in every octet tells what became of each. A stall of the emulated
 * machine leaves out blocks or fills them with silence, which is not the
 * driver's fault; a changed octet would be: one that is wrong between two that
 * follow each other. */
struct counted {
	unsigned good, jumps, changed;
	unsigned char expected, before;
	bool jumped;
};

static void count_octet(struct counted *c, unsigned char octet)
{
	if (octet == c->expected) {
		c->good++;
	} else if (octet == 0xff) {
		return;
	} else {
		if (c->jumped && octet == (unsigned char)(c->before + 1))
			c->changed++;
		/* What sounds before the counter does is not counted. */
		if (c->good > 800)
			c->jumps++;
		c->before = c->expected;
	}
	c->jumped = octet != c->expected;
	c->expected = (unsigned char)(octet + 1);
}

/* One turn of a port: what came is counted, a counter or silence goes out. */
static void exchange(struct line_port *port, struct counted *c, unsigned char *sent)
{
	unsigned char buf[FRAME_MAX];
	struct line_event e;
	ssize_t n;

	while (drv->next_event(port, &e) > 0)
		;
	while ((n = drv->read(port, buf, sizeof(buf))) > 0) {
		for (ssize_t k = 0; k < n; k++) {
			if (c)
				count_octet(c, buf[k]);
			buf[k] = sent ? (*sent)++ : 0;
		}
		drv->write(port, buf, (size_t)n);
	}
}

static void audio_is_bit_exact(void **state)
{
	struct pair *p = *state;
	unsigned char sent = 0;
	int64_t end = now_ms() + 3000;
	struct counted c = { 0 };
	struct sched_param first = { .sched_priority = 10 };

	/* As the gateway's pump does. */
	sched_setscheduler(0, SCHED_FIFO, &first);
	assert_int_equal(drv->hook(p->fxo, true), 0);
	assert_event(p->fxs, LINE_EVENT_OFF_HOOK, 1000);
	while (now_ms() < end) {
		struct pollfd fds[2];
		struct port_wait w[2];

		drv->wait(p->fxs, &w[0]);
		drv->wait(p->fxo, &w[1]);
		for (int i = 0; i < 2; i++)
			fds[i] = (struct pollfd){ w[i].audio_fd,
				w[i].audio_mask | w[i].event_mask, 0 };
		poll(fds, 2, 100);
		exchange(p->fxs, NULL, &sent);
		exchange(p->fxo, &c, NULL);
	}
	print_message("# good %u, jumps %u, changed %u\n", c.good, c.jumps, c.changed);
	assert_int_equal(c.changed, 0);
	assert_true(c.good > 16000);
}

static void what_a_loop_span_cannot_do_is_said(void **state)
{
	struct pair *p = *state;
	struct port_state s;

	assert_int_equal(drv->state(p->fxs, &s), 0);
	assert_int_equal(s.kind, PORT_FXS);
	assert_int_equal(s.signalling, SIGNALLING_KEWLSTART);
	assert_false(s.capabilities & PORT_CAN_REVERSE);
	assert_int_equal(drv->polarity(p->fxs, true), -ENOTSUP);
	assert_int_equal(drv->set(p->fxo, PORT_MESSAGES, 1), -ENOTSUP);
	assert_int_equal(drv->ring(p->fxo, NULL), -ENOTSUP);
	assert_int_equal(drv->hook(p->fxs, true), -ENOTSUP);
	assert_int_equal(drv->state(p->fxo, &s), 0);
	assert_true(s.battery);
	assert_int_equal(s.alarm, ALARM_NONE);
}

static int count(const struct port_info *info, void *arg)
{
	int *n = arg;

	if (info->kind == PORT_FXS)
		n[0]++;
	else if (info->kind == PORT_FXO)
		n[1]++;
	if (info->in_use)
		n[2]++;
	assert_non_null(strstr(info->text, "loc"));
	return 0;
}

static void assert_canceller(const char *wanted)
{
	FILE *f = fopen("/sys/bus/dahdi_channels/devices/dahdi!chan!001!001/"
			"ec_state", "r");
	char text[32] = "";

	assert_non_null(f);
	assert_non_null(fgets(text, sizeof(text), f));
	fclose(f);
	text[strcspn(text, "\n")] = '\0';
	assert_string_equal(text, wanted);
}

/* The VM's channels have mg2 attached. */
static void the_kernels_canceller_is_off_until_it_is_wanted(void **state)
{
	struct line_port *port = open_port(1, PORT_FXS);
	struct port_state s;

	assert_int_equal(drv->state(port, &s), 0);
	assert_true(s.capabilities & PORT_CANCELLER);
	assert_canceller("INACTIVE");
	assert_int_equal(drv->set(port, PORT_KERNEL_CANCELLER, 256), 0);
	assert_canceller("ACTIVE");
	drv->close(port);
	port = open_port(1, PORT_FXS);
	assert_canceller("INACTIVE");
	drv->close(port);
}

static void scan_lists_every_channel(void **state)
{
	int n[3] = { 0 };
	int pairs = atoi(getenv("CHANNEL_PAIRS"));

	assert_int_equal(drv->scan(count, n), 0);
	assert_int_equal(n[0], pairs);
	assert_int_equal(n[1], pairs);
	assert_int_equal(n[2], 2);
}

#define with_pair(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_card_says_wins),
		cmocka_unit_test(a_missing_channel_is_named),
		cmocka_unit_test(without_a_tone_zone_it_does_not_open),
		cmocka_unit_test(a_held_channel_names_its_holder),
		cmocka_unit_test(the_kernels_canceller_is_off_until_it_is_wanted),
		with_pair(scan_lists_every_channel),
		with_pair(what_a_loop_span_cannot_do_is_said),
		with_pair(ringing_is_seen_and_tripped),
		with_pair(a_hidden_start_of_a_burst_is_told_by_its_end),
		with_pair(hang_up_of_the_telephone),
		with_pair(a_break_is_a_break),
		with_pair(a_hang_up_just_after_a_break_is_seen),
		with_pair(a_hang_up_just_before_a_break_is_seen),
		with_pair(a_seizure_just_after_a_hang_up_is_not_broken),
		with_pair(a_seizure_after_an_overlooked_hang_up_is_seen),
		cmocka_unit_test_setup_teardown(a_flash_is_a_flash,
						setup_long_flash, teardown),
		cmocka_unit_test_setup_teardown(without_a_flash_hang_up_is_told_soon,
						setup_no_flash, teardown),
		with_pair(pulses_are_digits),
		cmocka_unit_test_setup_teardown(pulses_are_digits,
						setup_no_flash, teardown),
		with_pair(audio_is_bit_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
