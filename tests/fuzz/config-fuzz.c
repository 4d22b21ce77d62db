/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Any bytes as a configuration: errors or a configuration that holds what
 * config.h promises, never both, never a crash. */
#define _GNU_SOURCE		/* memfd_create() */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/digit_map.h"
#include "config/config.h"
#include "driver.h"

const char fuzz_name[] = "config";

const char *const fuzz_words[] = {
	"{", "}", "(", ")", "[", "]", "=", ";", ",", "\"", "\"\"", "{ }", "( )", "[ ]",
	"true", "false", "0", "-1", "2147483648", "15551230000", "0x", "1.5", "/*", "*/",
	"#", "//", "\n", "@include \"x\"\n", "\\x00", "\\\"", "\xef\xbb\xbf",
	"country = \"us\";", "trunks = ", "lines = ", "groups = ", "routes = ",
	"emergency = ", "numbers = ", "via = ", "sip = ", "listen = ", "rtp = ",
	"ports = ", "jitter = ", "timers = ", "tones = ", "name = ", "port = ",
	"server = ", "proxy = ", "accept_from = ", "codecs = ", "kind = ", "\"fxs\"",
	"\"fxo\"", "did = ", "echo = ", "dial = ", "answer = ", "\"last:4\"",
	"\"delay:3\"", "digit_map = ", "\"[2-9]x.T|911\"", "from = ", "to = ",
	"\"trunk:acme\"", "\"group:g\"", "\"line:a\"", "\"any\"", "reject = ",
	"max_calls = ", "ring_to = ", "two_stage = true;", "hotline = ",
	"\"425/500,!0/500\"", "\"480+620*3/5\"", NULL
};

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "config-fuzz: %s\n", what);
	abort();
}

struct seen {
	unsigned errors;
	const char *file;
};

static bool ends(const char *text, const char *with)
{
	size_t length = strlen(text), end = strlen(with);

	return length >= end && !strcmp(text + length - end, with);
}

static void on_error(void *arg, const char *text)
{
	struct seen *seen = arg;

	seen->errors++;
	must(!strncmp(text, seen->file, strlen(seen->file)), "an error without its file");
	must(text[strlen(seen->file)] == ':', "an error without its place");
	must(!strchr(text, '\n'), "an error of two lines");
	/* What syntax.c takes libconfig takes, and finds the same values in it.
	 * At the end: elsewhere it may be a quoted value. */
	must(!ends(text, ": syntax error") && !ends(text, "; please report this"), text);
}

static void check_end(const struct config *conf, const struct route_end *end)
{
	must(end->name != NULL, "an end without name");
	must(end->kind != ROUTE_TRUNK || config_trunk(conf, end->name), "no such trunk");
	must(end->kind != ROUTE_GROUP || config_group(conf, end->name), "no such group");
	must(end->kind != ROUTE_LINE || config_line(conf, end->name), "no such line");
}

static void check_line(const struct config *conf, const struct config_line *l)
{
	char why[160];

	must(*l->name && *l->port && l->place.line > 0, "a line without name");
	must(!*l->trunk || config_trunk(conf, l->trunk), "a line's trunk");
	must(!*l->digit_map || !digit_map_check(l->digit_map, why, sizeof(why)), "a map");
	must(l->echo_ms <= 128 && l->did_digits <= 16, "a line's numbers");
	must(l->kind != PORT_FXO || *l->ring_to || l->two_stage, "a line that rings");
	must(strlen(l->number) < PARTY_NUMBER_SIZE && strlen(l->ring_to) < PARTY_NUMBER_SIZE &&
	     strlen(l->dial_digits) < PARTY_NUMBER_SIZE, "a long number");
}

static void check_route(const struct config *conf, const struct config_route *r)
{
	check_end(conf, &r->from);
	must(r->reject != (r->to_count > 0), "a route to nowhere");
	must(r->to_count <= ROUTE_TARGETS, "too many targets");
	for (size_t i = 0; i < r->to_count; i++)
		check_end(conf, &r->to[i]);
}

static void check_config(const struct config *conf)
{
	for (size_t i = 0; i < conf->line_count; i++)
		check_line(conf, &conf->lines[i]);
	for (size_t i = 0; i < conf->route_count; i++)
		check_route(conf, &conf->routes[i]);
	for (size_t i = 0; i < conf->group_count; i++)
		for (size_t k = 0; k < conf->groups[i].line_count; k++)
			must(config_line(conf, conf->groups[i].lines[k]) != NULL, "a group's line");
	for (size_t i = 0; i < conf->trunk_count; i++)
		must(*conf->trunks[i].server && *conf->trunks[i].domain &&
		     conf->trunks[i].codec_count && conf->trunks[i].ptime % 10 == 0, "a trunk");
	for (int i = 0; i < TIMER_COUNT; i++)
		must(conf->timers[i] >= timer_table[i].least &&
		     conf->timers[i] <= timer_table[i].most, "a timer");
	for (int i = 0; i < TONE_COUNT; i++)
		must(conf->country.tones[i].count > 0, "a tone");
	must(conf->rtp.port_min % 2 == 0 && conf->rtp.port_min < conf->rtp.port_max, "ports");
	for (size_t i = 0; i < conf->emergency.number_count; i++)
		must(*conf->emergency.numbers[i], "an emergency number");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	char path[40];
	struct seen seen = { 0, path };
	struct config *conf;

	if (fd < 0)
		fd = memfd_create("config", MFD_CLOEXEC);
	must(fd >= 0 && !ftruncate(fd, 0), "memfd_create failed");
	must(pwrite(fd, data, size, 0) == (ssize_t)size, "pwrite failed");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	conf = config_load(path, on_error, &seen);
	must(!conf == (seen.errors > 0), "errors and a configuration, or neither");
	if (conf)
		check_config(conf);
	config_free(conf);
	return 0;
}
