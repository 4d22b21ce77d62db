/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * list.c - what there is: lines, calls, trunks, groups, limits.
 */
#include "config.h"

#include <string.h>

#include "cli/cli.h"
#include "cli/list.h"
#include "cli/table.h"

int list_show(const struct list *l, const json_t *reply)
{
	const json_t *array = json_object_get(reply, l->key), *item;
	struct table *t;
	size_t i;

	if (!json_array_size(array)) {
		puts(l->none);
		return CLI_OK;
	}
	t = table_new(l->columns);
	if (!t)
		return CLI_FAILED;
	json_array_foreach(array, i, item)
		l->row(t, item);
	table_print(t, stdout, terminal_width(stdout));
	table_free(t);
	return CLI_OK;
}

int list_ask(struct cli *c, const struct list *l)
{
	json_t *reply;
	int status = CLI_OK;

	if (c->argc > 1)
		return cli_usage(c, "takes no argument");
	reply = daemon_ask(c, json_pack("{s:s}", "cmd", c->argv[0]));
	if (!reply)
		return CLI_FAILED;
	if (!c->json)
		status = list_show(l, reply);
	json_decref(reply);
	return status;
}

static const char *number(char *buf, long long n)
{
	snprintf(buf, 24, "%lld", n);
	return buf;
}

/* A number that says something, else nothing. */
static const char *count(char *buf, long long n)
{
	return n ? number(buf, n) : "";
}

/* "2 new, 8 old", "waiting"; nothing where nobody told. */
static const char *messages(char *buf, size_t size, const json_t *m)
{
	long long fresh = cli_int(m, "new"), old = cli_int(m, "old");

	if (fresh || old)
		snprintf(buf, size, "%lld new, %lld old", fresh, old);
	else
		snprintf(buf, size, "%s", !m ? "" : cli_true(m, "waiting") ?
			 "waiting" : "none");
	return buf;
}

static void line_row(struct table *t, const json_t *j)
{
	char told[64];
	char call[24], in[24], out[24], since[24];

	table_row(t, (const char *[]) {
		cli_text(j, "name"), cli_text(j, "port"), cli_text(j, "kind"),
		cli_text(j, "state"), cli_duration(since, cli_real(j, "state_s")),
		count(call, cli_int(j, "call")), cli_text(j, "number"),
		cli_text(j, "group"), cli_text(j, "trunk"),
		number(in, cli_int(j, "calls_in")),
		number(out, cli_int(j, "calls_out")),
		messages(told, sizeof(told), json_object_get(j, "messages")),
		cli_true(j, "busied_out") && !*cli_text(j, "why") ?
			"busied out" : cli_text(j, "why") });
}

int cli_lines(struct cli *c)
{
	static const char *const columns[] = { "LINE", "PORT", "KIND", "STATE",
		">FOR", ">CALL", "NUMBER", "GROUP", "TRUNK", ">IN", ">OUT",
		"MESSAGES", "WHY", NULL };
	static const struct list l = { "lines",
		"no line is configured; add one to lines = ( ... ) in tipring.conf",
		columns, line_row };

	if (c->argc > 1 && !strcmp(c->argv[1], "--scan"))
		return cli_scan(c);
	if (c->argc > 1 && !strcmp(c->argv[1], "--setup"))
		return cli_setup(c);
	return list_ask(c, &l);
}

/* A number and a name, where there is one. */
static const char *party(char *buf, size_t size, const json_t *j,
			 const char *number_key, const char *name_key)
{
	const char *name = cli_text(j, name_key), *n = cli_text(j, number_key);

	if (*name)
		snprintf(buf, size, "%s (%s)", *n ? n : "unknown", name);
	else
		snprintf(buf, size, "%s", *n ? n : "unknown");
	return buf;
}

static void call_row(struct table *t, const json_t *j)
{
	char id[24], total[24], talk[24], lost[24], jitter[24], calling[256];

	number(id, cli_int(j, "call"));
	table_row(t, (const char *[]) {
		id, cli_true(j, "held") ? "held" : cli_text(j, "state"),
		cli_text(j, "from"),
		party(calling, sizeof(calling), j, "calling_number", "calling_name"),
		cli_text(j, "to"), cli_text(j, "called_number"),
		cli_duration(total, cli_real(j, "duration_s")),
		*cli_text(j, "answer") ?
			cli_duration(talk, cli_real(j, "talk_s")) : "",
		cli_text(j, "codec"), number(lost, cli_int(j, "packets_lost")),
		number(jitter, cli_int(j, "jitter_ms")),
		cli_true(j, "emergency") ? "emergency" : cli_text(j, "transferred") });
}

static void ended_row(struct table *t, const json_t *j)
{
	char when[32], talk[24];

	table_row(t, (const char *[]) {
		cli_when(when, cli_text(j, "end")), cli_text(j, "from"),
		cli_text(j, "to"), cli_text(j, "called_number"),
		*cli_text(j, "answer") ?
			cli_duration(talk, cli_real(j, "talk_s")) : "-",
		cli_text(j, "answered_how"), cli_text(j, "reason") });
}

