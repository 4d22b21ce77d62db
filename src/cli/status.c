/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "config.h"

#include "cli/cli.h"
#include "cli/table.h"

static void print_faults(const json_t *faults)
{
	const json_t *f;
	size_t i;

	json_array_foreach(faults, i, f) {
		printf("%-9s ", i ? "" : "faults");
		printf("%s ", cli_text(f, "kind"));
		table_text(stdout, cli_text(f, "name"), 0);
		fputs(": ", stdout);
		table_text(stdout, cli_text(f, "why"), 0);
		putchar('\n');
	}
}

/* The longest so far; an older daemon does not say. */
static void print_turns(const json_t *turns)
{
	const json_t *signalling = json_object_get(turns, "signalling");
	const json_t *voice = json_object_get(turns, "voice");

	if (!turns)
		return;
	printf("%-9s %.0f ms in signalling, %.0f ms of it work; %.0f ms in voice, "
	       "%.0f ms of it work\n", "longest",
	       cli_real(signalling, "ms"), cli_real(signalling, "own_ms"),
	       cli_real(voice, "ms"), cli_real(voice, "own_ms"));
}

static void print(const json_t *j)
{
	const json_t *lines = json_object_get(j, "lines");
	const json_t *trunks = json_object_get(j, "trunks");
	const json_t *calls = json_object_get(j, "calls");
	const json_t *limit = json_object_get(j, "limit");
	const json_t *counters = json_object_get(j, "counters");
	char buf[32];

	printf("%-9s %s, up %s, pid %lld%s\n", "tipringd", cli_text(j, "version"),
	       cli_duration(buf, cli_real(j, "uptime_s")), cli_int(j, "pid"),
	       cli_true(j, "shutting_down") ? ", is being stopped" : "");
	printf("%-9s ", "config");
	table_text(stdout, cli_text(j, "config"), 0);
	if (json_is_number(json_object_get(j, "reloaded_s")))
		printf(", reloaded %s ago",
		       cli_duration(buf, cli_real(j, "reloaded_s")));
	printf("\n%-9s %s now, %lld ended, %lld of them answered, %lld refused "
	       "by the limit\n", "calls", cli_bound(buf, limit),
	       cli_int(calls, "ended"), cli_int(calls, "answered"),
	       cli_int(limit, "refused"));
	printf("%-9s %lld of %lld in service, %lld in use, %lld busied out\n",
	       "lines", cli_int(lines, "in_service"), cli_int(lines, "total"),
	       cli_int(lines, "in_use"), cli_int(lines, "busied_out"));
	printf("%-9s %lld of %lld up\n", "trunks", cli_int(trunks, "up"),
	       cli_int(trunks, "total"));
	printf("%-9s %.1f s of CPU, %.1f MB, %s\n", "uses", cli_real(j, "cpu_s"),
	       (double)cli_int(j, "memory_kb") / 1024,
	       cli_true(counters, "real_time") ? "voice at real-time priority" :
	       "voice without real-time priority");
	print_turns(json_object_get(j, "longest_turn"));
	if (cli_int(j, "fraud_refused"))
		printf("%-9s %lld call%s refused by the toll-fraud guard; see tipring fraud\n",
		       "fraud", cli_int(j, "fraud_refused"),
		       cli_int(j, "fraud_refused") == 1 ? "" : "s");
	print_faults(json_object_get(j, "faults"));
}

int cli_status(struct cli *c)
{
	json_t *reply;

	if (c->argc > 1)
		return cli_usage(c, "takes no argument");
	reply = daemon_ask(c, json_pack("{s:s}", "cmd", "status"));
	if (!reply)
		return CLI_FAILED;
	if (!c->json)
		print(reply);
	json_decref(reply);
	return CLI_OK;
}
