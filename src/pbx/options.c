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

#include "drivers/table.h"
#include "pbx/client.h"
#include "pbx/command.h"

enum { OPT_FXS = 256, OPT_FXO, OPT_CONTROL, OPT_SCRIPT, OPT_CONNECT, OPT_STAY, OPT_LOG,
       OPT_ERL, OPT_PATH, OPT_ATTENUATION, OPT_NOISE, OPT_DELAY, OPT_COMMANDS,
       OPT_SPAN };

static const struct option longs[] = {
	{ "directory", required_argument, NULL, 'd' },
	{ "line", required_argument, NULL, 'l' },
	{ "fxs", required_argument, NULL, OPT_FXS },
	{ "fxo", required_argument, NULL, OPT_FXO },
	{ "span", required_argument, NULL, OPT_SPAN },
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
"  -d, --directory DIR   where the lines' sockets are, as tipring.conf says:\n"
"                        sim = { directory = \"DIR\"; };\n"
"      --fxs LINES       extension or exchange lines (they ring and give dial\n"
"                        tone; the gateway has FXO ports there): 1-2 or 1,3,co\n"
"      --fxo LINES       telephones or trunk ports (they go off hook and dial;\n"
"                        the gateway has FXS ports there)\n"
"  -l, --line NAME=KIND  one line, fxs or fxo; NAME=KIND:PORT on that port\n"
"                        LINES may name ports of a card that is wired to the\n"
"                        gateway's: 1=dahdi/5, or 1-4=dahdi/5 for channels 5-8\n"
"      --span NAME=ROLE[:SWITCH[:PORT]]\n"
"                        a primary rate span; ROLE is the PBX's, user or network,\n"
"                        the gateway has the other; SWITCH is euroisdn unless\n"
"                        told. Its B channels are lines NAME.b1, NAME.b2 ...\n"
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
"  -V, --version         print the version and end\n"
"\n"
"A telephone (line 3) calls through the gateway, by hand:\n"
"  tipring-pbx -d /run/tipring/sim --fxs 1-2 --fxo 3-4 -i\n"
"  > off-hook 3\n"
"  > expect 3 dial-tone\n"
"  > dial 3 5551234\n"
"  > expect 3 ringback\n"
"On channel 25 of a card, wired to the gateway's channel 1:\n"
"  tipring-pbx --fxo 3=dahdi/25 -i\n";

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

/* port "": the simulated line of that name. */
static bool add_line(struct options *o, const char *name, const char *port,
		     enum port_kind kind, int *status)
{
	struct options_line *l = &o->lines[o->line_count];

	for (unsigned i = 0; i < o->line_count; i++)
		if (!strcmp(o->lines[i].name, name))
			return fail(status, "line %s is named twice", name);
	if (!*name || strlen(name) >= PORT_NAME_SIZE || strpbrk(name, "/ *"))
		return fail(status, "\"%s\" is not a line's name", name);
	if (strlen(port) >= PORT_NAME_SIZE || (*port && !line_driver_find(port, NULL)))
		return fail(status, "line %s: \"%s\" is no port; ports are called "
			    "dahdi/N or sim/NAME", name, port);
	if (o->line_count == PBX_LINES)
		return fail(status, "more than %d lines", PBX_LINES);
	snprintf(l->name, sizeof(l->name), "%s", name);
	snprintf(l->port, sizeof(l->port), "%s", port);
	l->kind = kind;
	o->line_count++;
	return true;
}

/* "1-4" or, with its ports from the first on, "1-4=dahdi/25". */
static bool add_range(struct options *o, int from, int to, const char *port,
		      enum port_kind kind, int *status)
{
	const char *slash = strchr(port, '/');
	int first = slash ? atoi(slash + 1) : 0;
	char name[16], at[PORT_NAME_SIZE + 16] = "";

	if (from < 0 || to < from || to - from >= PBX_LINES)
		return fail(status, "\"%d-%d\" is no range of lines", from, to);
	if (*port && first < 1)
		return fail(status, "\"%s\": needed is the first port's number, "
			    "like dahdi/1", port);
	for (int n = from; n <= to; n++) {
		snprintf(name, sizeof(name), "%d", n);
		if (*port)
			snprintf(at, sizeof(at), "%.*s/%d", (int)(slash - port),
				 port, first + n - from);
		if (!add_line(o, name, at, kind, status))
			return false;
	}
	return true;
}

/* "1-4,7,co=dahdi/3" */
static bool add_lines(struct options *o, const char *list, enum port_kind kind, int *status)
{
	char text[1024], *save = NULL;

	snprintf(text, sizeof(text), "%s", list);
	for (char *w = strtok_r(text, ",", &save); w; w = strtok_r(NULL, ",", &save)) {
		char *port = strchr(w, '=');
		int from, to, end = 0;
		bool good;

		if (port)
			*port++ = '\0';
		if (sscanf(w, "%d-%d%n", &from, &to, &end) == 2 && !w[end])
			good = add_range(o, from, to, port ? port : "", kind, status);
		else
			good = add_line(o, w, port ? port : "", kind, status);
		if (!good)
			return false;
	}
	return true;
}

/* "co=fxs", "co=fxs:dahdi/1" */
static bool add_named(struct options *o, const char *text, int *status)
{
	const char *equals = strchr(text, '='), *kind = equals ? equals + 1 : "";
	char name[PORT_NAME_SIZE];

	if (!equals || equals == text || equals - text >= PORT_NAME_SIZE ||
	    (strncmp(kind, "fxs", 3) && strncmp(kind, "fxo", 3)) ||
	    (kind[3] && kind[3] != ':') || (kind[3] && !kind[4]))
		return fail(status, "--line %s: needed is NAME=fxs or NAME=fxo, or "
			    "NAME=fxs:dahdi/1", text);
	snprintf(name, sizeof(name), "%.*s", (int)(equals - text), text);
	return add_line(o, name, kind[3] ? kind + 4 : "",
			kind[2] == 's' ? PORT_FXS : PORT_FXO, status);
}

static bool is_switch(const char *type)
{
	static const char *const types[] = { "euroisdn", "ni2", "dms100", "4ess",
		"5ess", "ni1", "qsig", NULL };

	for (const char *const *t = types; *t; t++)
		if (!strcmp(*t, type))
			return true;
	return false;
}

/* "pbx=user", "pbx=user:ni2", "pbx=user:ni2:dahdi/span/2" */
static bool add_span(struct options *o, const char *text, int *status)
{
	struct options_span *s = &o->spans[o->span_count];
	char role[8] = "", type[12] = "euroisdn", port[PORT_NAME_SIZE] = "";

	if (o->span_count == PBX_SPANS)
		return fail(status, "more than %d spans", PBX_SPANS);
	if (sscanf(text, "%20[^=]=%7[a-z]:%11[a-z0-9]:%31s", s->name, role, type, port) < 2 ||
	    (strcmp(role, "user") && strcmp(role, "network")) || !is_switch(type) ||
	    strpbrk(s->name, "/ *."))
		return fail(status, "--span %s: needed is NAME=user or NAME=network, then "
			    ":SWITCH (euroisdn, ni2, dms100, 4ess, 5ess, ni1 or qsig) and "
			    ":PORT where there is a card", text);
	s->network = !strcmp(role, "network");
	strcpy(s->type, type);
	strcpy(s->port, port);
	o->span_count++;
	return true;
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
	case OPT_SPAN: return add_span(o, value, status);
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

static bool simulated(const struct options *o)
{
	for (unsigned i = 0; i < o->line_count; i++)
		if (!*o->lines[i].port || !strncmp(o->lines[i].port, "sim/", 4))
			return true;
	for (unsigned i = 0; i < o->span_count; i++)
		if (!*o->spans[i].port || !strncmp(o->spans[i].port, "sim/", 4))
			return true;
	return false;
}

static bool check(struct options *o, int *status)
{
	if (o->connect)
		return true;
	if (o->command_count)
		return fail(status, "\"%s\": what is it for? commands go with --connect",
			    o->commands[0]);
	if (!(o->line_count + o->span_count) || (!o->directory && simulated(o)))
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
