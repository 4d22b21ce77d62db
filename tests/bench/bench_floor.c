/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * bench-floor LINES SECONDS - what cannot be avoided: for each line the reads
 * and writes of the simulated line, mu-law, a bare 512-tap filter with its
 * update, one RTP packet out and one in every 20 ms on loopback. One thread, no
 * signalling, no jitter buffer, no detectors. Prints the CPU time that one call
 * takes for one second, in us, all of this process's and none of its
 * children's: the far ends of the lines and the RTP peer are two of those.
 */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bare.h"
#include "drivers/sim/sim.h"
#include "far.h"
#include "media/law.h"

#define PACKET 160
#define HEADER 12

struct call {
	struct line_port *port;
	struct bare bare;
	int fd;
	uint16_t seq;
	uint8_t out[HEADER + PACKET], in[HEADER + PACKET];
	unsigned filled, played;	/* octets of them, without the header */
	int16_t tx[FAR_FRAME];		/* what went to the line last */
};

static void die(const char *what)
{
	fprintf(stderr, "bench-floor: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* ------------------------------------------------------ the other processes */

static pid_t child(void)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (!pid)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid;
}

static _Noreturn void far_process(const char *directory, unsigned n, int ready)
{
	static struct far far;
	struct pollfd p;

	if (far_init(&far, directory, n, PORT_FXO))
		_exit(1);
	for (unsigned i = 0; i < n; i++)
		far_off_hook(&far, i, true);
	if (write(ready, "", 1) != 1)
		_exit(1);
	p = (struct pollfd){ .fd = far.epoll_fd, .events = POLLIN };
	for (;;) {
		poll(&p, 1, -1);
		far_serve(&far);
	}
}

/* Sends every packet back to where it came from. */
static _Noreturn void echo_process(int fd)
{
	uint8_t packet[2048];

	for (;;) {
		struct sockaddr_in from;
		socklen_t size = sizeof from;
		ssize_t n = recvfrom(fd, packet, sizeof packet, 0,
				     (struct sockaddr *)&from, &size);

		if (n > 0)
			sendto(fd, packet, (size_t)n, 0,
			       (struct sockaddr *)&from, size);
	}
}

/* ---------------------------------------------------------------- the floor */

static void open_call(struct call *c, const char *directory, unsigned i,
		      const struct sockaddr_in *peer)
{
	struct port_conf conf = { .kind = PORT_FXS, .directory = directory };
	struct sockaddr_in own = { .sin_family = AF_INET };
	char why[200] = "";

	snprintf(conf.address, sizeof conf.address, "%u", i + 1);
	if (sim_driver.open(&c->port, &conf, why, sizeof why)) {
		fprintf(stderr, "bench-floor: %s\n", why);
		exit(1);
	}
	own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	c->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	if (c->fd < 0 || bind(c->fd, (struct sockaddr *)&own, sizeof own) ||
	    connect(c->fd, (const struct sockaddr *)peer, sizeof *peer))
		die("socket");
	c->out[0] = 0x80;
	c->played = PACKET;
	bare_init(&c->bare);
}

static void to_rtp(struct call *c)
{
	c->seq++;
	c->out[2] = (uint8_t)(c->seq >> 8);
	c->out[3] = (uint8_t)c->seq;
	/* Nothing to do about an error: the peer's loss shows in the audio. */
	(void)!send(c->fd, c->out, sizeof c->out, 0);
	c->filled = 0;
}

static unsigned turn(struct call *c)
{
	uint8_t octets[FAR_FRAME];
	int16_t rx[FAR_FRAME];
	unsigned frames = 0;

	while (sim_driver.read(c->port, octets, FAR_FRAME) == FAR_FRAME) {
		law_decode(AUDIO_MULAW, octets, rx, FAR_FRAME);
		bare_run(&c->bare, c->tx, rx, FAR_FRAME);
		law_encode(AUDIO_MULAW, rx, c->out + HEADER + c->filled,
			   FAR_FRAME);
		c->filled += FAR_FRAME;
		if (c->filled == PACKET)
			to_rtp(c);
		if (c->played == PACKET) {
			c->played = 0;
			if (recv(c->fd, c->in, sizeof c->in, 0) < 0)
				memset(c->in + HEADER, 0xff, PACKET);
		}
		memcpy(octets, c->in + HEADER + c->played, FAR_FRAME);
		c->played += FAR_FRAME;
		law_decode(AUDIO_MULAW, octets, c->tx, FAR_FRAME);
		sim_driver.write(c->port, octets, FAR_FRAME);
		frames++;
	}
	return frames;
}

/* All lines up to `until` (CLOCK_MONOTONIC, s). Returns the frames carried. */
static uint64_t carry(struct call *calls, unsigned n, double until)
{
	struct line_event e;
	struct timespec t;
	uint64_t frames = 0;
	struct port_wait w;

	do {
		struct pollfd p[1];

		sim_driver.wait(calls[0].port, &w);
		if (w.audio_fd < 0) {
			usleep(1000);
		} else {
			p[0] = (struct pollfd){ w.audio_fd, w.audio_mask, 0 };
			poll(p, 1, 100);
			sim_driver.turn_begin(w.audio_fd);
		}
		for (unsigned i = 0; i < n; i++)
			frames += turn(calls + i);
		clock_gettime(CLOCK_MONOTONIC, &t);
		if (w.audio_fd < 0 || !frames)
			for (unsigned i = 0; i < n; i++)
				while (sim_driver.next_event(calls[i].port, &e) > 0)
					;
	} while ((double)t.tv_sec + (double)t.tv_nsec / 1e9 < until);
	return frames;
}

static double seconds_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cpu_us(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 +
		(double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

int main(int argc, char **argv)
{
	struct sockaddr_in peer = { .sin_family = AF_INET };
	socklen_t size = sizeof peer;
	unsigned n = argc > 1 ? (unsigned)atoi(argv[1]) : 30;
	double length = argc > 2 ? atof(argv[2]) : 20, cpu, start;
	char directory[] = "/tmp/bench-floor-XXXXXX", c;
	struct call *calls = calloc(n, sizeof *calls);
	pid_t pids[2];
	uint64_t frames;
	int fd, ready[2];

	if (!n || n > FAR_LINES || !calls || !mkdtemp(directory) || pipe(ready))
		die("start");
	law_init();
	far_speech();
	peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&peer, sizeof peer) ||
	    getsockname(fd, (struct sockaddr *)&peer, &size))
		die("socket");
	pids[0] = child();
	if (!pids[0])
		far_process(directory, n, ready[1]);
	pids[1] = child();
	if (!pids[1])
		echo_process(fd);
	close(fd);
	close(ready[1]);
	if (read(ready[0], &c, 1) != 1)
		die("the far ends did not start");
	for (unsigned i = 0; i < n; i++)
		open_call(calls + i, directory, i, &peer);
	carry(calls, n, seconds_now() + 2);
	start = seconds_now();
	cpu = cpu_us();
	frames = carry(calls, n, start + length);
	cpu = cpu_us() - cpu;
	for (unsigned i = 0; i < n; i++)
		sim_driver.close(calls[i].port);
	for (int i = 0; i < 2; i++) {
		kill(pids[i], SIGTERM);
		waitpid(pids[i], NULL, 0);
	}
	for (unsigned i = 0; i < n; i++) {
		char path[sizeof directory + 40];

		snprintf(path, sizeof path, "%s/%u", directory, i + 1);
		unlink(path);
	}
	rmdir(directory);
	free(calls);
	if (!frames) {
		fprintf(stderr, "bench-floor: the lines carried nothing\n");
		return 1;
	}
	/* by the audio that was carried, 100 frames a second */
	printf("{\"us_per_call_second\":%.1f,\"frames\":%llu,"
	       "\"frames_expected\":%.0f}\n", cpu / ((double)frames / 100),
	       (unsigned long long)frames, length * 100 * n);
	return 0;
}
