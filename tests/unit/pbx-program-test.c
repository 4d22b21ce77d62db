/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * tipring-pbx itself, with scripts, against a gateway's end of its lines that
 * is played here: hooks, digits, tones, caller ID, sound in both directions,
 * and what a script that fails says.
 */
#include "pbx-gateway.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "drivers/sim/sim.h"
#include "pbx/callerid.h"
#include "pbx/wav.h"

static const char *const exchange[] = { "--line", "1=fxs", NULL };
static const char *const phone[] = { "--line", "1=fxo", "--log", NULL };

/* A telephone calls through the gateway. */
static void test_phone_calls(void **state)
{
	gateway_start("expect 1 connected\n"
	      "off-hook 1\n"
	      "expect 1 dial-tone within 5\n"
	      "dial 1 5551234w#\n"
	      "expect 1 ringback within 10\n"
	      "expect 1 tone 1004 within 5\n"
	      "expect 1 busy within 5\n"
	      "flash 1 300\n"
	      "sleep 0.6\n"
	      "on-hook 1\n"
	      "sleep 1.2\n", phone);
	gateway_open(PORT_FXS);
	until_event(LINE_EVENT_OFF_HOOK, 5000);
	gateway_tone(350, 440, 0, 0);
	until_digits("5", 5000);
	gateway_tone(0, 0, 0, 0);
	until_digits("5551234#", 5000);
	gateway_tone(440, 480, 2000, 4000);
	until_text("ringback", 8000);
	gateway_tone(1004, 0, 0, 0);
	until_text("tone 1004", 8000);
	gateway_tone(480, 620, 500, 500);
	until_text("busy", 8000);
	assert_in_range(until_event(LINE_EVENT_FLASH, 3000), 290, 310);
	until_event(LINE_EVENT_ON_HOOK, 3000);
	until_end(0, 3000);
}

/* It dials with its loop. */
static void test_phone_pulses(void **state)
{
	gateway_start("expect 1 connected\noff-hook 1\ndial 1 302 pulse\nsleep 0.5\non-hook 1\n",
	      phone);
	gateway_open(PORT_FXS);
	until_event(LINE_EVENT_OFF_HOOK, 5000);
	assert_int_equal(until_event(LINE_EVENT_PULSE_DIGIT, 3000), '3');
	assert_int_equal(until_event(LINE_EVENT_PULSE_DIGIT, 3000), '0');
	assert_int_equal(until_event(LINE_EVENT_PULSE_DIGIT, 3000), '2');
	until_end(0, 5000);
}

/* The gateway rings it, with caller ID between the bursts; it answers. */
static void test_phone_is_called(void **state)
{
	const struct cadence ring = { .ms = { 1000, 3000 }, .count = 2 };
	const struct party from = { .number = "5559876", .name = "Ms Smith" };
	const struct callerid_way bell = { CALLERID_BELLCORE, ALERT_RING, 0, 0 };
	int16_t *samples;
	size_t count;

	assert_int_equal(callerid_make(&bell, &from, &samples, &count), 0);
	gateway_start("answer 1 after 3.2\n"
	      "expect 1 ring\n"
	      "expect 1 caller 5559876\n"
	      "expect 1 name \"Ms Smith\"\n"
	      "expect 1 seized\n"
	      "expect 1 polarity reverse\n"
	      "expect 1 break within 4\n"
	      "expect 1 silence|congestion|tone 440 within 5\n", phone);
	gateway_open(PORT_FXS);
	until_event(LINE_EVENT_ALARM_CLEARED, 5000);
	sim_driver.ring(gw.port, &ring);
	until_event(LINE_EVENT_BURST_END, 3000);
	gateway_run(400);
	gw.samples = samples;
	gw.sample_count = count;
	until_event(LINE_EVENT_OFF_HOOK, 5000);
	sim_driver.polarity(gw.port, true);
	until_text("polarity reverse", 3000);
	sim_driver.battery(gw.port, 250);
	until_text("break 250 ms", 3000);
	gateway_tone(480, 620, 250, 250);
	until_end(0, 8000);
	assert_non_null(strstr(gw.text, "congestion"));
	free(samples);
}

