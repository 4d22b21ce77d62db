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
	char requests[24], first[32], last[32], methods[160], agents[280], called[360];

	snprintf(requests, sizeof(requests), "%lld", cli_int(j, "requests"));
	table_row(t, (const char *[]) {
		cli_text(j, "source"), requests,
		cli_when(first, cli_text(j, "first")),
		cli_when(last, cli_text(j, "last")),
		joined(methods, sizeof(methods), json_object_get(j, "methods")),
		joined(called, sizeof(called), json_object_get(j, "called")),
		joined(agents, sizeof(agents), json_object_get(j, "user_agents")) });
}

int cli_attackers(struct cli *c)
{
	static const char *const columns[] = { "SOURCE", ">REQUESTS", "FIRST",
		"LAST", "METHODS", "CALLED", "USER AGENT", NULL };
	static const struct list l = { "attackers", "nobody but the trunks sent SIP",
		columns, attacker_row };

	return list_ask(c, &l);
}
