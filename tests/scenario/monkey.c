/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * monkey.c - thousands of events in no sensible order: whatever lines, SIP and
 * operators do, no state machine may break, and in the end every line is on
 * hook, every leg released and every limit back at zero.
 *
 *   monkey [FIRST-SEED [COUNT]]
 *
 * prints the trace of a seed that fails; of a single seed always.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"

enum { STEPS = 400, SEEDS = 150 };

static const char *const lines[] = { "pbx-1", "pbx-2", "did-1", "co-1", "co-2", "co-3" };
static const char *const called[] = {
	"15551230001", "15551230002", "15551237777", "15559870001", "15559870002",
	"95551234", "911", "600", "nonsense", "",
};
static const char *const words[] = {
	"off-hook", "on-hook", "off-hook", "on-hook", "flash", "ring-on", "ring-off",
	"ring-on", "break", "break-end", "polarity", "alarm", "clear", "clear",
	"resync", "fax", "dead", "flash", "flash",
};
static const char *const tones[] = {
	"dial", "ringback 3", "busy 4", "congestion 4", "sit 1", "howler 40",
};
static const char *const orders[] = {
	"return", "return", "busy-out", "measure", "measure", "measure-stop",
};
static const char *const legs[] = {
	"trying", "alert", "progress", "answer", "answer", "digit", "hold", "resume",
	"sip-flash", "handed-over", "bye", "bye", "bye",
};
static const int causes[] = { 16, 17, 1, 42, 34, 21, 27, 102 };

static const char config_text[] =
	"country = \"us\"; max_calls = 5;\n"
	"trunks = ( { name = \"acme\"; server = \"a.example\"; max_calls = 3; transfer_out = \"refer\"; },\n"
	" { name = \"info\"; server = \"b.example\"; dtmf = \"info\"; } );\n"
	"lines = (\n"
	" { name = \"pbx-1\"; port = \"sim/1\"; kind = \"fxs\"; number = \"15551230001\"; trunk = \"acme\"; polarity_answer = true; flash = true; call_waiting = true; },\n"
	" { name = \"pbx-2\"; port = \"sim/2\"; kind = \"fxs\"; number = \"15551230002\"; trunk = \"info\"; digit_map = \"9xxxxxxx|x.T\"; flash = true; call_waiting = true; transfer = %s; },\n"
	" { name = \"did-1\"; port = \"sim/3\"; kind = \"fxs\"; did = { digits = 4; when = \"%s\"; }; },\n"
	" { name = \"co-1\"; port = \"sim/4\"; kind = \"fxo\"; number = \"15559870001\"; trunk = \"acme\"; ring_to = \"600\"; dial = \"called\"; glare = \"%s\"; },\n"
	" { name = \"co-2\"; port = \"sim/5\"; kind = \"fxo\"; number = \"15559870002\"; trunk = \"info\"; two_stage = true; callerid = false; dial = \"none\"; answer = \"seize\"; },\n"
	" { name = \"co-3\"; port = \"sim/6\"; kind = \"fxo\"; trunk = \"acme\"; ring_to = \"15551230001\"; dial = \"last:4\"; wait_dial_tone = false; answer = \"polarity\"; } );\n"
	"groups = ( { name = \"co\"; lines = [ \"co-1\", \"co-3\" ]; hunt = \"circular\"; max_calls = 2; } );\n"
	"routes = ( { from = \"any\"; called = \"9x.\"; strip = 1; to = [ \"trunk:acme\", \"group:co\", \"trunk:info\" ]; },\n"
	" { from = \"trunk:acme\"; called = \"15551237777\"; to = [ \"line:did-1\" ]; },\n"
	" { from = \"line:pbx-1\"; called = \"15551230002\"; to = [ \"line:pbx-2\" ]; },\n"
	" { from = \"line:pbx-2\"; called = \"15551230001\"; to = [ \"line:pbx-1\" ]; },\n"
	" { from = \"line:co-3\"; to = [ \"line:pbx-1\" ]; } );\n"
	"emergency = { via = [ \"group:co\", \"trunk:acme\" ]; };\n";

static unsigned long long seed;
static bool loud;	/* one seed: the trace comes even when it aborts */

static unsigned roll(unsigned n)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned)(seed >> 33) % n;
}

#define PICK(list) (list)[roll(sizeof(list) / sizeof((list)[0]))]

