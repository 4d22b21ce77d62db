/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* The country of an analog card, with modules that are files here. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/setup.h"

static char root[] = "/tmp/opermode.XXXXXX";
static char modules[64], file[64];

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void load_with(const char *name, const char *parameter, const char *value)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", modules, name);
	mkdir(path, 0700);
	strcat(path, "/parameters");
	mkdir(path, 0700);
	strcat(path, "/");
	strcat(path, parameter);
	put(path, value);
}

static void load_module(const char *name, const char *mode)
{
	load_with(name, "opermode", mode);
}

static int setup(void **state)
{
	strcpy(root, "/tmp/opermode.XXXXXX");
	if (!mkdtemp(root))
		return -1;
	snprintf(modules, sizeof(modules), "%s/module", root);
	snprintf(file, sizeof(file), "%s/tipring.conf", root);
	return mkdir(modules, 0700);
}

static int teardown(void **state)
{
	char command[PATH_MAX];

	snprintf(command, sizeof(command), "rm -rf %s", root);
	return system(command);
}

/* What the person at the terminal types. */
static void type(const char *answer)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/answer", root);
	put(path, answer);
	assert_non_null(freopen(path, "r", stdin));
}

static void assert_written(const char *line)
{
	char *text = setup_read(file);

	if (!line) {
		assert_null(text);
		return;
	}
	assert_non_null(text);
	assert_non_null(strstr(text, line));
	free(text);
}

static void a_card_gets_its_country(void **state)
{
	load_module("wctdm24xxp", "FCC\n");
	assert_int_equal(card_options("de", true, modules, file, true), 0);
	assert_written("options wctdm24xxp opermode=GERMANY\n");
	/* The other cards' modules, too: one may be added. */
	assert_written("options wcaxx opermode=GERMANY\n");
	/* Not loaded again yet: nothing is asked twice. */
	assert_int_equal(card_options("de", true, modules, file, false), 0);
	assert_int_equal(card_options("gb", true, modules, file, true), 0);
	assert_written("options wctdm opermode=UK\n");
}

static void who_says_no_keeps_it(void **state)
{
	load_module("wctdm", "FCC\n");
	type("n\n");
	assert_int_equal(card_options("fr", true, modules, file, false), 0);
	assert_written(NULL);
	type("");
	assert_int_equal(card_options("fr", true, modules, file, false), 0);
	assert_written(NULL);
	type("y\n");
	assert_int_equal(card_options("fr", true, modules, file, false), 0);
	assert_written("options wctdm opermode=FRANCE\n");
}

static void what_is_right_or_chosen_stays(void **state)
{
	/* No such card. */
	assert_int_equal(card_options("de", true, modules, file, true), 0);
	assert_written(NULL);
	/* At home. */
	load_module("wctdm", "FCC\n");
	assert_int_equal(card_options("us", true, modules, file, true), 0);
	assert_written(NULL);
	/* Somebody's choice. */
	load_module("wctdm", "TBR21\n");
	assert_int_equal(card_options("de", true, modules, file, true), 0);
	assert_written(NULL);
}

/* Its sound comes after a ring only, unless it is told. */
static void an_astribank_hears_what_comes_before_the_ring(void **state)
{
	load_with("xpd_fxo", "caller_id_style", "0\n");
	assert_int_equal(card_options("us", false, modules, file, true), 0);
	assert_written(NULL);
	assert_int_equal(card_options("nl", true, modules, file, true), 0);
	assert_written("options xpd_fxo caller_id_style=3\n");
	assert_int_equal(unlink(file), 0);
	load_with("xpd_fxo", "caller_id_style", "2\n");
	assert_int_equal(card_options("nl", true, modules, file, true), 0);
	assert_written(NULL);
}

static void where_it_may_not_write_it_says_so(void **state)
{
	load_module("wcaxx", "FCC\n");
	assert_int_equal(card_options("de", true, modules, "/nowhere/tipring.conf", true), 1);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_card_gets_its_country),
		T(who_says_no_keeps_it),
		T(what_is_right_or_chosen_stays),
		T(an_astribank_hears_what_comes_before_the_ring),
		T(where_it_may_not_write_it_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
