/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * command_wait.c - commands that wait, tell and end; and how a line of text
 * becomes a command.
 */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pbx/command.h"

double command_number(const char *text, double least, double most)
{
	char *end;
	double x = strtod(text, &end);

	return end == text || *end || !(x >= least && x <= most) ? -1000 : x;
}

static uint64_t *seen(struct client *c, const struct pbx_line *l)
{
	unsigned i = 0;

	while (c->pbx->lines[i] != l)
		i++;
	return &c->seen[i];
}

void client_forget(struct client *c, const struct pbx_line *l)
{
	*seen(c, l) = c->pbx->event_count;
}

static void timed_out(void *arg)
{
	struct client *c = arg;
	char instead[320];

	if (c->wait == WAIT_SLEEP) {
		client_done(c, 0);
		return;
	}
	if (c->wait == WAIT_DIALLED) {
		command_fail(c, -ETIMEDOUT, "line %s: %s", c->line->name,
			     c->line->seized || c->line->kind == PORT_FXS ?
			     "dialling does not end" :
			     "no loop current, the gateway does not see us off hook");
		line_dial_stop(c->line);
		client_done(c, -ETIMEDOUT);
		return;
	}
	expect_instead(c->line, *seen(c, c->line), instead, sizeof(instead));
	command_fail(c, -ETIMEDOUT, "line %s: no %s within %g s; %s", c->line->name,
		     c->expect.words, c->seconds, instead);
	client_done(c, -ETIMEDOUT);
}

static int wait_for(struct client *c, enum client_wait what, struct pbx_line *l,
		    double seconds)
{
	c->wait = what;
	c->line = l;
	c->seconds = seconds;
	if (seconds >= 0)
		timer_start(&c->pbx->loop->timers, &c->timer,
			    (uint64_t)(seconds * 1000), timed_out, c);
	return 1;
}

int do_dial(struct client *c, struct pbx_line *l, char **w, int n)
{
	bool pulse = n == 2 && !strcmp(w[1], "pulse");
	int err;

	if (n == 2 && !pulse)
		return command_fail(c, -EINVAL, "usage: dial LINE DIGITS [pulse]");
	if (pulse && l->kind != PORT_FXO)
		return command_fail(c, -ENOTSUP, "line %s is %s; only fxo lines "
				    "can break the loop", l->name,
				    port_kind_name(l->kind));
	if (!l->off_hook)
		return command_fail(c, -ENOTCONN, "line %s is on hook; off-hook %s first",
				    l->name, l->name);
	err = line_dial(l, w[0], pulse);
	if (err == -EINVAL)
		return command_fail(c, err, "\"%s\" cannot be dialled: at most %d of %s",
			w[0], LINE_DIGITS - 1, pulse ? "0-9 and w" : "0-9 * # A-D and w");
	if (err)
		return command_fail(c, err, "line %s is dialling already", l->name);
	return wait_for(c, WAIT_DIALLED, l, 5 + 3.0 * strlen(w[0]));
}

int do_wait_played(struct client *c, struct pbx_line *l, char **w, int n)
{
	if (l->out.kind != SOURCE_SAMPLES)
		return 0;
	return wait_for(c, WAIT_PLAYED, l, -1);
}

int do_expect(struct client *c, struct pbx_line *l, char **w, int n)
{
	double seconds = 10;
	int used = expect_parse(&c->expect, w, n, c->text, sizeof(c->text));

	if (used < 0)
		return used;
	if (n == used + 2 && !strcmp(w[used], "within"))
		seconds = command_number(w[used + 1], 0, 86400);
	else if (n != used)
		return command_fail(c, -EINVAL,
				    "usage: expect LINE EVENT [within SECONDS]");
	if (seconds < 0)
		return command_fail(c, -EINVAL, "within: seconds, 0 to 86400");
	if (expect_look(&c->expect, l, seen(c, l), c->text, sizeof(c->text)))
		return 0;
	c->text[0] = 0;
	return wait_for(c, WAIT_EXPECT, l, seconds);
}

int do_sleep(struct client *c, struct pbx_line *l, char **w, int n)
{
	double seconds = command_number(w[0], 0, 86400);

	if (seconds < 0)
		return command_fail(c, -EINVAL, "sleep: seconds, 0 to 86400");
	return wait_for(c, WAIT_SLEEP, NULL, seconds);
}

