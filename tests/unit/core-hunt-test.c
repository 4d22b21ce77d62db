/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Hunting a line in a group, with a configuration filled by hand. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/group.h"
#include "core/line.h"

enum { LINES = 4 };

static const char *names[LINES] = { "a", "b", "c", "d" };
static struct config_line lines[LINES];
static struct config_group group = {
	.name = "g", .lines = names, .line_count = LINES, .limit = { -1, -1, -1 },
};
static struct config conf = {
	.limit = { -1, -1, -1 }, .lines = lines, .line_count = LINES,
	.groups = &group, .group_count = 1,
};
static struct media_end ends[LINES];
static struct timers timers;
static struct box *box;

static int op_state(const struct media_end *end, struct port_state *s)
{
	*s = (struct port_state){ .kind = PORT_FXS };
	return 0;
}

static int op_detect(struct media_end *end, unsigned what)
{
	return 0;
}

static void op_free(struct media_end *end)
{
}

static const struct media_ops ops = {
	.state = op_state, .detect = op_detect, .free = op_free,
};
static struct media media = { &ops };

static int setup(void **state)
{
	for (int i = 0; i < LINES; i++) {
		lines[i] = (struct config_line){
			.name = names[i], .port = names[i], .kind = PORT_FXS,
			.number = i < 2 ? "+100" : "200", .display_name = "",
			.trunk = "", .ring_to = "", .digit_map = "", .hotline = "",
		};
		ends[i].media = &media;
	}
	for (int i = 0; i < TIMER_COUNT; i++)
		conf.timers[i] = timer_table[i].def;
	timers_init(&timers, 1000);
	box = box_new(&conf, &timers, &media);
	assert_non_null(box);
	for (int i = 0; i < LINES; i++)
		line_set_end(box_line_new(box, &lines[i]), &ends[i]);
	return 0;
}

static int teardown(void **state)
{
	box_free(box);
	return 0;
}

static const char *hunt(enum hunt how)
{
	struct hunter h = { 0 };
	struct line *line;

	group.hunt = how;
	return group_hunt(group_find(box, "g"), box, &h, &line) == HUNT_FOUND ?
	       line->name : "-";
}

static void linear_begins_with_the_first(void **state)
{
	assert_string_equal(hunt(HUNT_LINEAR), "a");
	assert_string_equal(hunt(HUNT_LINEAR), "a");
	assert_int_equal(box_busy_out(box, "a"), 0);
	assert_string_equal(hunt(HUNT_LINEAR), "b");
}

static void circular_goes_round(void **state)
{
	const char *order[] = { "a", "b", "c", "d", "a" };

	for (int i = 0; i < 5; i++)
		assert_string_equal(hunt(HUNT_CIRCULAR), order[i]);
	box_busy_out(box, "b");
	assert_string_equal(hunt(HUNT_CIRCULAR), "c");
}

static void least_used_counts_calls(void **state)
{
	const unsigned calls[] = { 3, 1, 2, 1 };

	for (int i = 0; i < LINES; i++)
		box_line(box, names[i])->calls_out = calls[i];
	assert_string_equal(hunt(HUNT_LEAST_USED), "b");
	box_line(box, "b")->calls_out = 2;
	assert_string_equal(hunt(HUNT_LEAST_USED), "d");
}

static void a_line_that_failed_this_call_is_skipped(void **state)
{
	struct hunter h = { .tried = { box_line(box, "a") }, .tried_count = 1 };
	struct line *line;

	group.hunt = HUNT_LINEAR;
	assert_int_equal(group_hunt(group_find(box, "g"), box, &h, &line), HUNT_FOUND);
	assert_string_equal(line->name, "b");
}

static void the_most_hopeful_reason_is_told(void **state)
{
	struct hunter h = { 0 };
	struct line *line;

	for (int i = 0; i < LINES; i++)
		box_busy_out(box, names[i]);
	assert_int_equal(group_hunt(group_find(box, "g"), box, &h, &line),
			 HUNT_ALL_DOWN);
	box_return(box, "c");
	/* As if it had a call. */
	box_line(box, "c")->leg.call = (struct call *)box;
	assert_int_equal(group_hunt(group_find(box, "g"), box, &h, &line),
			 HUNT_ALL_BUSY);
	box_line(box, "c")->leg.call = NULL;
	assert_int_equal(group_hunt(group_find(box, "g"), box, &h, &line), HUNT_FOUND);
	assert_string_equal(line->name, "c");
}

static void numbers_are_hunted_in_the_files_order(void **state)
{
	struct hunter h = { 0 };
	struct line *line;

	assert_int_equal(number_hunt(box, "100", &h, &line), HUNT_FOUND);
	assert_string_equal(line->name, "a");
	box_busy_out(box, "a");
	assert_int_equal(number_hunt(box, "100", &h, &line), HUNT_FOUND);
	assert_string_equal(line->name, "b");
	assert_int_equal(number_hunt(box, "+200", &h, &line), HUNT_FOUND);
	assert_string_equal(line->name, "c");
	assert_int_equal(number_hunt(box, "300", &h, &line), HUNT_NO_LINE);
	assert_null(line);
}

static void unknown_names_are_refused(void **state)
{
	assert_int_equal(box_busy_out(box, "x"), -ENOENT);
	assert_int_equal(box_hangup(box, 7), -ENOENT);
	assert_int_equal(box_set_limit(box, "group:x", 0, 1), -ENOENT);
	assert_int_equal(box_set_limit(box, "x", 0, 1), -ENOENT);
	assert_int_equal(box_set_limit(box, "group:g", 0, -2), -EINVAL);
	assert_int_equal(box_set_limit(box, "group:g", 0, 1), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(linear_begins_with_the_first),
		TEST(circular_goes_round),
		TEST(least_used_counts_calls),
		TEST(a_line_that_failed_this_call_is_skipped),
		TEST(the_most_hopeful_reason_is_told),
		TEST(numbers_are_hunted_in_the_files_order),
		TEST(unknown_names_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
