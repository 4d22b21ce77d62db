/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* guard.c - who and what was refused. */
#include "config.h"

#include <string.h>

#include "cli/cli.h"
#include "cli/list.h"
#include "cli/table.h"

/* "a, b, c" of an array of texts. */
static const char *joined(char *buf, size_t size, const json_t *array)
{
	const json_t *item;
	size_t i, n = 0;

	buf[0] = '\0';
	json_array_foreach(array, i, item) {
		n += (size_t)snprintf(buf + n, size - n, "%s%s", i ? ", " : "",
				      json_string_value(item));
		if (n >= size)
			break;
	}
	return buf;
}

static void attacker_row(struct table *t, const json_t *j)
{
	char requests[24], wrong[24], first[32], last[32], methods[160], agents[280], called[360];

	snprintf(requests, sizeof(requests), "%lld", cli_int(j, "requests"));
	snprintf(wrong, sizeof(wrong), "%lld", cli_int(j, "wrong_passwords"));
	table_row(t, (const char *[]) {
		cli_text(j, "source"), requests, wrong,
		cli_when(first, cli_text(j, "first")),
		cli_when(last, cli_text(j, "last")),
		joined(methods, sizeof(methods), json_object_get(j, "methods")),
		joined(called, sizeof(called), json_object_get(j, "called")),
		joined(agents, sizeof(agents), json_object_get(j, "user_agents")) });
}

int cli_attackers(struct cli *c)
{
	static const char *const columns[] = { "SOURCE", ">REQUESTS", ">WRONG", "FIRST",
		"LAST", "METHODS", "CALLED", "USER AGENT", NULL };
	static const struct list l = { "attackers", "nobody but the trunks sent SIP",
		columns, attacker_row };

	return list_ask(c, &l);
}

static void refusal_row(struct table *t, const json_t *j)
{
	char when[32];

	table_row(t, (const char *[]) { cli_when(when, cli_text(j, "time")),
		cli_text(j, "from"), cli_text(j, "to"), cli_text(j, "number"),
		cli_text(j, "why") });
}

/* "3/20"; "" where there is no limit. */
static const char *used(char *buf, const json_t *j, const char *key)
{
	char most[32];

	snprintf(most, sizeof(most), "most_%s", key);
	buf[0] = '\0';
	if (cli_int(j, most))
		snprintf(buf, 48, "%lld/%lld", cli_int(j, key), cli_int(j, most));
	return buf;
}

static void usage_row(struct table *t, const json_t *j)
{
	char a[48], b[48], c[48], d[48];

	table_row(t, (const char *[]) { cli_text(j, "what"),
		used(a, j, "calls_hour"), used(b, j, "calls_day"),
		used(c, j, "minutes_hour"), used(d, j, "minutes_day") });
}

int cli_fraud(struct cli *c)
{
	static const char *const refusals[] = { "TIME", "FROM", "TO", "NUMBER", "WHY",
		NULL };
	static const char *const limits[] = { "WHAT", ">CALLS/HOUR", ">CALLS/DAY",
		">MINUTES/HOUR", ">MINUTES/DAY", NULL };
	static const struct list refused = { "refusals",
		"the toll-fraud guard has refused no call", refusals, refusal_row };
	static const struct list used_up = { "limits", "", limits, usage_row };
	json_t *reply;

	if (c->argc > 1)
		return cli_usage(c, "takes no argument");
	reply = daemon_ask(c, json_pack("{s:s}", "cmd", "fraud"));
	if (!reply)
		return CLI_FAILED;
	if (!c->json) {
		if (*cli_text(reply, "alarm"))
			printf("alarm: %s\n", cli_text(reply, "alarm"));
		list_show(&refused, reply);
		if (json_array_size(json_object_get(reply, "limits"))) {
			putchar('\n');
			list_show(&used_up, reply);
		}
	}
	json_decref(reply);
	return CLI_OK;
}
