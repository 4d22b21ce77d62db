/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * change.c - commands that change something.
 */
#include "config.h"

#include <limits.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/list.h"

/* Asks, and says done where the reply has nothing to show. */
static int change(struct cli *c, json_t *request, const char *done)
{
	json_t *reply = daemon_ask(c, request);

	if (!reply)
		return CLI_FAILED;
	json_decref(reply);
	if (!c->json)
		puts(done);
	return CLI_OK;
}

/* limit [WHAT [in|out] N|none] */
int cli_limit(struct cli *c)
{
	const char *direction = "both", *text;
	json_t *request, *reply;
	int status = CLI_OK;
	long max = -1;

	if (c->argc == 1) {
		request = json_pack("{s:s}", "cmd", "limit");
	} else {
		if (c->argc != 3 && c->argc != 4)
			return cli_usage(c, "wants what and how many");
		if (c->argc == 4)
			direction = c->argv[2];
		if (strcmp(direction, "in") && strcmp(direction, "out") &&
		    strcmp(direction, "both"))
			return cli_usage(c, "the direction must be in or out");
		text = c->argv[c->argc - 1];
		if (strcmp(text, "none") && !cli_number(text, 100000, &max))
			return cli_usage(c, "the limit must be a number of calls "
					 "or none");
		request = json_pack("{s:s,s:s,s:s,s:o}", "cmd", "limit",
			"what", c->argv[1], "direction", direction,
			"max", max < 0 ? json_null() : json_integer(max));
	}
	reply = daemon_ask(c, request);
	if (!reply)
		return CLI_FAILED;
	if (!c->json)
		status = list_limits(reply);
	json_decref(reply);
	return status;
}

int cli_hangup(struct cli *c)
{
	long call;

	if (c->argc != 2 || !cli_number(c->argv[1], LONG_MAX, &call))
		return cli_usage(c, "wants the number of a call, see tipring calls");
	return change(c, json_pack("{s:s,s:I}", "cmd", "hangup", "call",
				   (json_int_t)call), "the call is being ended");
}

static int with_line(struct cli *c, const char *done)
{
	if (c->argc != 2)
		return cli_usage(c, "wants the name of a line, see tipring lines");
	return change(c, json_pack("{s:s,s:s}", "cmd", c->argv[0], "line",
				   c->argv[1]), done);
}

int cli_busy_out(struct cli *c)
{
	return with_line(c, "it takes no more calls");
}

int cli_return(struct cli *c)
{
	return with_line(c, "it takes calls again");
}

int cli_forget(struct cli *c)
{
	return with_line(c, "forgotten; the line learns anew");
}

int cli_reload(struct cli *c)
{
	if (c->argc > 1)
		return cli_usage(c, "takes no argument");
	return change(c, json_pack("{s:s}", "cmd", "reload"),
		      "the configuration is in force");
}
