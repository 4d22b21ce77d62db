/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * tipring-pbx itself, with scripts, against a gateway's end of its lines that
 * is played here: hooks, digits, tones, caller ID, sound in both directions,
 * and what a script that fails says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <spandsp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "drivers/sim/sim.h"
#include "pbx/callerid.h"
#include "pbx/wav.h"

extern char **environ;

#define SAMPLES 160000

/* The gateway's end of one line. */
struct gateway {
	char directory[40], path[80];	/* path: of what a test writes */
	struct line_port *port;
	pid_t child;
	int status, output;
	char text[8192];		/* all that the child said */
	size_t text_size;
	struct line_event event[64];
	unsigned events, taken;
	int16_t heard[SAMPLES];
	size_t heard_count;
	double hz[2];			/* what is said: two frequencies, or */
	double phase[2], level;
	const int16_t *samples;
	size_t sample_count, sample_at;
	unsigned on_ms, off_ms;		/* cadence */
	uint64_t said;			/* samples */
	dtmf_rx_state_t *dtmf;
	char digits[64];
};

static struct gateway gw;

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static void on_digits(void *arg, const char *digits, int n)
{
	strncat(gw.digits, digits, sizeof(gw.digits) - strlen(gw.digits) - 1);
}

static int setup(void **state)
{
	memset(&gw, 0, sizeof(gw));
	strcpy(gw.directory, "/tmp/tipring-program-XXXXXX");
	assert_non_null(mkdtemp(gw.directory));
	snprintf(gw.path, sizeof(gw.path), "%s/x.wav", gw.directory);
	gw.dtmf = dtmf_rx_init(NULL, on_digits, NULL);
	gw.output = -1;
	return 0;
}

static int teardown(void **state)
{
	if (gw.child) {
		kill(gw.child, SIGTERM);
		waitpid(gw.child, NULL, 0);
	}
	if (gw.port)
		sim_driver.close(gw.port);
	if (gw.output >= 0)
		close(gw.output);
	dtmf_rx_free(gw.dtmf);
	unlink(gw.path);
	return rmdir(gw.directory);
}

/* Starts the program; script NULL: no --script. */
static void start(const char *script, const char *const more[])
{
	const char *build = getenv("BUILD");
	char program[256];
	const char *argv[32] = { program, "--directory", gw.directory, "--script", "-" };
	int n = script ? 5 : 3, in[2], out[2];

	snprintf(program, sizeof(program), "%s/tipring-pbx", build ? build : ".");
	for (; more && *more; more++)
		argv[n++] = *more;
	assert_int_equal(pipe(in) | pipe(out), 0);
	gw.child = fork();
	assert_true(gw.child >= 0);
	if (!gw.child) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		dup2(out[1], 2);
		close(in[1]);
		close(out[0]);
		execv(program, (char *const *)argv);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	if (script)
		assert_int_equal(write(in[1], script, strlen(script)), strlen(script));
	close(in[1]);
	gw.output = out[0];
	fcntl(gw.output, F_SETFL, O_NONBLOCK);
}

static void open_near(enum port_kind kind)
{
	struct port_conf conf = { .address = "1", .kind = kind,
				  .directory = gw.directory, .flash_max_ms = 800 };
	char why[160];

	if (sim_driver.open(&gw.port, &conf, why, sizeof(why)))
		fail_msg("%s", why);
}

static int16_t say(void)
{
	unsigned cycle = gw.on_ms + gw.off_ms;
	bool on = !cycle || gw.said % (cycle * 8) < gw.on_ms * 8;
	double x = 0;

	gw.said++;
	if (gw.sample_at < gw.sample_count)
		return gw.samples[gw.sample_at++];
	for (int i = 0; i < 2 && gw.hz[i] > 0; i++) {
		x += sin(gw.phase[i]) * gw.level;
		gw.phase[i] += 2 * M_PI * gw.hz[i] / 8000;
	}
	return on ? (int16_t)x : 0;
}

static void tone(double a, double b, unsigned on_ms, unsigned off_ms)
{
	gw.hz[0] = a;
	gw.hz[1] = b;
	gw.level = 3000;
	gw.on_ms = on_ms;
	gw.off_ms = off_ms;
	gw.said = 0;
}

static void serve_audio(void)
{
	uint8_t frame[FRAME_MAX];
	int16_t in[FRAME_MAX];
	ssize_t n;

	while ((n = sim_driver.read(gw.port, frame, sizeof(frame))) > 0) {
		for (ssize_t i = 0; i < n; i++) {
			in[i] = ulaw_to_linear(frame[i]);
			if (gw.heard_count < SAMPLES)
				gw.heard[gw.heard_count++] = in[i];
			frame[i] = linear_to_ulaw(say());
		}
		dtmf_rx(gw.dtmf, in, (int)n);
		sim_driver.write(gw.port, frame, (size_t)n);
	}
}