static void invent(const struct world *w, char *text, size_t size)
{
	unsigned kind = roll(100);

	if (kind < 40)
		snprintf(text, size, "%s %s %u", PICK(words), PICK(lines), roll(3) * 150);
	else if (kind < 50)
		snprintf(text, size, "dial %s %s%s", PICK(lines), PICK(called),
			 roll(2) ? "#" : "");
	else if (kind < 60)
		snprintf(text, size, "invite %s %s from 4420", roll(2) ? "acme" : "info",
			 PICK(called));
	else if (kind < 63 && w->leg_count)
		snprintf(text, size, roll(3) ? "refer s%u %s" : "replace s%u",
			 w->leg_count - roll(w->leg_count < 6 ? w->leg_count : 6),
			 PICK(called));
	else if (kind < 64 && w->leg_count > 1)
		snprintf(text, size, "refer-to s%u s%u", w->leg_count,
			 w->leg_count - 1);
	else if (kind < 80 && w->leg_count)
		snprintf(text, size, "%s s%u %d", PICK(legs),
			 w->leg_count - roll(w->leg_count < 6 ? w->leg_count : 6),
			 PICK(causes));
	else if (kind < 84)
		snprintf(text, size, "tone %s %s", PICK(lines), PICK(tones));
	else if (kind < 87)
		snprintf(text, size, "speech %s %u", PICK(lines), roll(3000));
	else if (kind < 88 && roll(2))
		snprintf(text, size, "probe %s %u", PICK(lines), roll(2) * 425);
	else if (kind < 88)
		snprintf(text, size, "silence %s 1000", PICK(lines));
	else if (kind < 90)
		snprintf(text, size, "cli %s 5551234", PICK(lines));
	else if (kind < 92)
		snprintf(text, size, "%s %s", PICK(orders), PICK(lines));
	else if (kind < 94)
		snprintf(text, size, "trunk acme %s", roll(3) ? "up" : "down");
	else if (kind < 95)
		snprintf(text, size, "hangup %u", roll(60));
	else if (kind < 97)
		snprintf(text, size, "limit %s both %d", roll(2) ? "box" : "group:co",
			 (int)roll(6) - 1);
	else
		snprintf(text, size, "state-off-hook %s %u", PICK(lines), roll(2));
}

/* Two telephones with two calls each need more than chance: now and then the
 * events that bring them there, in a likely order. */
static void two_calls(struct world *w)
{
	static const struct step { const char *word, *what, *more; } story[] = {
		{ "clear", "pbx-", "" }, { "off-hook", "pbx-", "" },
		{ "dial", "pbx-", "600#" }, { "answer", "s", "" }, { "flash", "pbx-", "" },
		{ "dial", "pbx-", "600#" }, { "alert", "s", "" }, { "answer", "s", "" },
		{ "flash", "pbx-", "" },
	}, hand[] = {
		{ "clear", "pbx-", "" }, { "off-hook", "pbx-", "" },
		{ "dial", "pbx-", "600#" }, { "answer", "s", "" }, { "flash", "pbx-", "" },
		{ "dial", "pbx-", "*98" }, { "dial", "pbx-", "600#" },
		{ "bye", "s", "17" }, { "flash", "pbx-", "" },
	};
	const struct step *told = roll(2) ? hand : story;
	unsigned line = 1 + roll(2);

	_Static_assert(sizeof(story) == sizeof(hand), "as long");
	for (size_t i = 0; i < sizeof(story) / sizeof(story[0]); i++) {
		char command[80];

		snprintf(command, sizeof(command), "%s %s%u %s", told[i].word,
			 told[i].what, *told[i].what == 's' ? w->leg_count : line,
			 told[i].more);
		world_say(w, "> %s", command);
		command_run(w, command);
		timers_advance(&w->timers, w->timers.now_ms + (roll(4) ? 3500 : 10));
		if (!roll(6))
			return;
	}
}

static void shake(struct world *w, const char *text)
{
	static const unsigned pauses[] = { 0, 0, 1, 20, 100, 700, 2000, 7000, 40000 };

	for (int i = 0; i < STEPS; i++) {
		char command[160];

		if (!roll(60)) {
			world_say(w, "> reload");
			world_reload(w, text);
			continue;
		}
		if (!roll(40))
			two_calls(w);
		invent(w, command, sizeof(command));
		/* A dead line would stay so for good. */
		if (!strncmp(command, "dead", 4) && roll(20))
			continue;
		world_say(w, "> %s", command);
		command_run(w, command);
		timers_advance(&w->timers, w->timers.now_ms + PICK(pauses));
	}
}

static bool run(unsigned long long number, unsigned test)
{
	char text[4096], why[200] = "", *trace = NULL;
	struct world w;
	size_t size = 0;
	FILE *f = loud ? stderr : open_memstream(&trace, &size);
	bool good;

	seed = number * 2654435761u + 1;
	snprintf(text, sizeof(text), config_text, roll(2) ? "true" : "false", roll(2) ? "wink" : "answer",
		 roll(2) ? "incoming" : "outgoing");
	good = f && !world_open(&w, f, text);
	if (good) {
		shake(&w, text);
		good = !world_close(&w, why, sizeof(why));
	}
	if (f && !loud)
		fclose(f);
	if (!good && !loud)
		fputs(trace, stderr);
	printf("%sok %u - seed %llu\n", good ? "" : "not ", test, number);
	if (!good)
		printf("# %s\n", why[0] ? why : "the configuration is wrong");
	fflush(stdout);
	free(trace);
	return good;
}

int main(int argc, char **argv)
{
	unsigned long long first = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
	unsigned count = argc > 2 ? (unsigned)atoi(argv[2]) : argc > 1 ? 1 : SEEDS;
	bool good = true;

	loud = count == 1;
	printf("1..%u\n", count);
	for (unsigned i = 0; i < count; i++)
		good = run(first + i, i + 1) && good;
	return good ? 0 : 1;
}