/* The gateway seizes an exchange line, dials, is answered and released. */
static void test_exchange_is_called(void **state)
{
	struct line_event *e;
	dtmf_tx_state_t *dtmf = dtmf_tx_init(NULL);
	int16_t *digits = calloc(16000, sizeof(*digits));
	struct {
		int16_t x[8000];
	} part;

	dtmf_tx_put(dtmf, "60", -1);
	dtmf_tx(dtmf, digits, 16000);
	gateway_start("dial-plan 1 602 = answer after 2 reverse\n"
	      "expect 1 off-hook\n"
	      "expect 1 digits 60\n"
	      "expect 1 digits 2\n"
	      "sleep 3.5\n"
	      "release 1\n"
	      "expect 1 on-hook within 5\n", exchange);
	gateway_open(PORT_FXO);
	until_event(LINE_EVENT_ALARM_CLEARED, 5000);
	sim_driver.hook(gw.port, true);
	until_event(LINE_EVENT_SEIZED, 3000);
	gw.heard_count = 0;
	gateway_run(600);
	/* Dial tone: as loud as it should be, and no other thing. */
	assert_true(gw.heard_count >= 3200);
	memcpy(part.x, gw.heard + gw.heard_count - 2000, 4000);
	double sum = 0, level;

	for (int i = 0; i < 2000; i++)
		sum += (double)part.x[i] * part.x[i];
	level = 10 * log10(sum / 2000 / (32767.0 * 32767.0 / 2)) + 3.14;
	assert_true(level > -16 && level < -6);
	/* Two digits by DTMF, one by pulses. */
	gw.samples = digits;
	gw.sample_count = 4000;
	gateway_run(800);
	assert_int_equal(sim_driver.pulse(gw.port, "2"), 0);
	until_event(LINE_EVENT_DIALLED, 3000);
	assert_int_equal(until_event(LINE_EVENT_POLARITY, 5000), 1);
	assert_int_equal(until_event(LINE_EVENT_POLARITY, 5000), 0);
	until_event(LINE_EVENT_BREAK, 2000);
	assert_in_range(until_event(LINE_EVENT_BREAK_END, 2000), 495, 505);
	e = &gw.event[gw.taken - 1];
	assert_true(e->sample > 0);
	sim_driver.hook(gw.port, false);
	until_end(0, 5000);
	free(digits);
	dtmf_tx_free(dtmf);
}

#define SECOND 8000
#define PIECE 80

/* A second of noise, of values that mu-law carries as they are. */
static void make_noise(int16_t *samples, uint32_t seed)
{
	for (int i = 0; i < SECOND; i++) {
		seed = seed * 1664525 + 1013904223;
		samples[i] = ulaw_to_linear((uint8_t)(seed >> 24));
	}
}

/*
 * How many hundredths of a second of noise are heard, exactly and in their order.
 * A machine too busy to serve a line in time loses or adds frames between them.
 */
static int pieces_of(const int16_t *noise, const int16_t *heard, size_t count)
{
	size_t at = 0, from;
	int found = 0;

	for (int i = 0; i < SECOND; i += PIECE) {
		for (from = at; from + PIECE <= count; from++)
			if (!memcmp(heard + from, noise + i, PIECE * sizeof(*noise)))
				break;
		if (from + PIECE > count)
			continue;
		found++;
		at = from + PIECE;
	}
	return found;
}

/* It rings us with caller ID; what it plays and we say arrives exactly. */
static void test_exchange_calls(void **state)
{
	char script[512], record[100], why[320];
	static int16_t sent[SECOND], said[SECOND];
	struct wav_writer *w = wav_create(gw.path);
	int16_t *got;
	size_t n, at, sounds = 0;

	make_noise(sent, 1);
	make_noise(said, 2);
	wav_put(w, sent, SECOND);
	wav_close(w);
	snprintf(record, sizeof(record), "%s/r.wav", gw.directory);
	snprintf(script, sizeof(script),
		 "expect 1 connected\n"
		 "ring 1 from 5551234 name \"J. Doe\"\n"
		 "expect 1 off-hook within 12\n"
		 "record 1 %s\n"
		 "play 1 %s\n"
		 "wait-played 1\n"
		 "sleep 0.5\n"
		 "record 1 off\n"
		 "expect 1 on-hook\n", record, gw.path);
	gateway_start(script, exchange);
	gateway_open(PORT_FXO);
	until_event(LINE_EVENT_RING_ON, 5000);
	gw.heard_count = 0;
	until_event(LINE_EVENT_RING_OFF, 5000);
	until_event(LINE_EVENT_RING_ON, 8000);
	/* Caller ID lies between the bursts: more than half a second of it. */
	for (at = 0; at < gw.heard_count; at++)
		sounds += gw.heard[at] != 0;
	assert_true(sounds > 4000);
	sim_driver.hook(gw.port, true);
	until_event(LINE_EVENT_SEIZED, 2000);
	gw.heard_count = 0;
	gateway_run(300);
	gw.samples = said;
	gw.sample_count = SECOND;
	gateway_run(1800);
	sim_driver.hook(gw.port, false);
	until_end(0, 5000);
	assert_true(pieces_of(sent, gw.heard, gw.heard_count) >= 80);
	assert_int_equal(pieces_of(said, gw.heard, gw.heard_count), 0);
	assert_int_equal(wav_load(record, &got, &n, why, sizeof(why)), 0);
	unlink(record);
	assert_true(pieces_of(said, got, n) >= 80);
	free(got);
}

