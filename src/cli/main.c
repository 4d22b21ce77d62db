/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * main.c - tipring, the operator's command: options and the list of commands.
 */
#include "config.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

static const struct command {
	const char *name, *args, *help;
	cli_fn *fn;
} commands[] = {
	{ "status", "", "how the gateway is, and what does not work", cli_status },
	{ "lines", "[--scan|--setup [--yes]]",
	  "each line, its state and counters; the ports there are; set up DAHDI",
	  cli_lines },
	{ "calls", "", "the calls that last, and what the last ones ended by", cli_calls },
	{ "trunks", "", "each trunk, its registration and calls", cli_trunks },
	{ "groups", "", "each line group", cli_groups },
	{ "attackers", "", "who is no trunk and sent SIP: refused, and counted",
	  cli_attackers },
	{ "fraud", "", "calls that the toll-fraud guard refused and why, and its limits",
	  cli_fraud },
	{ "watch", "", "what happens, as it happens", cli_watch },
	{ "limit", "[WHAT [in|out] N|none]",
	  "show or set limits; WHAT: box, trunk:NAME, group:NAME", cli_limit },
	{ "hangup", "CALL", "end a call", cli_hangup },
	{ "busy-out", "LINE|SPAN.bN",
	  "take a line or B channel out of service, after its call",
	  cli_busy_out },
	{ "return", "LINE|SPAN.bN", "put it back into service", cli_return },
	{ "reload", "", "take the changed configuration; calls go on", cli_reload },
	{ "check", "[FILE]", "check a configuration without taking it", cli_check },
	{ "cdr", "[--last N] [--file FILE]", "the last calls, newest last",
	  cli_cdr },
	{ "learned", "", "signals that end calls and that nobody has configured",
	  cli_learned },
	{ "forget", "LINE", "forget what was learned of a line", cli_forget },
	{ "measure", "LINE", "noise, dial tone, echo and feeding of an idle line",
	  cli_measure },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void help(FILE *f)
{
	fputs("usage: tipring [--json] [--socket PATH] COMMAND\n\n", f);
	for (size_t i = 0; i < COMMANDS; i++) {
		char left[64];

		snprintf(left, sizeof(left), "%s %s", commands[i].name,
			 commands[i].args);
		fprintf(f, "  %-31s %s\n", left, commands[i].help);
	}
	fputs("\n  --json          print replies as JSON, for programs\n"
	      "  --socket PATH   tipringd's control socket, default\n"
	      "                  " RUNSTATEDIR "/tipring/control\n"
	      "  --version, --help\n\n"
	      "See tipring(1).\n", f);
}

int cli_usage(const struct cli *c, const char *problem)
{
	fprintf(stderr, "tipring: %s %s\n", c->argv[0], problem);
	for (size_t i = 0; i < COMMANDS; i++)
		if (!strcmp(commands[i].name, c->argv[0]))
			fprintf(stderr, "usage: tipring %s %s\n", c->argv[0],
				commands[i].args);
	return CLI_USAGE;
}

/* Takes our own options out of argv, wherever they stand; -1: go on. */
static int options(struct cli *c, int argc, char **argv)
{
	c->argc = 0;
	c->argv = argv;
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--json")) {
			c->json = true;
		} else if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
			help(stdout);
			return CLI_OK;
		} else if (!strcmp(argv[i], "--version")) {
			puts("tipring " PACKAGE_VERSION);
			return CLI_OK;
		} else if (!strcmp(argv[i], "--socket")) {
			if (++i == argc) {
				fputs("tipring: --socket wants a path\n", stderr);
				return CLI_USAGE;
			}
			c->socket = argv[i];
		} else if (!c->argc && argv[i][0] == '-') {
			fprintf(stderr, "tipring: unknown option %s; see tipring "
				"--help\n", argv[i]);
			return CLI_USAGE;
		} else {
			argv[c->argc++] = argv[i];
		}
	}
	argv[c->argc] = NULL;
	return -1;
}

int main(int argc, char **argv)
{
	struct cli c = { .socket = getenv("TIPRING_SOCKET") };
	int status;

	/* Names are UTF-8 whatever the user's language is. */
	setlocale(LC_CTYPE, "C.UTF-8");
	if (!c.socket)
		c.socket = RUNSTATEDIR "/tipring/control";
	status = options(&c, argc, argv);
	if (status >= 0)
		return status;
	if (!c.argc) {
		help(stdout);
		return CLI_OK;
	}
	for (size_t i = 0; i < COMMANDS; i++) {
		if (strcmp(commands[i].name, c.argv[0]))
			continue;
		status = commands[i].fn(&c);
		if (fflush(stdout) && status == CLI_OK)
			status = CLI_FAILED;
		return status;
	}
	fprintf(stderr, "tipring: unknown command %s; known:", c.argv[0]);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(stderr, " %s", commands[i].name);
	fputc('\n', stderr);
	return CLI_USAGE;
}
