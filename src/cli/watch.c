/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "config.h"

#include <string.h>
#include <time.h>

#include "cli/cli.h"
#include "cli/table.h"

static void say(const char *format, const char *text)
{
	printf("%s", format);
	table_text(stdout, text, 0);
}

static void print_line(const json_t *j)
{
	say("line ", cli_text(j, "name"));
	say(": ", cli_text(j, "state"));
	if (cli_int(j, "call"))
		printf(", call %lld", cli_int(j, "call"));
	if (*cli_text(j, "why"))
		say(": ", cli_text(j, "why"));
}

static void print_trunk(const json_t *j)
{
	char calls[32];

	say("trunk ", cli_text(j, "name"));
	printf(": %s, calls %s", cli_true(j, "up") ? "up" : "down",
	       cli_bound(calls, json_object_get(j, "limit")));
	if (*cli_text(j, "registration"))
		say(", ", cli_text(j, "registration"));
	if (*cli_text(j, "why"))
		say(": ", cli_text(j, "why"));
}

static void print_call(const json_t *j)
{
	printf("call %lld: ", cli_int(j, "call"));
	say(cli_true(j, "emergency") ? "emergency, " : "", cli_text(j, "state"));
	say(", ", cli_text(j, "from"));
	say(" to ", *cli_text(j, "to") ? cli_text(j, "to") : "nowhere yet");
	say(", ", *cli_text(j, "calling_number") ? cli_text(j, "calling_number") :
	    "unknown");
	say(" -> ", cli_text(j, "called_number"));
}

static void print_ended(const json_t *j)
{
	char buf[24];

	printf("call %lld: ended, talked %s, ", cli_int(j, "call"),
	       cli_duration(buf, cli_real(j, "talk_s")));
	say("released by ", cli_text(j, "released_by"));
	say(": ", cli_text(j, "reason"));
	printf(" (%lld, %s)", cli_int(j, "cause"), cli_text(j, "cause_text"));
}

static void print(const json_t *j)
{
	static const struct {
		const char *event;
		void (*fn)(const json_t *);
	} kinds[] = {
		{ "line", print_line }, { "trunk", print_trunk },
		{ "call", print_call }, { "ended", print_ended },
	};
	const char *event = cli_text(j, "event");
	time_t now = time(NULL);
	char clock[16];
	struct tm tm;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(event, kinds[i].event))
			continue;
		localtime_r(&now, &tm);
		strftime(clock, sizeof(clock), "%H:%M:%S ", &tm);
		fputs(clock, stdout);
		kinds[i].fn(j);
		putchar('\n');
	}
}

int cli_watch(struct cli *c)
{
	struct daemon_link *l;
	const char *text;
	bool first = true;
	json_t *j;

	if (c->argc > 1)
		return cli_usage(c, "takes no argument");
	l = daemon_connect(c);
	if (!l)
		return CLI_FAILED;
	if (!daemon_send(l, json_pack("{s:s}", "cmd", "watch")))
		while ((j = daemon_receive(l, &text))) {
			if (!first && c->json)
				puts(text);
			else if (!first)
				print(j);
			else if (!c->json)
				fputs("watching; Ctrl-C ends it\n", stderr);
			first = false;
			json_decref(j);
			if (fflush(stdout))
				break;	/* nobody reads us any more */
		}
	daemon_close(l);
	fputs("tipring: tipringd has ended, or dropped us because we did not "
	      "keep up\n", stderr);
	return CLI_FAILED;
}
