/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* When a line's audio begins: in step with the lines that run. The pump's turns are
 * made by hand. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "media/law.h"
#include "media/line_end.h"
#include "media/osc.h"
#include "media/room.h"

#define MS 1000

struct line_port {
	unsigned reads;
};

static struct line_port port;
static struct line_driver driver;
static struct pump *pump;
static struct end *line;

static int port_open(struct line_port **p, const struct port_conf *conf, char *why,
		     size_t size)
{
	(void)conf;
	(void)why;
	(void)size;
	*p = &port;
	return 0;
}

static void port_close(struct line_port *p)
{
	(void)p;
}

static int port_state(struct line_port *p, struct port_state *s)
{
	(void)p;
	*s = (struct port_state) { .kind = PORT_FXO, .format = AUDIO_MULAW };
	return 0;
}

static int port_wait(struct line_port *p, struct port_wait *w)
{
	(void)p;
	*w = (struct port_wait) { .event_fd = -1, .audio_fd = -1 };
	return 0;
}

static ssize_t port_read(struct line_port *p, void *frame, size_t samples)
{
	(void)frame;
	(void)samples;
	p->reads++;
	return -EAGAIN;
}

static const struct line_driver *find(const char *name, const char **address)
{
	*address = name;
	return &driver;
}

/* The end of a turn in which lines may or may not have had audio. */
static void turn(unsigned ms, bool audio)
{
	pump->now_us += ms * MS;
	if (audio)
		pump->audio_us = pump->now_us;
	pump_settle(pump);
}

static void wants(bool sound)
{
	struct command c = { .type = COMMAND_PLAY, .end = line };

	if (sound) {
		c.tone.count = 1;
		c.tone.segment[0].frequency[0] = 425;
	}
	line->class->command(line, &c);
}

static int begin(void **state)
{
	static struct room room = { .find = find };
	struct media_port_conf conf = { 0 };
	struct command add = { .type = COMMAND_ADD };
	struct port_conf pc = { 0 };
	char why[64];

	(void)state;
	law_init();
	osc_init();
	driver = (struct line_driver) {
		.name = "hand", .frame = 160, .begins_at_read = true,
		.open = port_open, .close = port_close, .state = port_state,
		.wait = port_wait, .read = port_read,
	};
	port.reads = 0;
	pump = pump_new(64);
	pump->now_us = 1000 * MS;
	line = line_end_new(&room.media, "hand/1", &pc, &conf, why, sizeof(why));
	assert_non_null(line);
	line->pump = pump;
	list_init(&line->node);
	list_init(&line->owing_node);
	list_init(&line->changed_node);
	add.end = line;
	line->class->command(line, &add);
	return 0;
}

static int end(void **state)
{
	(void)state;
	list_remove(&line->node);
	list_remove(&line->changed_node);
	line->class->dispose(line);
	pump_free(pump);
	return 0;
}

static void the_first_line_begins_at_once(void **state)
{
	(void)state;
	wants(true);
	turn(1, false);
	assert_int_equal(port.reads, 1);
}

static void another_begins_in_the_turn_of_those_that_run(void **state)
{
	(void)state;
	turn(20, true);
	wants(true);
	turn(7, false);
	turn(12, false);
	assert_int_equal(port.reads, 0);
	turn(1, true);
	assert_int_equal(port.reads, 1);
	assert_true(line_end_runs(line_end(line)));
}

static void those_that_stopped_are_not_waited_for(void **state)
{
	(void)state;
	turn(20, true);
	wants(true);
	turn(15, false);
	assert_int_equal(port.reads, 0);
	turn(20, false);
	assert_int_equal(port.reads, 1);
	assert_false(pump->starts);
}

static void what_is_no_longer_wanted_does_not_begin(void **state)
{
	(void)state;
	turn(20, true);
	wants(true);
	turn(5, false);
	wants(false);
	turn(15, true);
	assert_int_equal(port.reads, 0);
	assert_false(pump->starts);
}

static void a_clock_of_all_needs_no_waiting(void **state)
{
	(void)state;
	driver.begins_at_read = false;
	turn(20, true);
	wants(true);
	turn(5, false);
	assert_int_equal(port.reads, 1);
}

#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_first_line_begins_at_once),
		T(another_begins_in_the_turn_of_those_that_run),
		T(those_that_stopped_are_not_waited_for),
		T(what_is_no_longer_wanted_does_not_begin),
		T(a_clock_of_all_needs_no_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
