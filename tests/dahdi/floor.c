/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "floor.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "drivers/dahdi/dahdi.h"

#define HEADER 12	/* of RTP */
#define SETTLE_S 2

struct bare_call {
	struct line_port *port;
	int fd;
	uint16_t seq;
};

static int open_call(struct bare_call *c, unsigned channel, enum port_kind kind,
		     struct epoll_event *ev, int epoll_fd)
{
	struct port_conf conf = { .kind = kind };
	struct port_wait w;
	char why[256] = "";

	snprintf(conf.address, sizeof conf.address, "%u", channel);
	c->fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (c->fd < 0 || dahdi_driver.open(&c->port, &conf, why, sizeof why)) {
		fprintf(stderr, "floor: channel %u: %s\n", channel, why);
		return -1;
	}
	dahdi_driver.wait(c->port, &w);
	return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, w.audio_fd, ev);
}

static void block(struct bare_call *c, const struct sockaddr_in *to)
{
	uint8_t data[HEADER + FRAME_MAX] = { 0x80, 0 };
	struct line_event e;
	ssize_t n;

	n = dahdi_driver.read(c->port, data + HEADER, FRAME_MAX);
	if (n <= 0) {
		while (dahdi_driver.next_event(c->port, &e) > 0)
			;
		return;
	}
	data[2] = (uint8_t)(c->seq >> 8);
	data[3] = (uint8_t)c->seq++;
	sendto(c->fd, data, HEADER + (size_t)n, MSG_DONTWAIT,
	       (const struct sockaddr *)to, sizeof *to);
	n = recv(c->fd, data, sizeof data, MSG_DONTWAIT);
	if (n > HEADER)
		dahdi_driver.write(c->port, data + HEADER, (size_t)n - HEADER);
}

static void run(const struct far_lines *f, unsigned channels, uint16_t port)
{
	static struct bare_call call[LINES_MOST];
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct epoll_event ev[LINES_MOST];
	int epoll_fd = epoll_create1(0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (unsigned i = 0; i < f->n; i++) {
		ev[0] = (struct epoll_event) { .events = EPOLLIN | EPOLLPRI,
					       .data.u32 = i };
		if (open_call(call + i, near_channel(f, i, channels),
			      i < f->phones ? PORT_FXS : PORT_FXO, ev, epoll_fd))
			_exit(1);
	}
	for (;;) {
		int n = epoll_wait(epoll_fd, ev, LINES_MOST, -1);

		for (int i = 0; i < n; i++)
			block(call + ev[i].data.u32, &to);
	}
}

static double cpu_us(pid_t pid)
{
	struct timespec t = { 0 };
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &t))
		return -1;
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

double floor_us(struct far_lines *f, unsigned channels, uint16_t port,
		double seconds, void (*serve)(double))
{
	pid_t pid = fork();
	double began, used;
	uint64_t from;

	if (!pid)
		run(f, channels, port);
	if (pid < 0)
		return -1;
	serve(SETTLE_S);
	far_lines_keep(f, true);
	from = us_now();
	began = cpu_us(pid);
	serve(seconds);
	used = (cpu_us(pid) - began) / ((double)(us_now() - from) / 1e6) / f->n;
	far_lines_keep(f, false);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return began < 0 ? -1 : used;
}