int do_status(struct client *c, struct pbx_line *l, char **w, int n)
{
	char text[320];

	for (unsigned i = 0; i < c->pbx->line_count; i++) {
		line_text(c->pbx->lines[i], text, sizeof(text));
		client_tell(c, text);
	}
	return 0;
}

static void print_one(const struct command *cmd, void (*print)(void *, const char *),
		      void *arg)
{
	char text[160];
	const char *at = cmd->what;

	snprintf(text, sizeof(text), "%s %s", cmd->name, cmd->usage);
	print(arg, text);
	while (*at) {
		int len = (int)strcspn(at, "\n");

		snprintf(text, sizeof(text), "        %.*s", len, at);
		print(arg, text);
		at += len + (at[len] == '\n');
	}
}

void command_help(void (*print)(void *, const char *), void *arg, const char *name)
{
	for (const struct command *cmd = command_table; cmd->name; cmd++)
		if (!name || !strcmp(name, cmd->name))
			print_one(cmd, print, arg);
}

static void tell(void *arg, const char *text)
{
	client_tell(arg, text);
}

int do_help(struct client *c, struct pbx_line *l, char **w, int n)
{
	command_help(tell, c, n ? w[0] : NULL);
	return 0;
}

int do_quit(struct client *c, struct pbx_line *l, char **w, int n)
{
	loop_stop(c->pbx->loop);
	return 0;
}

/* Splits at blanks; "..." is one word; # begins a comment where a line begins or
 * a blank follows, for it may be dialled. -1: a quote is not closed or there are
 * too many words. */
static int split(char *line, char *words[COMMAND_WORDS])
{
	int n = 0;

	for (;;) {
		while (isspace((unsigned char)*line))
			line++;
		if (!*line || (*line == '#' &&
			       (!n || isspace((unsigned char)line[1]))))
			return n;
		if (n == COMMAND_WORDS)
			return -1;
		if (*line == '"') {
			words[n++] = ++line;
			line = strchr(line, '"');
			if (!line)
				return -1;
		} else {
			words[n++] = line;
			while (*line && !isspace((unsigned char)*line))
				line++;
		}
		if (*line)
			*line++ = 0;
	}
}

/* Whether the command's first word is a line: what has none says so. */
static bool has_line(const struct command *cmd)
{
	return !strncmp(cmd->usage, "LINE", 4);
}

static int run_on(struct client *c, const struct command *cmd, char **w, int n)
{
	struct pbx *p = c->pbx;
	struct pbx_line *l;
	int err = 0;

	if (!has_line(cmd))
		return cmd->fn(c, NULL, w, n);
	/* Every line at once, for what is done in no time. */
	if (!strcmp(w[0], "*") && cmd->fn != do_expect && cmd->fn != do_dial &&
	    cmd->fn != do_wait_played && cmd->fn != do_speak) {
		for (unsigned i = 0; i < p->line_count && !err; i++)
			err = cmd->fn(c, p->lines[i], w + 1, n - 1);
		return err;
	}
	l = pbx_line(p, w[0]);
	if (!l)
		return command_fail(c, -ENODEV, "there is no line %s; status tells them",
				    w[0]);
	return cmd->fn(c, l, w + 1, n - 1);
}

int command_run(struct client *c, char *line)
{
	const struct command *cmd = command_table;
	char *words[COMMAND_WORDS];
	int n = split(line, words);

	if (n < 0)
		return command_fail(c, -EINVAL, "a quote is not closed, or too many words");
	if (!n)
		return c->kind == CLIENT_SCRIPT ? 0 : command_fail(c, -EINVAL,
			"an empty command; help tells them");
	while (cmd->name && strcmp(cmd->name, words[0]))
		cmd++;
	if (!cmd->name)
		return command_fail(c, -EINVAL, "there is no command \"%.40s\"; "
				    "help tells them", words[0]);
	if (n - 1 < cmd->least || n - 1 > cmd->most)
		return command_fail(c, -EINVAL, "usage: %s %s", cmd->name, cmd->usage);
	return run_on(c, cmd, words + 1, n - 1);
}