/* A script that fails says what was seen instead, and the status tells. */
static void test_failure(void **state)
{
	gateway_start("expect 1 connected\nexpect 1 off-hook\nexpect 1 digits 77 within 1.5\nquit\n",
	      exchange);
	gateway_open(PORT_FXO);
	until_event(LINE_EVENT_ALARM_CLEARED, 5000);
	sim_driver.hook(gw.port, true);
	until_event(LINE_EVENT_SEIZED, 2000);
	sim_driver.pulse(gw.port, "1");
	until_end(1, 8000);
	if (!strstr(gw.text, "(input):3: line 1: no digits 77 within 1.5 s; seen: digit 1"))
		fail_msg("it said: %s", gw.text);
}

/* Mistakes on the command line, and in a script. */
static void test_mistakes(void **state)
{
	static const struct {
		const char *script, *option, *value;
		int status;
		const char *says;
	} table[] = {
		{ "frobnicate 1\n", "--fxs", "1", 1, "no command \"frobnicate\"" },
		{ "play 1 \"x\n", "--fxs", "1", 1, "quote" },
		{ "play 2 x.wav\n", "--fxs", "1", 1, "no line 2" },
		{ "off-hook 1\nplay 1 /nonexistent.wav\n", "--fxo", "1", 1, "nonexistent" },
		{ "off-hook 1\ntone 1 5 99\n", "--fxo", "1", 1, "usage: tone" },
		{ "model 1 path D.1\n", "--fxo", "1", 1, "out of range" },
		{ "expect 1 caller\n", "--fxo", "1", 1, "expect 1 caller 5551234" },
		{ "expect 1 nonsense\n", "--fxo", "1", 1, "nothing to expect" },
		{ "flash 1 12x\n", "--fxo", "1", 1, "1 to 5000 ms" },
		{ "battery 1 break 5x\n", "--fxs", "1", 1, "usage: battery" },
		{ "sleep 0 # nothing\n#21\ndial 1 #21#\n", "--fxo", "1", 1,
		  "(input):3: line 1 is on hook" },
		{ "sleep -1\n", "--fxo", "1", 1, "sleep: seconds" },
		{ "quit\n", "--fxs", "1-2,2", 2, "named twice" },
		{ "quit\n", "--fxs", "5-3", 2, "range" },
		{ "quit\n", "--line", "1=pri", 2, "NAME=fxs or NAME=fxo" },
		{ "quit\n", "--line", "1=fxs:", 2, "NAME=fxs:dahdi/1" },
		{ "quit\n", "--line", "1=fxs:pots/1", 2, "\"pots/1\" is no port" },
		{ "quit\n", "--fxo", "1-2=dahdi/x", 2, "first port's number" },
		{ "quit\n", "--fxo", "1-2=dahdi/0", 2, "first port's number" },
		{ "quit\n", "--fxs", "1=dahdi/zap", 2, "is no channel" },
		{ "quit\n", "--country", "atlantis", 2, "which lines" },
		{ "quit\n", "--erl", "many", 2, "a number from 0 to 80" },
		{ "quit\n", "--fxs", "../x", 2, "not a line's name" },
	};

	for (unsigned i = 0; i < sizeof(table) / sizeof(*table); i++) {
		const char *const more[] = { table[i].option, table[i].value, NULL };

		memset(gw.text, 0, sizeof(gw.text));
		gw.text_size = 0;
		if (gw.output >= 0)
			close(gw.output);
		gateway_start(table[i].script, more);
		until_end(table[i].status, 5000);
		if (!strstr(gw.text, table[i].says))
			fail_msg("%s: it said: %s", table[i].script, gw.text);
	}
}

/* ---------------------------------------------------------- the manual page */

/* Words with one blank between them; of a page also without its markup. */
static void flatten(char *text)
{
	char *to = text;

	for (const char *at = text; *at; at++) {
		if (!strncmp(at, "\\fB", 3) || !strncmp(at, "\\fR", 3)) {
			at += 2;
		} else if (!strncmp(at, "\\(dq", 4)) {
			*to++ = '"';
			at += 3;
		} else if (!strncmp(at, "\\-", 2)) {
			*to++ = '-';
			at++;
		} else if (!isspace((unsigned char)*at)) {
			*to++ = *at;
		} else if (to > text && to[-1] != ' ') {
			*to++ = ' ';
		}
	}
	while (to > text && to[-1] == ' ')
		to--;
	*to = '\0';
}