static void turn(void)
{
	struct port_wait w = { .event_fd = -1, .audio_fd = -1 };
	struct pollfd pfd[3];
	ssize_t n;

	if (gw.port)
		sim_driver.wait(gw.port, &w);
	pfd[0] = (struct pollfd){ .fd = w.event_fd, .events = POLLIN };
	pfd[1] = (struct pollfd){ .fd = w.audio_fd, .events = POLLIN };
	pfd[2] = (struct pollfd){ .fd = gw.output, .events = POLLIN };
	poll(pfd, 3, 20);
	n = read(gw.output, gw.text + gw.text_size, sizeof(gw.text) - 1 - gw.text_size);
	if (n > 0)
		gw.text_size += (size_t)n;
	while (gw.port && gw.events < 64 &&
	       sim_driver.next_event(gw.port, &gw.event[gw.events]) == 1)
		gw.events++;
	if (pfd[1].revents & POLLIN) {
		sim_driver.turn_begin(w.audio_fd);
		serve_audio();
	}
	if (gw.child && waitpid(gw.child, &gw.status, WNOHANG) == gw.child) {
		gw.child = 0;
		while ((n = read(gw.output, gw.text + gw.text_size,
				 sizeof(gw.text) - 1 - gw.text_size)) > 0)
			gw.text_size += (size_t)n;
	}
}

static void run(unsigned ms)
{
	uint64_t end = now_ms() + ms;

	do
		turn();
	while (now_ms() < end);
}

/* Until the gateway sees that event. Its value. */
static int until_event(enum line_event_type type, unsigned ms)
{
	uint64_t end = now_ms() + ms;

	for (;;) {
		while (gw.taken < gw.events)
			if (gw.event[gw.taken++].type == type)
				return gw.event[gw.taken - 1].value;
		if (now_ms() > end)
			fail_msg("event %d does not come; the program said: %s", type,
				 gw.text);
		turn();
	}
}

static void until_digits(const char *digits, unsigned ms)
{
	uint64_t end = now_ms() + ms;

	while (strcmp(gw.digits, digits)) {
		if (now_ms() > end || strncmp(gw.digits, digits, strlen(gw.digits)))
			fail_msg("digits %s, not %s; %s", gw.digits, digits, gw.text);
		turn();
	}
}

static void until_text(const char *text, unsigned ms)
{
	uint64_t end = now_ms() + ms;

	while (!strstr(gw.text, text)) {
		if (now_ms() > end)
			fail_msg("it does not say \"%s\" but: %s", text, gw.text);
		turn();
	}
}

static void until_end(int status, unsigned ms)
{
	uint64_t end = now_ms() + ms;

	while (gw.child) {
		if (now_ms() > end)
			fail_msg("the program does not end; it said: %s", gw.text);
		turn();
	}
	if (!WIFEXITED(gw.status) || WEXITSTATUS(gw.status) != status)
		fail_msg("ended with 0x%x: %s", gw.status, gw.text);
}

static const char *const exchange[] = { "--line", "1=fxs", NULL };
static const char *const phone[] = { "--line", "1=fxo", "--log", NULL };

/* ------------------------------------------------------------- the tests */

