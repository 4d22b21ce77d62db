/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * measure.c - what was measured of a line. Ctrl-C ends the measurement: the
 * daemon sees that nobody waits for it.
 */
#include "config.h"

#include "cli/cli.h"
#include "cli/table.h"

static void print_results(const json_t *results)
{
	static const char *const columns[] = { "", "MEASURED", "VERDICT", NULL };
	struct table *t = table_new(columns);
	const json_t *r;
	size_t i;

	if (!t)
		return;
	json_array_foreach(results, i, r)
		table_row(t, (const char *[]) { cli_text(r, "what"),
			cli_text(r, "value"), cli_text(r, "verdict") });
	table_print(t, stdout, terminal_width(stdout));
	table_free(t);
	json_array_foreach(results, i, r) {
		if (!*cli_text(r, "advice"))
			continue;
		table_text(stdout, cli_text(r, "what"), 0);
		fputs(": ", stdout);
		table_text(stdout, cli_text(r, "advice"), 0);
		putchar('\n');
	}
}

static int show(const json_t *reply)
{
	const json_t *config = json_object_get(reply, "config"), *line;
	size_t i;

	if (json_array_size(json_object_get(reply, "results")))
		print_results(json_object_get(reply, "results"));
	if (json_array_size(config))
		puts("\nin the line's section:");
	json_array_foreach(config, i, line) {
		fputs("  ", stdout);
		table_text(stdout, json_string_value(line), 0);
		putchar('\n');
	}
	if (cli_true(reply, "complete"))
		return CLI_OK;
	fflush(stdout);
	fputs("tipring: the measurement was not finished: ", stderr);
	table_text(stderr, cli_text(reply, "why"), 0);
	fputc('\n', stderr);
	return CLI_FAILED;
}

int cli_measure(struct cli *c)
{
	json_t *reply;
	int status;

	if (c->argc != 2)
		return cli_usage(c, "wants the name of a line, see tipring lines");
	if (!c->json)
		fputs("measuring takes some seconds; a call ends it, and so does "
		      "Ctrl-C\n", stderr);
	reply = daemon_ask(c, json_pack("{s:s,s:s}", "cmd", "measure", "line",
					c->argv[1]));
	if (!reply)
		return CLI_FAILED;
	status = c->json ? (cli_true(reply, "complete") ? CLI_OK : CLI_FAILED) :
		 show(reply);
	json_decref(reply);
	return status;
}
