/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * What a scan makes of cards that no VM has, by the files that the kernel shows of
 * them: a card before dahdi_cfg has seen it, places without a module, a line that is
 * not plugged in. The files stand below a directory of the test's own.
 */
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

#include "drivers/dahdi/dahdi.h"

#define MOST 8

static char root[] = "/tmp/drivers-scan.XXXXXX";

int __wrap_access(const char *path, int mode);
int __real_access(const char *path, int mode);
FILE *__wrap_fopen(const char *path, const char *mode);
FILE *__real_fopen(const char *path, const char *mode);

static const char *below(const char *path, char *to)
{
	if (strncmp(path, "/sys/", 5))
		return path;
	snprintf(to, PATH_MAX, "%s%s", root, path);
	return to;
}

int __wrap_access(const char *path, int mode)
{
	char to[PATH_MAX];

	return __real_access(below(path, to), mode);
}

FILE *__wrap_fopen(const char *path, const char *mode)
{
	char to[PATH_MAX];

	return __real_fopen(below(path, to), mode);
}

/* path: below /sys/bus */
static void show(const char *text, const char *format, ...)
{
	char path[PATH_MAX], name[128];
	va_list args;
	FILE *f;

	va_start(args, format);
	vsnprintf(name, sizeof(name), format, args);
	va_end(args);
	snprintf(path, sizeof(path), "%s/sys/bus/%s", root, name);
	for (char *p = path + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		mkdir(path, 0700);
		*p = '/';
	}
	f = __real_fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "%s\n", text);
	fclose(f);
}

static void span(int n, const char *card, int channels)
{
	char count[16];

	snprintf(count, sizeof(count), "%d", channels);
	show(card, "dahdi_spans/devices/span-%d/desc", n);
	show(count, "dahdi_spans/devices/span-%d/channels", n);
	show("0", "dahdi_spans/devices/span-%d/is_digital", n);
}

static void channel(int span, int position, int number, const char *sig,
		    const char *sigcap, const char *alarms, bool in_use)
{
	struct { const char *name, *text; } files[] = {
		{ "sig", sig }, { "sigcap", sigcap }, { "alarms", alarms },
		{ "in_use", in_use ? "1" : "0" }, { "ec_factory", "" },
		{ "channo", NULL },
	};
	char text[16];

	snprintf(text, sizeof(text), "%d", number);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		show(files[i].text ? files[i].text : text,
		     "dahdi_channels/devices/dahdi!chan!%03d!%03d/%s", span, position,
		     files[i].name);
}

static int setup(void **state)
{
	strcpy(root, "/tmp/drivers-scan.XXXXXX");
	return mkdtemp(root) ? 0 : -1;
}

static int teardown(void **state)
{
	char command[PATH_MAX];

	snprintf(command, sizeof(command), "rm -rf %s", root);
	return system(command);
}

struct all {
	struct port_info ports[MOST];
	size_t count;
};

static int found(const struct port_info *p, void *arg)
{
	struct all *a = arg;

	assert_true(a->count < MOST);
	a->ports[a->count++] = *p;
	return 0;
}

static void assert_port(const struct port_info *p, const char *name,
			enum port_kind kind, enum port_signalling signalling,
			const char *text)
{
	assert_string_equal(p->name, name);
	assert_int_equal(p->kind, kind);
	assert_int_equal(p->signalling, signalling);
	assert_string_equal(p->text, text);
}

/* What a TDM400P's driver says its modules can. */
#define FXO_CAN "FXSLS FXSKS Clear SF (ToneOnly)"
#define FXS_CAN "FXOLS FXOGS FXOKS E&M Clear SF (ToneOnly)"

/* The kernel has a word of its own for what dahdi_cfg has not set. */
static void a_new_card_says_what_it_is(void **state)
{
	struct all a = { .count = 0 };

	span(1, "Wildcard TDM400P REV I Board 5", 4);
	channel(1, 1, 1, "Unconfigured", FXS_CAN, "", false);
	channel(1, 2, 2, "Unconfigured", FXO_CAN, "RED ", false);
	channel(1, 3, 3, "Unconfigured", "", "", false);
	channel(1, 4, 4, "FXSKS", FXO_CAN, "", true);
	assert_int_equal(dahdi_driver.scan(found, &a), 0);
	assert_int_equal(a.count, 4);
	assert_port(&a.ports[0], "dahdi/1", PORT_FXS, SIGNALLING_CLEAR,
		    "Wildcard TDM400P REV I Board 5, port 1, not configured");
	assert_port(&a.ports[1], "dahdi/2", PORT_FXO, SIGNALLING_CLEAR,
		    "Wildcard TDM400P REV I Board 5, port 2, not configured, alarm");
	assert_port(&a.ports[2], "dahdi/3", 0, SIGNALLING_CLEAR,
		    "Wildcard TDM400P REV I Board 5, port 3, no module in it");
	assert_port(&a.ports[3], "dahdi/4", PORT_FXO, SIGNALLING_KEWLSTART,
		    "Wildcard TDM400P REV I Board 5, port 4");
	assert_true(a.ports[3].in_use && !a.ports[0].in_use);
	assert_true(a.ports[3].capabilities & PORT_SEES_BREAKS);
}

static void cards_of_every_signalling(void **state)
{
	struct all a = { .count = 0 };

	span(1, "Xorcom XPD #00/00: FXS", 1);
	channel(1, 1, 1, "FXOLS", FXS_CAN, "", false);
	span(3, "Wildcard AEX410", 2);
	channel(3, 1, 9, "FXSGS", FXO_CAN, "", false);
	channel(3, 2, 10, "FXSLS", FXO_CAN, "", false);
	assert_int_equal(dahdi_driver.scan(found, &a), 0);
	assert_int_equal(a.count, 3);
	assert_port(&a.ports[0], "dahdi/1", PORT_FXS, SIGNALLING_LOOP_START,
		    "Xorcom XPD #00/00: FXS, port 1");
	assert_port(&a.ports[1], "dahdi/9", PORT_FXO, SIGNALLING_GROUND_START,
		    "Wildcard AEX410, port 1");
	assert_port(&a.ports[2], "dahdi/10", PORT_FXO, SIGNALLING_LOOP_START,
		    "Wildcard AEX410, port 2");
	assert_false(a.ports[2].capabilities & PORT_SEES_BREAKS);
}

static void without_the_kernels_driver_there_is_nothing(void **state)
{
	struct all a = { .count = 0 };

	assert_true(dahdi_driver.scan(found, &a) < 0);
	assert_int_equal(a.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_new_card_says_what_it_is, setup,
						teardown),
		cmocka_unit_test_setup_teardown(cards_of_every_signalling, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			without_the_kernels_driver_there_is_nothing, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
