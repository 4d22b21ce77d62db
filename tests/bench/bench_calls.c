/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * bench-calls TIPRINGD LINES SECONDS - the real daemon with so many calls at a
 * time: telephones on simulated lines, through G.711 and a 64 ms canceller, to
 * a SIP peer; both sides speak all the time and the lines echo. This process is
 * the telephones and the peer: so both ends of a call have one clock. Prints
 * one JSON object: CPU time of the daemon a call and second, its resident
 * memory, and the delay that it adds.
 *
 * Delay, by marks in the audio, one way, in us:
 *
 * line to RTP: from the moment at which the line's frame that completes the
 * packet was there (each line frame is 10 ms, a packet 20 ms: so packet time
 * is left out) to the packet's arrival, by the kernel's time stamp.
 *
 * RTP to line: from the sending of the packet to the telephone's ear, less
 * what nobody can save: the jitter buffer's delay as configured (fixed at
 * BENCH_JITTER_MS), the place in the packet, and the 10 ms that a frame lies
 * on the simulated line until its clock fetches it. What is left is the wait
 * for the line's next 10 ms frame, and the daemon's own time.
 */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "daemon.h"
#include "far.h"
#include "media/law.h"
#include "sip_uas.h"

#define PACKET 160
#define HEADER 12
#define SLOTS 10		/* packets of all calls are spread over 20 ms */
#define SLOT_NS 2000000
#define NS_SAMPLE 125000
#define DELAYS 100000
#define LATEST_NS 500000000	/* a mark older than that is lost */

struct peer {
	int fd;
	int line;		/* its line's index, -1 not known */
	uint16_t seq;
	uint32_t timestamp, offset;
	uint64_t packets, sent;
	uint64_t mark_ns;	/* sent and not yet heard, 0 none */
	unsigned mark_at;
};

struct delays {
	double us[DELAYS];
	size_t n;
};

struct bench {
	struct far far;
	struct uas uas;
	struct daemon daemon;
	struct peer peer[UAS_CALLS];
	int rtp_epoll, timer;
	unsigned n, slot;
	bool measuring;
	uint64_t strange;	/* marks that came back in another place */
	struct delays line_to_rtp, rtp_to_line;
	int peer_of_line[FAR_LINES];
};

static struct bench bench;

static void note(struct bench *b, struct delays *d, double us)
{
	if (b->measuring && d->n < DELAYS)
		d->us[d->n++] = us < 0 ? 0 : us;
}

/* ------------------------------------------------------------- the SIP peer */

static uint16_t open_peer(void *arg, struct uas *u, unsigned call)
{
	struct bench *b = arg;
	struct peer *p = b->peer + call;
	struct sockaddr_in at = { .sin_family = AF_INET };
	struct epoll_event ev = { .events = EPOLLIN, .data.u32 = call };
	socklen_t size = sizeof at;
	int one = 1;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	p->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (p->fd < 0 || bind(p->fd, (struct sockaddr *)&at, sizeof at) ||
	    getsockname(p->fd, (struct sockaddr *)&at, &size) ||
	    setsockopt(p->fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof one) ||
	    connect(p->fd, (struct sockaddr *)&u->call[call].remote,
		    sizeof u->call[call].remote) ||
	    epoll_ctl(b->rtp_epoll, EPOLL_CTL_ADD, p->fd, &ev))
		return 0;
	p->line = atoi(u->call[call].calling) - 1000;
	p->offset = call * 7717 % FAR_SPEECH;
	if (p->line < 0 || p->line >= (int)b->n)
		p->line = -1;
	else
		b->peer_of_line[p->line] = (int)call;
	return ntohs(at.sin_port);
}

static void send_packet(struct bench *b, struct peer *p)
{
	const int16_t *speech = far_speech();
	int16_t linear[PACKET];
	uint8_t packet[HEADER + PACKET] = { 0x80 };

	for (unsigned i = 0; i < PACKET; i++)
		linear[i] = speech[(p->offset + i) % FAR_SPEECH];
	p->offset = (p->offset + PACKET) % FAR_SPEECH;
	p->seq++;
	p->timestamp += PACKET;
	packet[2] = (uint8_t)(p->seq >> 8);
	packet[3] = (uint8_t)p->seq;
	for (int i = 0; i < 4; i++)
		packet[4 + i] = (uint8_t)(p->timestamp >> (24 - 8 * i));
	packet[11] = 1;
	if (++p->sent % 31 == 0) {
		p->mark_at = (unsigned)(p->sent * 11) % PACKET;
		linear[p->mark_at] = 30000;
		p->mark_ns = far_now_ns();
	}
	law_encode(AUDIO_MULAW, linear, packet + HEADER, PACKET);
	(void)!send(p->fd, packet, sizeof packet, 0);
}

