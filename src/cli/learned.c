/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * learned.c - what lines have learned of how their calls end.
 */
#include "config.h"

#include <string.h>

#include "cli/cli.h"
#include "cli/table.h"

static void signal_row(struct table *t, const json_t *line, const json_t *s)
{
	char calls[32], state[64], when[32] = "";

	snprintf(calls, sizeof(calls), "%lld", cli_int(s, "calls"));
	if (cli_int(s, "against"))
		snprintf(state, sizeof(state), "%lld calls went on after it",
			 cli_int(s, "against"));
	else if (cli_int(s, "calls") < cli_int(s, "needed"))
		snprintf(state, sizeof(state), "%lld more must agree",
			 cli_int(s, "needed") - cli_int(s, "calls"));
	else
		snprintf(state, sizeof(state), "%s", cli_text(s, "state"));
	if (*cli_text(s, "last"))
		cli_when(when, cli_text(s, "last"));
	table_row(t, (const char *[]) { cli_text(line, "line"),
		cli_text(s, "measured"), calls, when, state });
}

static void print_config(const json_t *lines)
{
	const json_t *line, *s;
	size_t i, k;
	bool said = false;

	json_array_foreach(lines, i, line)
		json_array_foreach(json_object_get(line, "signals"), k, s) {
			if (strcmp(cli_text(s, "state"), "learned"))
				continue;
			if (!said)
				puts("\nlearn = \"auto\" in a line's section uses "
				     "it; or write there");
			said = true;
			printf("  %s: %s\n", cli_text(line, "line"),
			       cli_text(s, "config"));
		}
}

static int show(const json_t *lines)
{
	static const char *const columns[] = { "LINE", "MEASURED", ">CALLS",
		"LAST", "STATE", NULL };
	struct table *t = table_new(columns);
	const json_t *line, *s;
	size_t i, k, rows = 0;

	if (!t)
		return CLI_FAILED;
	json_array_foreach(lines, i, line)
		json_array_foreach(json_object_get(line, "signals"), k, s) {
			signal_row(t, line, s);
			rows++;
		}
	if (rows)
		table_print(t, stdout, terminal_width(stdout));
	else
		puts("nothing yet: every call ended as the configuration expects");
	table_free(t);
	print_config(lines);
	return CLI_OK;
}

int cli_learned(struct cli *c)
{
	json_t *reply;
	int status = CLI_OK;

	if (c->argc > 1)
		return cli_usage(c, "takes no argument");
	reply = daemon_ask(c, json_pack("{s:s}", "cmd", "learned"));
	if (!reply)
		return CLI_FAILED;
	if (!c->json)
		status = show(json_object_get(reply, "lines"));
	json_decref(reply);
	return status;
}
