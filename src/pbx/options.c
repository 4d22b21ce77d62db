/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "config.h"
#include "pbx/options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pbx/client.h"
#include "pbx/command.h"

enum { OPT_FXS = 256, OPT_FXO, OPT_CONTROL, OPT_SCRIPT, OPT_CONNECT, OPT_STAY, OPT_LOG,
       OPT_ERL, OPT_PATH, OPT_ATTENUATION, OPT_NOISE, OPT_DELAY, OPT_COMMANDS };

static const struct option longs[] = {
	{ "directory", required_argument, NULL, 'd' },
	{ "line", required_argument, NULL, 'l' },
	{ "fxs", required_argument, NULL, OPT_FXS },
	{ "fxo", required_argument, NULL, OPT_FXO },
	{ "country", required_argument, NULL, 'c' },
	{ "control", required_argument, NULL, OPT_CONTROL },
	{ "script", required_argument, NULL, 's' },
	{ "stay", no_argument, NULL, OPT_STAY },
	{ "interactive", no_argument, NULL, 'i' },
	{ "connect", required_argument, NULL, OPT_CONNECT },
	{ "erl", required_argument, NULL, OPT_ERL },
	{ "echo-path", required_argument, NULL, OPT_PATH },
	{ "attenuation", required_argument, NULL, OPT_ATTENUATION },
	{ "noise", required_argument, NULL, OPT_NOISE },
	{ "delay", required_argument, NULL, OPT_DELAY },
	{ "log", no_argument, NULL, OPT_LOG },
	{ "commands", no_argument, NULL, OPT_COMMANDS },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static const char help[] =
"Usage: tipring-pbx --directory DIR --fxs LINES --fxo LINES [OPTION]...\n"
"       tipring-pbx --connect SOCKET [COMMAND]...\n"
"\n"
"Plays the PBX, the exchange and the telephones at the far end of tipring's\n"
"simulated lines. Try a configuration before you touch a cable.\n"
"\n"
"Lines:\n"
"  -d, --directory DIR   where the lines' sockets are; tipring.conf's\n"
"                        sim_directory is the same\n"
"      --fxs LINES       extension or exchange lines (they ring and give dial\n"
"                        tone; the gateway has FXO ports there): 1-2 or 1,3,co\n"
"      --fxo LINES       telephones or trunk ports (they go off hook and dial;\n"
"                        the gateway has FXS ports there)\n"
"  -l, --line NAME=KIND  one line, fxs or fxo\n"
"  -c, --country CODE    tones, ringing and caller ID; us unless told\n"
"\n"
"Commands, from any of these, one a line (see --commands):\n"
"  -s, --script FILE     run it, then end; status 1 when a line of it fails.\n"
"                        - is standard input\n"
"      --stay            go on when the script has ended well\n"
"  -i, --interactive     from the terminal\n"
"      --control SOCKET  from programs that connect to this socket\n"
"      --connect SOCKET  be such a program: give COMMANDs to a tipring-pbx that\n"
"                        runs, or carry them from the terminal\n"
"\n"
"Wires, of every line (the command model sets one line's):\n"
"      --erl DB          echo of a hybrid, so much below what the gateway sends\n"
"      --echo-path D.N   which of G.168's paths, D.2 to D.9\n"
"      --delay MS        of the echo\n"
"      --attenuation DB  each way\n"
"      --noise DBM0      towards the gateway\n"
"\n"
"      --log             tell what happens on standard error\n"
"      --commands        tell the commands and end\n"
"  -h, --help            this\n"
"  -V, --version\n"
"\n"
"A telephone (line 3) calls through the gateway, by hand:\n"
"  tipring-pbx -d /run/tipring/sim --fxs 1-2 --fxo 3-4 -i\n"
"  > off-hook 3\n"
"  > expect 3 dial-tone\n"
"  > dial 3 5551234\n"
"  > expect 3 ringback\n";

static bool fail(int *status, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static bool fail(int *status, const char *format, ...)
{
	va_list ap;

	fputs("tipring-pbx: ", stderr);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	*status = 2;
	return false;
}

static bool add_line(struct options *o, const char *name, enum port_kind kind, int *status)
{
	for (unsigned i = 0; i < o->line_count; i++)
		if (!strcmp(o->lines[i].name, name))
			return fail(status, "line %s is named twice", name);
	if (!*name || strlen(name) >= PORT_NAME_SIZE || strpbrk(name, "/ *"))
		return fail(status, "\"%s\" is not a line's name", name);
	if (o->line_count == PBX_LINES)
		return fail(status, "more than %d lines", PBX_LINES);
	snprintf(o->lines[o->line_count].name, PORT_NAME_SIZE, "%s", name);
	o->lines[o->line_count++].kind = kind;
	return true;
}

/* "1-4,7,co" */
static bool add_lines(struct options *o, const char *list, enum port_kind kind, int *status)
{
	char text[1024], name[16], *save = NULL;

	snprintf(text, sizeof(text), "%s", list);
	for (char *w = strtok_r(text, ",", &save); w; w = strtok_r(NULL, ",", &save)) {
		int from, to, end = 0;

		if (sscanf(w, "%d-%d%n", &from, &to, &end) == 2 && !w[end]) {
			if (from < 0 || to < from || to - from >= PBX_LINES)
				return fail(status, "\"%s\" is no range of lines", w);
			for (; from <= to; from++) {
				snprintf(name, sizeof(name), "%d", from);
				if (!add_line(o, name, kind, status))
					return false;
			}
		} else if (!add_line(o, w, kind, status)) {
			return false;
		}
	}
	return true;
}

static bool add_named(struct options *o, const char *text, int *status)
{
	const char *equals = strchr(text, '=');
	char name[PORT_NAME_SIZE];

	if (!equals || equals == text || equals - text >= PORT_NAME_SIZE ||
	    (strcmp(equals + 1, "fxs") && strcmp(equals + 1, "fxo")))
		return fail(status, "--line %s: needed is NAME=fxs or NAME=fxo", text);
	snprintf(name, sizeof(name), "%.*s", (int)(equals - text), text);
	return add_line(o, name, equals[3] == 's' ? PORT_FXS : PORT_FXO, status);
}

static bool number(const char *option, const char *text, double least, double most,
		   double *value, int *status)
{
	*value = command_number(text, least, most);
	if (*value < least)
		return fail(status, "--%s %s: needed is a number from %g to %g",
			    option, text, least, most);
	return true;
}

static bool wires(struct options *o, int option, const char *value, int *status)
{
	struct model_conf *m = &o->model;
	double x;

	switch (option) {
	case OPT_ERL:
		m->echo = true;
		return number("erl", value, 0, 80, &m->erl, status);
	case OPT_ATTENUATION:
		return number("attenuation", value, -10, 60, &m->attenuation, status);
	case OPT_NOISE:
		m->noise = true;
		return number("noise", value, -90, 0, &m->noise_dbm0, status);
	case OPT_DELAY:
		if (!number("delay", value, 0, MODEL_DELAY_MAX, &x, status))
			return false;
		m->delay_ms = (unsigned)x;
		return true;
	}
	if (strlen(value) != 3 || strncmp(value, "D.", 2) || value[2] < '2' || value[2] > '9')
		return fail(status, "--echo-path %s: needed is D.2 to D.9", value);
	m->path = (unsigned)(value[2] - '0');
	m->echo = true;
	return true;
}

static void print(void *arg, const char *text)
{
	puts(text);
}

static bool one(struct options *o, int option, char *value, int *status)
{
	switch (option) {
	case 'd': o->directory = value; return true;
	case 'l': return add_named(o, value, status);
	case OPT_FXS: return add_lines(o, value, PORT_FXS, status);
	case OPT_FXO: return add_lines(o, value, PORT_FXO, status);
	case 'c': o->country = value; return true;
	case OPT_CONTROL: o->control = value; return true;
	case OPT_CONNECT: o->connect = value; return true;
	case 's': o->script = value; return true;
	case OPT_STAY: o->stay = true; return true;
	case 'i': o->interactive = true; return true;
	case OPT_LOG: o->log = true; return true;
	case OPT_COMMANDS:
		command_help(print, NULL, NULL);
		return false;
	case 'h':
		fputs(help, stdout);
		return false;
	case 'V':
		puts("tipring-pbx " PACKAGE_VERSION);
		return false;
	case '?':
		return fail(status, "see tipring-pbx --help");
	}
	return wires(o, option, value, status);
}

static bool check(struct options *o, int *status)
{
	if (o->connect)
		return true;
	if (o->command_count)
		return fail(status, "\"%s\": what is it for? commands go with --connect",
			    o->commands[0]);
	if (!o->directory || !o->line_count)
		return fail(status, "which lines, and where? for example: tipring-pbx "
			    "--directory /run/tipring/sim --fxs 1-2 --fxo 3-4 "
			    "--interactive; see --help");
	if (o->interactive && o->script && !strcmp(o->script, "-"))
		return fail(status, "--script - and --interactive both read standard input");
	return true;
}

bool options_parse(struct options *o, int argc, char **argv, int *status)
{
	int option;

	memset(o, 0, sizeof(*o));
	o->country = "us";
	model_init_conf(&o->model);
	*status = 0;
	while ((option = getopt_long(argc, argv, "d:l:c:s:ihV", longs, NULL)) != -1)
		if (!one(o, option, optarg, status))
			return false;
	o->commands = argv + optind;
	o->command_count = argc - optind;
	return check(o, status);
}