static void send_slot(struct bench *b)
{
	uint64_t expired;

	if (read(b->timer, &expired, sizeof expired) != sizeof expired)
		return;
	while (expired--) {
		for (unsigned i = b->slot; i < b->uas.calls; i += SLOTS)
			if (b->uas.call[i].acknowledged &&
			    !b->uas.call[i].ended)
				send_packet(b, b->peer + i);
		b->slot = (b->slot + 1) % SLOTS;
	}
}

/* The time stamp that the kernel put on a packet. */
static uint64_t stamp(struct msghdr *m)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		struct timespec t;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SO_TIMESTAMPNS)
			continue;
		memcpy(&t, CMSG_DATA(c), sizeof t);
		return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
	}
	return far_now_ns();
}

static void heard_by_peer(struct bench *b, struct peer *p, const uint8_t *audio,
			  uint64_t arrival)
{
	struct far_line *l = b->far.line + p->line;
	int16_t linear[PACKET];
	uint64_t whole;

	law_decode(AUDIO_MULAW, audio, linear, PACKET);
	for (unsigned i = 0; i < PACKET; i++) {
		if (linear[i] < FAR_MARK || !l->mark_frame)
			continue;
		/* the frame that completes this packet: the mark's own, when
		 * it is the second of the two, or the next */
		whole = b->far.tick_ns[(l->mark_frame + (i < 80)) % FAR_TICKS];
		if (i % FAR_FRAME != l->mark_at)
			b->strange += b->measuring;
		else if (arrival < whole + LATEST_NS)
			note(b, &b->line_to_rtp,
			     ((double)arrival - (double)whole) / 1000);
		l->mark_frame = 0;
	}
}

static void receive(struct bench *b)
{
	struct epoll_event ev[64];
	int n = epoll_wait(b->rtp_epoll, ev, 64, 0);

	for (int i = 0; i < n; i++) {
		struct peer *p = b->peer + ev[i].data.u32;
		uint8_t packet[2048], control[128];
		struct iovec iov = { packet, sizeof packet };
		struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
			.msg_control = control };
		ssize_t size;

		for (;;) {
			m.msg_controllen = sizeof control;
			size = recvmsg(p->fd, &m, 0);
			if (size < 0)
				break;
			if (size != HEADER + PACKET || (packet[1] & 0x7f))
				continue;
			p->packets++;
			if (p->line >= 0)
				heard_by_peer(b, p, packet + HEADER, stamp(&m));
		}
	}
}

/* ----------------------------------------------------------- the telephones */

static void heard_by_line(void *arg, unsigned line, const int16_t *samples,
			  size_t n, uint64_t tick_ns)
{
	struct bench *b = arg;
	struct peer *p;
	double ns;

	if (b->peer_of_line[line] < 0)
		return;
	p = b->peer + b->peer_of_line[line];
	for (size_t i = 0; i < n; i++) {
		if (samples[i] < FAR_MARK || !p->mark_ns)
			continue;
		ns = (double)tick_ns - (double)p->mark_ns +
			((double)i - p->mark_at) * NS_SAMPLE;
		if (ns < LATEST_NS)
			note(b, &b->rtp_to_line, ns / 1000 - 10000 -
			     BENCH_JITTER_MS * 1000);
		p->mark_ns = 0;
	}
}

/* ------------------------------------------------------------------ the run */

static void run_until(struct bench *b, uint64_t end_ns)
{
	struct pollfd p[] = {
		{ .fd = b->far.epoll_fd, .events = POLLIN },
		{ .fd = b->uas.fd, .events = POLLIN },
		{ .fd = b->rtp_epoll, .events = POLLIN },
		{ .fd = b->timer, .events = POLLIN },
	};

	while (far_now_ns() < end_ns) {
		poll(p, 4, 10);
		if (p[0].revents)
			far_serve(&b->far);
		if (p[3].revents)
			send_slot(b);
		if (p[2].revents)
			receive(b);
		if (p[1].revents)
			uas_serve(&b->uas);
	}
}

static void run_for(struct bench *b, double seconds)
{
	run_until(b, far_now_ns() + (uint64_t)(seconds * 1e9));
}

static unsigned talking(const struct bench *b)
{
	unsigned n = 0;

	for (unsigned i = 0; i < b->uas.calls; i++)
		n += b->uas.call[i].acknowledged && !b->uas.call[i].ended &&
			b->peer[i].packets > 10 && b->peer[i].line >= 0;
	return n;
}

static unsigned over(const struct bench *b)
{
	unsigned n = 0;

	for (unsigned i = 0; i < b->uas.calls; i++)
		n += b->uas.call[i].ended;
	return n;
}

