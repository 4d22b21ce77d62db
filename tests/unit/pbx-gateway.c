/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "pbx-gateway.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "drivers/sim/sim.h"

struct gateway gw;

uint64_t gateway_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static void on_digits(void *arg, const char *digits, int n)
{
	strncat(gw.digits, digits, sizeof(gw.digits) - strlen(gw.digits) - 1);
}

int gateway_setup(void **state)
{
	memset(&gw, 0, sizeof(gw));
	strcpy(gw.directory, "/tmp/tipring-program-XXXXXX");
	assert_non_null(mkdtemp(gw.directory));
	snprintf(gw.path, sizeof(gw.path), "%s/x.wav", gw.directory);
	gw.dtmf = dtmf_rx_init(NULL, on_digits, NULL);
	gw.output = -1;
	return 0;
}

int gateway_teardown(void **state)
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
void gateway_start(const char *script, const char *const more[])
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

void gateway_open(enum port_kind kind)
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

void gateway_tone(double a, double b, unsigned on_ms, unsigned off_ms)
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

void gateway_turn(void)
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

void gateway_run(unsigned ms)
{
	uint64_t end = gateway_now() + ms;

	do
		gateway_turn();
	while (gateway_now() < end);
}

/* Until the gateway sees that event. Its value. */
int until_event(enum line_event_type type, unsigned ms)
{
	uint64_t end = gateway_now() + ms;

	for (;;) {
		while (gw.taken < gw.events)
			if (gw.event[gw.taken++].type == type)
				return gw.event[gw.taken - 1].value;
		if (gateway_now() > end)
			fail_msg("event %d does not come; the program said: %s", type,
				 gw.text);
		gateway_turn();
	}
}

void until_digits(const char *digits, unsigned ms)
{
	uint64_t end = gateway_now() + ms;

	while (strcmp(gw.digits, digits)) {
		if (gateway_now() > end || strncmp(gw.digits, digits, strlen(gw.digits)))
			fail_msg("digits %s, not %s; %s", gw.digits, digits, gw.text);
		gateway_turn();
	}
}

void until_text(const char *text, unsigned ms)
{
	uint64_t end = gateway_now() + ms;

	while (!strstr(gw.text, text)) {
		if (gateway_now() > end)
			fail_msg("it does not say \"%s\" but: %s", text, gw.text);
		gateway_turn();
	}
}

void until_end(int status, unsigned ms)
{
	uint64_t end = gateway_now() + ms;

	while (gw.child) {
		if (gateway_now() > end)
			fail_msg("the program does not end; it said: %s", gw.text);
		gateway_turn();
	}
	if (!WIFEXITED(gw.status) || WEXITSTATUS(gw.status) != status)
		fail_msg("ended with 0x%x: %s", gw.status, gw.text);
}