/* A telephone calls through the gateway. */
static void test_phone_calls(void **state)
{
	start("expect 1 connected\n"
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
	open_near(PORT_FXS);
	until_event(LINE_EVENT_OFF_HOOK, 5000);
	tone(350, 440, 0, 0);
	until_digits("5", 5000);
	tone(0, 0, 0, 0);
	until_digits("5551234#", 5000);
	tone(440, 480, 2000, 4000);
	until_text("ringback", 8000);
	tone(1004, 0, 0, 0);
	until_text("tone 1004", 8000);
	tone(480, 620, 500, 500);
	until_text("busy", 8000);
	assert_in_range(until_event(LINE_EVENT_FLASH, 3000), 290, 310);
	until_event(LINE_EVENT_ON_HOOK, 3000);
	until_end(0, 3000);
}

/* It dials with its loop. */
static void test_phone_pulses(void **state)
{
	start("expect 1 connected\noff-hook 1\ndial 1 302 pulse\nsleep 0.5\non-hook 1\n",
	      phone);
	open_near(PORT_FXS);
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
	int16_t *samples;
	size_t count;

	assert_int_equal(callerid_make(CALLERID_BELLCORE, &from, &samples, &count), 0);
	start("answer 1 after 3.2\n"
	      "expect 1 ring\n"
	      "expect 1 caller 5559876\n"
	      "expect 1 name \"Ms Smith\"\n"
	      "expect 1 seized\n"
	      "expect 1 polarity reverse\n"
	      "expect 1 break within 4\n"
	      "expect 1 silence|congestion|tone 440 within 5\n", phone);
	open_near(PORT_FXS);
	until_event(LINE_EVENT_ALARM_CLEARED, 5000);
	sim_driver.ring(gw.port, &ring);
	until_event(LINE_EVENT_BURST_END, 3000);
	run(400);
	gw.samples = samples;
	gw.sample_count = count;
	until_event(LINE_EVENT_OFF_HOOK, 5000);
	sim_driver.polarity(gw.port, true);
	until_text("polarity reverse", 3000);
	sim_driver.battery(gw.port, 250);
	until_text("break 250 ms", 3000);
	tone(480, 620, 250, 250);
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
	start("dial-plan 1 602 = answer after 2 reverse\n"
	      "expect 1 off-hook\n"
	      "expect 1 digits 60\n"
	      "expect 1 digits 2\n"
	      "sleep 3.5\n"
	      "release 1\n"
	      "expect 1 on-hook within 5\n", exchange);
	open_near(PORT_FXO);
	until_event(LINE_EVENT_ALARM_CLEARED, 5000);
	sim_driver.hook(gw.port, true);
	until_event(LINE_EVENT_SEIZED, 3000);
	gw.heard_count = 0;
	run(600);
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
	run(800);
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

/* It rings us with caller ID; what it plays and we say arrives exactly. */
static void test_exchange_calls(void **state)
{
	char script[512], record[100], why[320];
	static int16_t sent[8000], said[8000];
	struct wav_writer *w = wav_create(gw.path);
	int16_t *got;
	size_t n, at;

	/* Values that mu-law carries as they are. */
	for (int i = 0; i < 8000; i++) {
		sent[i] = ulaw_to_linear((uint8_t)(i * 37 + i / 256) & 0x7f);
		said[i] = ulaw_to_linear((uint8_t)(i * 11 + i / 99) | 0x80);
	}
	wav_put(w, sent, 8000);
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
	start(script, exchange);
	open_near(PORT_FXO);
	until_event(LINE_EVENT_RING_ON, 5000);
	until_event(LINE_EVENT_RING_OFF, 5000);
	gw.heard_count = 0;
	until_event(LINE_EVENT_RING_ON, 8000);
	/* All of the message lies between the bursts. */
	for (at = 0; at < gw.heard_count && gw.heard[at] == 0; at++)
		;
	assert_in_range(at, 2400, 8000);
	sim_driver.hook(gw.port, true);
	until_event(LINE_EVENT_SEIZED, 2000);
	gw.heard_count = 0;
	run(300);
	gw.samples = said;
	gw.sample_count = 8000;
	run(1800);
	sim_driver.hook(gw.port, false);
	until_end(0, 5000);
	for (at = 0; at < gw.heard_count && gw.heard[at] != sent[0]; at++)
		;
	while (at + 8000 < gw.heard_count && memcmp(gw.heard + at, sent, sizeof(sent)))
		at++;
	assert_true(at + 8000 < gw.heard_count);
	assert_int_equal(wav_load(record, &got, &n, why, sizeof(why)), 0);
	unlink(record);
	/* A late turn of ours may have put frames of silence between. */
	size_t matched = 0;

	for (size_t i = 0; i < n && matched < 8000; i++)
		if (got[i] == said[matched])
			matched++;
	assert_int_equal(matched, 8000);
	free(got);
}

/* A script that fails says what was seen instead, and the status tells. */
static void test_failure(void **state)
{
	start("expect 1 connected\nexpect 1 off-hook\nexpect 1 digits 77 within 1.5\nquit\n",
	      exchange);
	open_near(PORT_FXO);
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
		{ "sleep -1\n", "--fxo", "1", 1, "sleep: seconds" },
		{ "quit\n", "--fxs", "1-2,2", 2, "named twice" },
		{ "quit\n", "--fxs", "5-3", 2, "range" },
		{ "quit\n", "--line", "1=pri", 2, "NAME=fxs or NAME=fxo" },
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
		start(table[i].script, more);
		until_end(table[i].status, 5000);
		if (!strstr(gw.text, table[i].says))
			fail_msg("%s: it said: %s", table[i].script, gw.text);
	}
}

/* ----------------------------------------------------- the control socket */

static int control(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	uint64_t end = now_ms() + 5000;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
	while (connect(fd, (struct sockaddr *)&to, sizeof(to))) {
		assert_true(now_ms() < end);
		turn();
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
	uint64_t end = now_ms() + ms;
	char got[8192] = "";
	ssize_t n;

	while ((n = read(fd, got, sizeof(got) - 1)) < 0) {
		if (now_ms() > end)
			fail_msg("no answer, \"%s\" was to come", begins);
		turn();
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
	start(NULL, more);
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
	open_near(PORT_FXO);
	ask(b, "expect 1 connected\n");
	answer(b, "ok connected", 3000);
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
	run(100);
	close(a);
	run(200);
	ask(b, "dial-tone 1\n");
	answer(b, "ok", 2000);
	/* Half closed: what was asked is still answered. */
	ask(b, "expect 1 on-hook within 5\n");
	shutdown(b, SHUT_WR);
	run(100);
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
	start("expect 1 connected\noff-hook 1\nspeak 1 \"hello, this is a test\"\n"
	      "wait-played 1\n", phone);
	open_near(PORT_FXS);
	until_event(LINE_EVENT_OFF_HOOK, 5000);
	until_end(0, 15000);
	for (size_t i = 0; i < gw.heard_count; i++)
		loud += abs(gw.heard[i]) > 1000;
	assert_true(loud > 2000);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_phone_calls), T(test_phone_pulses), T(test_phone_is_called),
		T(test_exchange_is_called), T(test_exchange_calls), T(test_failure),
		T(test_mistakes), T(test_control), T(test_speak),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