int cli_calls(struct cli *c)
{
	static const char *const columns[] = { ">CALL", "STATE", "FROM",
		"CALLING", "TO", "CALLED", ">TIME", ">TALK", "CODEC", ">LOST",
		">JITTER", "NOTE", NULL };
	static const char *const last[] = { "ENDED", "FROM", "TO", "CALLED",
		">TALKED", "ANSWERED BY", "ENDED BY", NULL };
	static const struct list l = { "calls", "no calls", columns, call_row };
	static const struct list ended = { "ended", "", last, ended_row };
	int status = CLI_OK;
	json_t *reply;

	if (c->argc > 1)
		return cli_usage(c, "takes no argument");
	reply = daemon_ask(c, json_pack("{s:s}", "cmd", "calls"));
	if (!reply)
		return CLI_FAILED;
	if (!c->json)
		status = list_show(&l, reply);
	if (!c->json && json_array_size(json_object_get(reply, "ended"))) {
		putchar('\n');
		status = list_show(&ended, reply);
	}
	json_decref(reply);
	return status;
}

/* Below their trunk: its servers, where there are several, the accounts of its
 * lines, the mailboxes that are subscribed to. */
static void part_rows(struct table *t, const json_t *parts, const char *kind)
{
	const json_t *j;
	size_t i;

	json_array_foreach(parts, i, j) {
		bool server = !strcmp(kind, "server");
		char name[80], next[24] = "";

		snprintf(name, sizeof(name), "  %s %s", kind, cli_text(j, "name"));
		if (cli_int(j, "next_s") >= 0)
			cli_duration(next, cli_real(j, "next_s"));
		table_row(t, (const char *[]) {
			name, "", server ? "" : cli_text(j, "state"),
			server ? cli_text(j, "state") : "", next,
			cli_text(j, "address"), "", "", "", "",
			cli_text(j, "last_error") });
	}
}

static void trunk_row(struct table *t, const json_t *j)
{
	const json_t *limit = json_object_get(j, "limit");
	char calls[32], in[24], out[24], failed[24], next[24] = "";
	const char *why = cli_text(j, "why");

	if (cli_int(j, "next_s") >= 0)
		cli_duration(next, cli_real(j, "next_s"));
	table_row(t, (const char *[]) {
		cli_text(j, "name"), cli_true(j, "draining") ? "ending" :
			cli_true(j, "up") ? "up" : "down",
		cli_text(j, "registration"), cli_text(j, "target"), next,
		*cli_text(j, "address") ? cli_text(j, "address") :
			cli_text(j, "server"),
		cli_bound(calls, limit), number(in, cli_int(j, "calls_in")),
		number(out, cli_int(j, "calls_out")),
		number(failed, cli_int(j, "failed")),
		*why ? why : cli_text(j, "last_error") });
	if (json_array_size(json_object_get(j, "servers")) > 1)
		part_rows(t, json_object_get(j, "servers"), "server");
	part_rows(t, json_object_get(j, "accounts"), "line");
	part_rows(t, json_object_get(j, "mailboxes"), "mailbox");
}

int cli_trunks(struct cli *c)
{
	static const char *const columns[] = { "TRUNK", "STATE", "REGISTRATION",
		"TARGET", ">NEXT", "ADDRESS", ">CALLS", ">IN", ">OUT", ">FAILED",
		"WHY", NULL };
	static const struct list l = { "trunks",
		"no trunk is configured; add one to trunks = ( ... ) in tipring.conf",
		columns, trunk_row };

	return list_ask(c, &l);
}

static void group_row(struct table *t, const json_t *j)
{
	char lines[24], idle[24], service[24], calls[32];

	table_row(t, (const char *[]) {
		cli_text(j, "name"), cli_text(j, "hunt"),
		number(lines, cli_int(j, "lines")),
		number(service, cli_int(j, "in_service")),
		number(idle, cli_int(j, "idle")),
		cli_bound(calls, json_object_get(j, "limit")) });
}

int cli_groups(struct cli *c)
{
	static const char *const columns[] = { "GROUP", "HUNT", ">LINES",
		">IN SERVICE", ">IDLE", ">CALLS", NULL };
	static const struct list l = { "groups", "no group is configured",
		columns, group_row };

	return list_ask(c, &l);
}

static const char *bound(char *buf, long long n)
{
	return n < 0 ? "none" : number(buf, n);
}

static void limit_row(struct table *t, const json_t *j)
{
	char max[24], max_in[24], max_out[24], in[24], out[24], refused[24];

	table_row(t, (const char *[]) {
		cli_text(j, "what"), bound(max, cli_int(j, "max")),
		bound(max_in, cli_int(j, "max_in")),
		bound(max_out, cli_int(j, "max_out")),
		number(in, cli_int(j, "in")), number(out, cli_int(j, "out")),
		number(refused, cli_int(j, "refused")) });
}

int list_limits(const json_t *reply)
{
	static const char *const columns[] = { "WHAT", ">MAX", ">MAX IN",
		">MAX OUT", ">NOW IN", ">NOW OUT", ">REFUSED", NULL };
	static const struct list l = { "limits", "no limits", columns, limit_row };

	return list_show(&l, reply);
}