static int set_up(struct bench *b, const char *program)
{
	struct itimerspec slot = { .it_interval.tv_nsec = SLOT_NS,
				   .it_value.tv_nsec = SLOT_NS };
	int ready = 0;

	for (unsigned i = 0; i < FAR_LINES; i++)
		b->peer_of_line[i] = -1;
	b->uas.open = open_peer;
	b->uas.arg = b;
	b->rtp_epoll = epoll_create1(EPOLL_CLOEXEC);
	b->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	timerfd_settime(b->timer, 0, &slot, NULL);
	if (uas_init(&b->uas) || daemon_prepare(&b->daemon) ||
	    far_init(&b->far, b->daemon.directory, b->n, PORT_FXO))
		return -1;
	b->far.heard = heard_by_line;
	b->far.arg = b;
	b->far.mark_every = 67;
	if (daemon_start(&b->daemon, program, b->n, b->uas.port))
		return -1;
	for (int i = 0; i < 600 && !ready; i++) {
		run_for(b, 0.1);
		ready = daemon_ready(&b->daemon);
	}
	if (ready <= 0) {
		fprintf(stderr, "bench-calls: tipringd did not start\n");
		return -1;
	}
	run_for(b, 1);
	for (unsigned i = 0; i < b->n; i++) {
		far_off_hook(&b->far, i, true);
		run_for(b, 0.03);
	}
	for (int i = 0; i < 100 && talking(b) < b->n; i++)
		run_for(b, 0.2);
	if (talking(b) == b->n)
		return 0;
	fprintf(stderr, "bench-calls: %u of %u calls came about\n", talking(b),
		b->n);
	return -1;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void print_delays(const char *name, struct delays *d)
{
	qsort(d->us, d->n, sizeof d->us[0], ascending);
	printf("\"%s\":{\"p50\":%.0f,\"p99\":%.0f,\"marks\":%zu}", name,
	       d->n ? d->us[d->n / 2] : 0, d->n ? d->us[d->n * 99 / 100] : 0,
	       d->n);
}

static uint64_t packets(const struct bench *b)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < b->uas.calls; i++)
		n += b->peer[i].packets;
	return n;
}

static int measure(struct bench *b, double seconds)
{
	uint64_t start, came;
	double cpu, rss, took;

	run_for(b, 5);		/* cancellers converge, the buffers settle */
	b->measuring = true;
	came = packets(b);
	start = far_now_ns();
	cpu = daemon_cpu_us(&b->daemon);
	run_for(b, seconds);
	cpu = daemon_cpu_us(&b->daemon) - cpu;
	took = (double)(far_now_ns() - start) / 1e9;
	rss = daemon_rss_mb(&b->daemon);
	came = packets(b) - came;
	b->measuring = false;
	if (talking(b) < b->n || (double)came < 0.97 * 50 * took * b->n ||
	    !b->line_to_rtp.n || !b->rtp_to_line.n) {
		fprintf(stderr, "bench-calls: %u of %u calls alive, %llu "
			"packets of %.0f, %zu and %zu marks heard: this is no "
			"measurement\n", talking(b), b->n,
			(unsigned long long)came, 50 * took * b->n,
			b->line_to_rtp.n, b->rtp_to_line.n);
		return -1;
	}
	printf("{\"cpu_us_per_call_second\":%.1f,\"rss_mb\":%.1f,"
	       "\"packets\":%llu,\"packets_expected\":%.0f,"
	       "\"marks_misplaced\":%llu,\"added_latency_us\":{",
	       cpu / took / b->n, rss, (unsigned long long)came,
	       50 * took * b->n, (unsigned long long)b->strange);
	print_delays("line_to_rtp", &b->line_to_rtp);
	printf(",");
	print_delays("rtp_to_line", &b->rtp_to_line);
	printf("}}\n");
	return 0;
}

int main(int argc, char **argv)
{
	struct bench *b = &bench;
	int bad;

	if (argc != 4) {
		fprintf(stderr, "usage: bench-calls TIPRINGD LINES SECONDS\n");
		return 2;
	}
	b->n = (unsigned)atoi(argv[2]);
	if (!b->n || b->n > UAS_CALLS) {
		fprintf(stderr, "bench-calls: 1 to %u lines\n", UAS_CALLS);
		return 2;
	}
	law_init();
	far_speech();
	bad = set_up(b, argv[1]) || measure(b, atof(argv[3]));
	for (unsigned i = 0; i < b->n; i++)
		far_off_hook(&b->far, i, false);
	for (int i = 0; i < 50 && over(b) < b->uas.calls; i++)
		run_for(b, 0.1);
	if (!bad && over(b) < b->n) {
		fprintf(stderr, "bench-calls: %u of %u calls did not end\n",
			b->n - over(b), b->n);
		bad = 1;
	}
	far_fini(&b->far);
	if (daemon_stop(&b->daemon)) {
		fprintf(stderr, "bench-calls: tipringd did not end well\n");
		bad = 1;
	}
	return bad ? 1 : 0;
}