/* Every command stands there, in the words of --commands. */
static void test_manual(void **state)
{
	const char *build = getenv("BUILD"), *source = getenv("SOURCE");
	char name[512], line[256], page[32768] = "";
	unsigned lines = 0;
	FILE *f;

	snprintf(name, sizeof(name), "%s/src/pbx/tipring-pbx.1", source ? source : ".");
	f = fopen(name, "r");
	assert_non_null(f);
	assert_in_range(fread(page, 1, sizeof(page) - 1, f), 1000, sizeof(page) - 2);
	fclose(f);
	flatten(page);
	snprintf(name, sizeof(name), "%s/tipring-pbx --commands", build ? build : ".");
	f = popen(name, "r");
	assert_non_null(f);
	for (; fgets(line, sizeof(line), f); lines++) {
		flatten(line);
		if (!strstr(page, line))
			fail_msg("the manual page does not say: %s", line);
	}
	assert_int_equal(pclose(f), 0);
	assert_in_range(lines, 50, 200);
}

/* ----------------------------------------------------- the control socket */

static int control(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	uint64_t end = gateway_now() + 5000;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
	while (connect(fd, (struct sockaddr *)&to, sizeof(to))) {
		assert_true(gateway_now() < end);
		gateway_turn();
	}
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

static void ask(int fd, const char *text)
{
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

/* What has come by then begins so. */
static void answer(int fd, const char *begins, unsigned ms)
{
	uint64_t end = gateway_now() + ms;
	char got[8192] = "";
	ssize_t n;

	while ((n = read(fd, got, sizeof(got) - 1)) < 0) {
		if (gateway_now() > end)
			fail_msg("no answer, \"%s\" was to come", begins);
		gateway_turn();
	}
	if (strncmp(got, begins, strlen(begins)))
		fail_msg("\"%s\" came, not \"%s\"", got, begins);
}

static void test_control(void **state)
{
	char path[64];
	const char *const more[] = { "--fxs", "1", "--control", path, NULL };
	static char garbage[9001];
	int a, b, c;

	snprintf(path, sizeof(path), "%s/control", gw.directory);
	gateway_start(NULL, more);
	a = control(path);
	b = control(path);
	/* One waits, the other does not. */
	ask(a, "expect 1 off-hook within 20\n");
	ask(b, "status\n");
	answer(b, "line 1 fxs: no gateway", 2000);
	ask(b, "ring 1\n");
	answer(b, "error: line 1: no gateway is connected", 2000);
	ask(b, "nonsense\n");
	answer(b, "error: there is no command", 2000);
	ask(b, "\n");
	answer(b, "error: an empty command", 2000);
	gateway_open(PORT_FXO);
	ask(b, "expect 1 connected\n");
	answer(b, "ok connected", 3000);
	until_event(LINE_EVENT_ALARM_CLEARED, 5000);
	sim_driver.hook(gw.port, true);
	answer(a, "ok off-hook", 3000);
	/* Another connection does not see it again. */
	c = control(path);
	ask(c, "expect 1 off-hook within 0.2\n");
	answer(c, "error: line 1: no off-hook within 0.2 s", 2000);
	/* Garbage, however long, and an end in the middle of a wait. */
	memset(garbage, 'x', sizeof(garbage) - 1);
	garbage[8999] = '\n';
	ask(c, garbage);
	answer(c, "error: ", 2000);
	close(c);
	ask(a, "expect 1 flash within 60\n");
	gateway_run(100);
	close(a);
	gateway_run(200);
	ask(b, "dial-tone 1\n");
	answer(b, "ok", 2000);
	/* Half closed: what was asked is still answered. */
	ask(b, "expect 1 on-hook within 5\n");
	shutdown(b, SHUT_WR);
	gateway_run(100);
	sim_driver.hook(gw.port, false);
	answer(b, "ok on-hook", 3000);
	close(b);
	kill(gw.child, SIGTERM);
	until_end(0, 3000);
}

static void test_speak(void **state)
{
	size_t loud = 0;

	if (access("/usr/bin/espeak-ng", X_OK))
		skip();
	gateway_start("expect 1 connected\noff-hook 1\nspeak 1 \"hello, this is a test\"\n"
	      "wait-played 1\n", phone);
	gateway_open(PORT_FXS);
	until_event(LINE_EVENT_OFF_HOOK, 5000);
	until_end(0, 15000);
	for (size_t i = 0; i < gw.heard_count; i++)
		loud += abs(gw.heard[i]) > 1000;
	assert_true(loud > 2000);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, gateway_setup, gateway_teardown)
	const struct CMUnitTest tests[] = {
		T(test_phone_calls), T(test_phone_pulses), T(test_phone_is_called),
		T(test_exchange_is_called), T(test_exchange_calls), T(test_failure),
		T(test_mistakes), T(test_manual), T(test_control), T(test_speak),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
