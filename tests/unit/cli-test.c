/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * Tables of the operator's command.
 */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/table.h"

static const char *const columns[] = { "NAME", ">COUNT", "NOTE", "WHY", NULL };

static char *printed(struct table *t, unsigned width)
{
	static char *text;	/* the stream's, until it is closed */
	size_t size;
	FILE *f = open_memstream(&text, &size);

	table_print(t, f, width);
	fclose(f);
	table_free(t);
	return text;
}

static void row(struct table *t, const char *a, const char *b, const char *c,
		const char *d)
{
	table_row(t, (const char *[]) { a, b, c, d });
}

static void columns_are_aligned_and_empty_ones_left_out(void **state)
{
	struct table *t = table_new(columns);
	char *text;

	row(t, "pbx-1", "7", "", "no battery");
	row(t, "a", "1234567", "", "");
	text = printed(t, 0);
	assert_string_equal(text,
		"NAME     COUNT  WHY\n"
		"pbx-1        7  no battery\n"
		"a      1234567\n");
	free(text);
}

static void a_character_counts_as_the_terminal_shows_it(void **state)
{
	struct table *t = table_new(columns);
	char *text;

	assert_int_equal(table_width("B\xc3\xbcro"), 4);
	assert_int_equal(table_width("\xe6\x9d\xb1"), 2);	/* wide */
	assert_int_equal(table_width("e\xcc\x81"), 1);		/* combining */
	row(t, "B\xc3\xbcro", "1", "x", "y");
	row(t, "\xe6\x9d\xb1\xe4\xba\xac", "2", "x", "y");
	row(t, "Buro", "3", "x", "y");
	text = printed(t, 0);
	assert_string_equal(text,
		"NAME  COUNT  NOTE  WHY\n"
		"B\xc3\xbcro      1  x     y\n"
		"\xe6\x9d\xb1\xe4\xba\xac      2  x     y\n"
		"Buro      3  x     y\n");
	free(text);
}

/* A caller's name must not drive the operator's terminal. */
static void control_characters_and_broken_bytes_are_shown_as_such(void **state)
{
	struct table *t = table_new(columns);
	char *text;

	row(t, "a\x1b[2Jb\nc", "1", "\xff\xc3", "\xc2\x9b");
	text = printed(t, 0);
	assert_string_equal(text,
		"NAME      COUNT  NOTE  WHY\n"
		"a?[2Jb?c      1  ??    ?\n");
	free(text);
}

static void a_narrow_terminal_cuts_the_widest(void **state)
{
	struct table *t = table_new(columns);
	char *text, *line;

	row(t, "pbx-1", "7", "n", "the far end of the line does not answer");
	text = printed(t, 40);
	line = strchr(text, '\n') + 1;
	assert_non_null(strstr(line, "pbx-1"));
	assert_non_null(strstr(line, "\xe2\x80\xa6\n"));
	line[strlen(line) - 1] = 0;
	assert_int_equal(table_width(line), 40);
	free(text);
}

static void far_too_narrow_is_no_endless_loop(void **state)
{
	struct table *t = table_new(columns);
	char *text;

	row(t, "pbx-1-long", "7", "n", "does not answer");
	text = printed(t, 5);
	assert_non_null(strstr(text, "pbx-1\xe2\x80\xa6"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_aligned_and_empty_ones_left_out),
		cmocka_unit_test(a_character_counts_as_the_terminal_shows_it),
		cmocka_unit_test(control_characters_and_broken_bytes_are_shown_as_such),
		cmocka_unit_test(a_narrow_terminal_cuts_the_widest),
		cmocka_unit_test(far_too_narrow_is_no_endless_loop),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
