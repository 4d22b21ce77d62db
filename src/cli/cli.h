/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * cli.h - what the commands of tipring(1) share. A command returns the exit
 * status: 0 done, 1 failed, 2 wrong use.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

enum { CLI_OK, CLI_FAILED, CLI_USAGE };

struct cli {
	bool json;		/* print the replies themselves */
	const char *socket;
	int argc;		/* the command's own arguments, */
	char **argv;		/* its name is argv[0] */
};

typedef int cli_fn(struct cli *);

cli_fn cli_status, cli_lines, cli_calls, cli_trunks, cli_groups, cli_attackers, cli_fraud;
cli_fn cli_limit, cli_hangup, cli_busy_out, cli_return, cli_reload;
cli_fn cli_watch, cli_cdr, cli_check, cli_learned, cli_forget, cli_measure;

/* Says how the command is used; CLI_USAGE. */
int cli_usage(const struct cli *, const char *problem);

/* A whole number from 0 to most; false: it is none. */
bool cli_number(const char *text, long most, long *value);

/* Fields of a reply: "" or 0 where there is none. */
const char *cli_text(const json_t *, const char *key);
long long cli_int(const json_t *, const char *key);
double cli_real(const json_t *, const char *key);
bool cli_true(const json_t *, const char *key);

/* "1:02:03" or "2:03" of seconds; buf has room for 24. */
const char *cli_duration(char *buf, double seconds);
/* "12", "3/12" and so on: calls against a bound, -1 none; room for 32. */
const char *cli_bound(char *buf, const json_t *limit);
/* Local "2026-11-23 08:12:01" of "2026-11-23T07:12:01.123Z"; room for 32. */
const char *cli_when(char *buf, const char *iso);

/* check.c: runs tipringd --scan instead of us. */
int cli_scan(struct cli *);
int cli_setup(struct cli *);	/* the same for --setup */

/* ------------------------------------------------------------ the daemon */

struct daemon_link;

/* NULL after saying to standard error what is wrong and what to do. */
struct daemon_link *daemon_connect(const struct cli *);
void daemon_close(struct daemon_link *);
/* Takes the request over. 0 or -errno. */
int daemon_send(struct daemon_link *, json_t *request);
/* The next line of the daemon, NULL at its end; *text as it came, valid until
 * the next call, may be NULL. */
json_t *daemon_receive(struct daemon_link *, const char **text);

/* One request, one reply. With --json it is printed. An error is said, and
 * NULL returned. Takes the request over. */
json_t *daemon_ask(const struct cli *, json_t *request);

#endif
