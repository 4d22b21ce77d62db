/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Q.850 causes and SIP statuses: RFC 3398's two tables, row by row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sip/cause_map.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct row { int from, to; };

/* Section 8.2.6.1, a SIP response to our INVITE. */
static const struct row responses[] = {
	{ 400, 41 }, { 401, 21 }, { 402, 21 }, { 403, 21 }, { 404, 1 },
	{ 405, 63 }, { 406, 79 }, { 407, 21 }, { 408, 102 }, { 410, 22 },
	{ 413, 127 }, { 414, 127 }, { 415, 79 }, { 416, 127 }, { 420, 127 },
	{ 421, 127 }, { 423, 127 }, { 480, 18 }, { 481, 41 }, { 482, 25 },
	{ 483, 25 }, { 484, 28 }, { 485, 1 }, { 486, 17 }, { 500, 41 },
	{ 501, 79 }, { 502, 38 }, { 503, 41 }, { 504, 102 }, { 505, 127 },
	{ 513, 127 }, { 600, 17 }, { 603, 21 }, { 604, 1 },
};

/* Section 7.2.4.1, a cause that clears a call which is not yet answered. The
 * table has no response for 16: that is a CANCEL or a BYE. */
static const struct row causes[] = {
	{ 1, 404 }, { 2, 404 }, { 3, 404 }, { 17, 486 }, { 18, 408 },
	{ 19, 480 }, { 20, 480 }, { 21, 403 }, { 22, 410 }, { 23, 410 },
	{ 26, 404 }, { 27, 502 }, { 28, 484 }, { 29, 501 }, { 31, 480 },
	{ 34, 503 }, { 38, 503 }, { 41, 503 }, { 42, 503 }, { 47, 503 },
	{ 55, 403 }, { 57, 403 }, { 58, 503 }, { 65, 488 }, { 70, 488 },
	{ 79, 501 }, { 87, 403 }, { 88, 503 }, { 102, 504 }, { 111, 500 },
	{ 127, 500 },
};

static void test_responses(void **state)
{
	for (size_t i = 0; i < COUNT(responses); i++)
		if ((int)cause_of_status(responses[i].from) != responses[i].to)
			fail_msg("%d gives %d", responses[i].from,
				 cause_of_status(responses[i].from));
}

/* What the table leaves to the gateway, or did not know. */
static void test_other_responses(void **state)
{
	static const struct row rows[] = {
		{ 487, 16 }, { 488, 65 }, { 606, 88 }, { 580, 47 },
		/* Unknown: as the first of its class. */
		{ 499, 41 }, { 599, 41 }, { 699, 17 }, { 302, 127 },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		if ((int)cause_of_status(rows[i].from) != rows[i].to)
			fail_msg("%d gives %d", rows[i].from,
				 cause_of_status(rows[i].from));
}

/* 488 and 606 go by the Warning header. */
static void test_warnings(void **state)
{
	static const int refusals[] = { 488, 606 };

	for (size_t i = 0; i < COUNT(refusals); i++) {
		assert_int_equal(cause_of_warning(refusals[i], 304), 65);
		assert_int_equal(cause_of_warning(refusals[i], 305), 65);
		assert_int_equal(cause_of_warning(refusals[i], 300), 31);
		assert_int_equal(cause_of_warning(refusals[i], 370), 31);
		assert_int_equal(cause_of_warning(refusals[i], 399), 31);
		assert_int_equal(cause_of_warning(refusals[i], 0),
				 cause_of_status(refusals[i]));
		assert_int_equal(cause_of_warning(refusals[i], 214),
				 cause_of_status(refusals[i]));
	}
	assert_int_equal(cause_of_warning(486, 305), 17);
}

static void test_causes(void **state)
{
	for (size_t i = 0; i < COUNT(causes); i++)
		if (status_of_cause((enum cause)causes[i].from) != causes[i].to)
			fail_msg("%d gives %d", causes[i].from,
				 status_of_cause((enum cause)causes[i].from));
}

static void test_other_causes(void **state)
{
	static const struct row rows[] = {
		{ 0, 480 }, { 6, 503 }, { 8, 480 }, { 16, 480 }, { 25, 404 },
		{ 43, 503 }, { 44, 503 }, { 63, 503 }, { 101, 500 },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		if (status_of_cause((enum cause)rows[i].from) != rows[i].to)
			fail_msg("%d gives %d", rows[i].from,
				 status_of_cause((enum cause)rows[i].from));
	for (int c = 0; c < 128; c++) {
		int s = status_of_cause((enum cause)c);

		assert_true(s >= 400 && s < 700);
		assert_string_not_equal(status_phrase(s), "");
	}
}

/* The status alone loses which cause it was; with the Reason header beside it
 * every cause comes back as it went. */
static void test_round_trip(void **state)
{
	char reason[160];

	for (int c = 1; c < 128; c++) {
		reason_write(reason, sizeof(reason), (enum cause)c, "");
		if ((int)reason_cause(reason) != c)
			fail_msg("%d comes back as %d: %s", c,
				 reason_cause(reason), reason);
	}
}

static void test_reason(void **state)
{
	char text[160];

	reason_write(text, sizeof(text), CAUSE_BUSY, "pbx-1 \"is\" busy\r\nX: y");
	assert_string_equal(text, "Q.850;cause=17;text=\"pbx-1 is busyX: y\"");
	reason_write(text, sizeof(text), CAUSE_NORMAL, "");
	assert_non_null(strstr(text, "Q.850;cause=16;text=\"normal"));
	assert_int_equal(reason_cause(text), 16);
	assert_int_equal(reason_cause("Q.850 ; text=\"x\" ; cause = 34"), 34);
	assert_int_equal(reason_cause("SIP;cause=200"), CAUSE_NONE);
	assert_int_equal(reason_cause("Q.850;cause=999"), CAUSE_NONE);
	assert_int_equal(reason_cause("Q.850"), CAUSE_NONE);
}

/* Every row has words of its own, and any number words at all. */
static void test_words(void **state)
{
	for (size_t i = 0; i < COUNT(causes); i++)
		assert_string_not_equal(cause_text(causes[i].from),
					"unknown cause");
	assert_string_equal(cause_text(17), "user busy");
	assert_string_equal(cause_text(-1), "unknown cause");
	assert_string_equal(cause_text(126), "unknown cause");
	assert_string_equal(cause_text(128), "unknown cause");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_responses),
		cmocka_unit_test(test_other_responses),
		cmocka_unit_test(test_warnings),
		cmocka_unit_test(test_causes),
		cmocka_unit_test(test_other_causes),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_reason),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
