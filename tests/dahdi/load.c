/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * load TIPRINGD LINES SECONDS CHANNELS [idle|figures] - the real daemon with so many
 * calls at a time on DAHDI channels, wired to CHANNELS others; a third of them
 * rung by a PBX, the rest telephones that call. The SIP side sends back what it
 * gets, so each line must hear itself and nobody else. This process is all far
 * ends; it does as little as can be, for the processor is emulated. Prints one
 * JSON object, with `idle` also what it costs when nothing moves, with `figures`
 * all that make bench-dahdi tells.
 *
 * Times are those that a client sees. The delay is told above that of a loop
 * that only reads and writes the same channels, which is measured first.
 */
#define _GNU_SOURCE	/* recvmmsg */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon.h"
#include "far_lines.h"
#include "floor.h"
#include "sip_uas.h"
#include "stream.h"

#define PACKETS 64
#define SETTLE_S 3
#define WAIT_S 120	/* for what must come; the machine may be slow */
#define IDLE_S 10
#define FLOOR_S 10
#define TIMES 5
#define TRIES 5			/* of a call that the machine spoiled */
#define ON_HOOK_MS 120		/* a port without flash: this long is on hook */
#define FIRST_OCTETS 4000	/* from before the recording */

static struct load {
	struct far_lines far;
	struct uas uas;
	struct daemon daemon;
	unsigned channels;
	int rtp;
	uint16_t rtp_port;
	uint64_t invite_us;	/* when the last INVITE came */
	uint64_t packets;
	bool named;		/* one line expects caller ID */
} load;

/* ------------------------------------------------------------- the SIP side */

static uint16_t on_call(void *arg, struct uas *u, unsigned call)
{
	load.invite_us = us_now();
	return load.rtp_port;
}

static int open_rtp(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t size = sizeof at;
	int room = 1 << 20;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	load.rtp = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	setsockopt(load.rtp, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
	if (load.rtp < 0 || bind(load.rtp, (struct sockaddr *)&at, sizeof at) ||
	    getsockname(load.rtp, (struct sockaddr *)&at, &size))
		return -1;
	load.rtp_port = ntohs(at.sin_port);
	return 0;
}

/* All calls share one socket: what came goes back to where it came from. */
static void echo_rtp(void)
{
	static uint8_t data[PACKETS][512];
	static struct sockaddr_in from[PACKETS];
	struct mmsghdr m[PACKETS] = { 0 };
	struct iovec v[PACKETS];
	int n;

	for (int i = 0; i < PACKETS; i++) {
		v[i] = (struct iovec){ data[i], sizeof data[i] };
		m[i].msg_hdr = (struct msghdr){ .msg_iov = v + i, .msg_iovlen = 1,
			.msg_name = from + i, .msg_namelen = sizeof from[i] };
	}
	n = recvmmsg(load.rtp, m, PACKETS, MSG_DONTWAIT, NULL);
	for (int i = 0; i < n; i++)
		v[i].iov_len = m[i].msg_len;
	if (n > 0)
		sendmmsg(load.rtp, m, (unsigned)n, 0);
	load.packets += n > 0 ? (uint64_t)n : 0;
}

static void run_for(double seconds)
{
	uint64_t end = us_now() + (uint64_t)(seconds * 1e6);
	struct pollfd p[] = {
		{ .fd = load.far.epoll_fd, .events = POLLIN },
		{ .fd = load.uas.fd, .events = POLLIN },
		{ .fd = load.rtp, .events = POLLIN },
	};

	do {
		poll(p, 3, 5);
		if (p[0].revents)
			far_lines_serve(&load.far, 0);
		if (p[2].revents)
			echo_rtp();
		if (p[1].revents)
			uas_serve(&load.uas);
	} while (us_now() < end);
}

static bool wait_for(bool (*so)(void), double seconds)
{
	uint64_t end = us_now() + (uint64_t)(seconds * 1e6);

	while (!so() && us_now() < end)
		run_for(0.001);
	return so();
}

/* ---------------------------------------------------------------- the calls */

/* The extension whose caller ID is waited for; the last one's is not. */
static unsigned named_line(void)
{
	return load.far.n - 2;
}

static void write_lines(FILE *f, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		fprintf(f, "%s{ name = \"line-%u\"; port = \"dahdi/%u\"; "
			"number = \"%u\"; trunk = \"peer\"; echo = false; %s }",
			i ? ",\n" : "", i + 1,
			near_channel(&load.far, i, load.channels), 1000 + i,
			i < load.far.phones ? "kind = \"fxs\"; hotline = \"600\";" :
			load.named && i == named_line() ?
			"kind = \"fxo\"; ring_to = \"600\";" :
			"kind = \"fxo\"; ring_to = \"600\"; callerid = false;");
}

static bool all_talk(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < load.uas.calls; i++)
		n += load.uas.call[i].acknowledged && !load.uas.call[i].ended;
	for (unsigned i = load.far.phones; i < load.far.n; i++)
		n -= n && !load.far.line[i].off_hook;
	return n == load.far.n;
}

static bool all_over(void)
{
	for (unsigned i = 0; i < load.uas.calls; i++)
		if (!load.uas.call[i].ended)
			return false;
	return true;
}

static void tell_calls(const char *what)
{
	unsigned talk = 0, ended = 0;

	for (unsigned i = 0; i < load.uas.calls; i++) {
		ended += load.uas.call[i].ended;
		talk += load.uas.call[i].acknowledged && !load.uas.call[i].ended;
	}
	fprintf(stderr, "load: %s: %u INVITEs for %u lines, %u calls talk, "
		"%u have ended\n", what, load.uas.calls, load.far.n, talk, ended);
	for (unsigned i = 0; i < load.far.n; i++)
		if (!load.far.line[i].off_hook)
			fprintf(stderr, "load: line %u is on hook\n", i + 1);
}

static int all_call(void)
{
	for (unsigned i = 0; i < load.far.n; i++) {
		if (i < load.far.phones)
			far_lift(&load.far, i, true);
		else
			far_ring(&load.far, i, true);
		run_for(0.03);
	}
	if (wait_for(all_talk, WAIT_S))
		return 0;
	tell_calls("not all lines came to talk");
	return -1;
}

static int all_hang_up(void)
{
	for (unsigned i = 0; i < load.far.n; i++) {
		if (i < load.far.phones)
			far_lift(&load.far, i, false);
		else
			far_break(&load.far, i);
		run_for(0.02);
	}
	if (wait_for(all_over, WAIT_S))
		return 0;
	tell_calls("calls did not end");
	return -1;
}

/* ------------------------------------------------------------- what was heard */

static uint32_t bare_median;	/* samples */

static int judge(struct stream_report *r, unsigned line)
{
	struct far_line *l = load.far.line + line;
	unsigned neighbour = (line + 1) % (load.far.n > 1 ? load.far.n : 2);

	if (l->n > FIRST_OCTETS &&
	    !stream_judge(line, neighbour, l->heard, FIRST_OCTETS, l->n, r))
		return 0;
	fprintf(stderr, "load: line %u heard %u octets\n", line + 1, l->n);
	return -1;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *v, unsigned n)
{
	qsort(v, n, sizeof *v, ascending);
	return n ? v[n / 2] : 0;
}

/* The delay of a loop that only reads and writes. */
static int measure_bare(unsigned n, unsigned phones, double *p99)
{
	double each[LINES_MOST], late[LINES_MOST];
	struct stream_report r;
	int err;

	err = far_lines_open(&load.far, n, phones, load.channels, true);
	for (uint64_t end = us_now() + 1000000; !err && us_now() < end;)
		far_lines_serve(&load.far, 5);
	far_lines_keep(&load.far, true);
	for (uint64_t end = us_now() + 5000000; !err && us_now() < end;)
		far_lines_serve(&load.far, 5);
	far_lines_keep(&load.far, false);
	for (unsigned i = 0; !err && i < n; i++) {
		err = judge(&r, i);
		each[i] = r.median;
		late[i] = r.p99;
	}
	if (!err) {
		bare_median = (uint32_t)median(each, n);
		*p99 = median(late, n);
	}
	far_lines_close(&load.far);
	return err;
}

/* How much of what the floor heard was not its own, -1. */
static double floor_missing(void)
{
	uint64_t heard = 0, own = 0;
	struct stream_report r;

	for (unsigned i = 0; i < load.far.n; i++) {
		if (judge(&r, i))
			return -1;
		heard += r.heard;
		own += r.own;
	}
	return 1 - (double)own / (double)heard;
}

static int print_heard(double took, uint64_t packets)
{
	double each[LINES_MOST], late[LINES_MOST];
	uint64_t heard = 0, own = 0;
	struct stream_report r;

	printf("\"lines\":[");
	for (unsigned i = 0; i < load.far.n; i++) {
		if (judge(&r, i))
			return -1;
		each[i] = ((double)r.median - bare_median) / 8;
		late[i] = ((double)r.p99 - bare_median) / 8;
		heard += r.heard;
		own += r.own;
		printf("%s{\"heard\":%u,\"own\":%u,\"strange\":%u,\"jumps\":%u}",
		       i ? "," : "", r.heard, r.own, r.strange, r.jumps);
	}
	printf("],\"heard_of_expected\":%.4f,\"packets_of_heard\":%.4f,"
	       "\"missing\":%.5f,"
	       "\"delay_ms\":{\"p50\":%.1f,\"p99\":%.1f}",
	       (double)(heard + FIRST_OCTETS * load.far.n) / (took * 8000 * load.far.n),
	       (double)packets * 160 /
	       (double)(heard + FIRST_OCTETS * load.far.n), 1 - (double)own / (double)heard,
	       median(each, load.far.n), median(late, load.far.n));
	return 0;
}

/* ------------------------------------------------------------------- times */

static unsigned calls_before;

static bool invited(void) { return load.uas.calls > calls_before; }
static bool talks(void)
{
	return load.uas.call[load.uas.calls - 1].acknowledged;
}
static bool last_over(void) { return load.uas.call[load.uas.calls - 1].ended; }
static bool told(void) { return load.far.line[named_line()].told_us; }
static bool named_free(void) { return !load.far.line[named_line()].off_hook; }
static bool pbx_line_up(void) { return load.far.line[load.far.n - 1].off_hook; }
static bool pbx_line_free(void) { return !load.far.line[load.far.n - 1].off_hook; }

static bool comes(bool (*so)(void), const char *what)
{
	if (wait_for(so, WAIT_S))
		return true;
	fprintf(stderr, "load: %s: nothing for %d s\n", what, WAIT_S);
	return false;
}

/* The PBX rings, SIP answers; then either side hangs up. ms. */
static int time_extension(bool pbx_first, double *invite, double *release)
{
	unsigned line = load.far.n - 1;
	struct far_line *l = load.far.line + line;
	uint64_t began;

	run_for(3.5);	/* the kernel hides a ring soon after a call; the guard */
	calls_before = load.uas.calls;
	began = us_now();
	far_ring(&load.far, line, true);
	if (!comes(invited, "INVITE"))
		return -1;
	*invite = (double)(load.invite_us - began) / 1000;
	if (!comes(talks, "ACK") || !comes(pbx_line_up, "answer on the line"))
		return -1;
	run_for(1.5);
	began = us_now();
	if (pbx_first) {
		far_break(&load.far, line);
		if (!comes(last_over, "BYE"))
			return -1;
		*release = (double)(us_now() - began) / 1000;
		return comes(pbx_line_free, "release after a break") ? 0 : -1;
	}
	uas_bye(&load.uas, load.uas.call + load.uas.calls - 1);
	if (!comes(pbx_line_free, "release after BYE"))
		return -1;
	*release = (double)(l->on_hook_us - began) / 1000 - ON_HOOK_MS;
	return 0;
}

/* The machine stood still while the far end told who calls: what it sent has a
 * hole, and the gateway is right to call it unreadable. */
static bool spoiled(const struct far_line *l, const struct uas_call *c)
{
	if (!strcmp(c->calling, FAR_CALLER))
		return false;
	fprintf(stderr, "load: caller ID was sent with a pause of %.0f ms and read "
		"as \"%s\"\n", (double)l->gap_us / 1000, c->calling);
	return l->gap_us > FAR_WHOLE_US;
}

/* Rung with caller ID, to the INVITE and until it is over. 1: spoiled. */
static int call_named(double *after, double *whole)
{
	struct far_line *l = load.far.line + named_line();
	struct uas_call *c;
	uint64_t began;
	int bad;

	run_for(3.5);
	calls_before = load.uas.calls;
	began = us_now();
	if (far_ring_from(&load.far, named_line()) || !comes(invited, "INVITE") ||
	    !comes(told, "end of caller ID"))
		return -1;
	c = load.uas.call + load.uas.calls - 1;
	*after = (double)(int64_t)(load.invite_us - l->told_us) / 1000;
	*whole = (double)(load.invite_us - began) / 1000;
	bad = spoiled(l, c);
	if (!bad && strcmp(c->calling, FAR_CALLER))
		return -1;
	if (!comes(talks, "ACK"))
		return -1;
	run_for(1.5);
	uas_bye(&load.uas, c);
	return comes(named_free, "release of the named line") ? bad : -1;
}

/* Caller ID after the first burst: from its last sample, and from the ring's
 * beginning, to the INVITE. ms. */
static int time_named(double *after, double *whole)
{
	int bad = 1;

	for (int i = 0; bad > 0 && i < TRIES; i++)
		bad = call_named(after, whole);
	return bad;
}

/* A telephone calls and hangs up. ms. */
static int time_telephone(double *invite, double *release)
{
	uint64_t began;

	run_for(1);
	calls_before = load.uas.calls;
	began = us_now();
	far_lift(&load.far, 0, true);
	if (!comes(invited, "INVITE of a telephone") || !comes(talks, "ACK"))
		return -1;
	*invite = (double)(load.invite_us - began) / 1000;
	run_for(1.5);
	began = us_now();
	far_lift(&load.far, 0, false);
	if (!comes(last_over, "BYE of a telephone"))
		return -1;
	*release = (double)(us_now() - began) / 1000 - ON_HOOK_MS;
	return 0;
}

static int print_times(void)
{
	double ring[2 * TIMES], lift[TIMES], bye[TIMES], cut[TIMES], down[TIMES];
	double after[TIMES], whole[TIMES];

	for (unsigned i = 0; i < TIMES; i++)
		if (time_extension(false, ring + 2 * i, bye + i) ||
		    time_extension(true, ring + 2 * i + 1, cut + i) ||
		    time_named(after + i, whole + i) ||
		    time_telephone(lift + i, down + i)) {
			fprintf(stderr, "load: single call, round %u\n", i + 1);
			tell_calls("a single call failed");
			return -1;
		}
	printf(",\"ring_to_invite_ms\":%.1f,\"lift_to_invite_ms\":%.1f,"
	       "\"bye_to_release_ms\":%.1f,\"break_to_bye_ms\":%.1f,"
	       "\"on_hook_to_bye_ms\":%.1f,"
	       "\"callerid_to_invite_ms\":%.1f,"
	       "\"ring_callerid_to_invite_ms\":%.1f", median(ring, 2 * TIMES),
	       median(lift, TIMES), median(bye, TIMES), median(cut, TIMES),
	       median(down, TIMES), median(after, TIMES), median(whole, TIMES));
	return 0;
}

/* ------------------------------------------------------------------ the run */

static int talk(double seconds)
{
	uint64_t began, packets;
	double cpu, took;

	if (all_call())
		return -1;
	run_for(SETTLE_S);
	far_lines_keep(&load.far, true);
	load.packets = 0;
	began = us_now();
	cpu = daemon_cpu_us(&load.daemon);
	run_for(seconds);
	cpu = daemon_cpu_us(&load.daemon) - cpu;
	took = (double)(us_now() - began) / 1e6;
	packets = load.packets;
	far_lines_keep(&load.far, false);
	printf(",\"cpu_ms_per_call_second\":%.2f,\"memory_mb\":%.1f,"
	       "\"packets_of_expected\":%.4f,", cpu / 1000 / took / load.far.n,
	       daemon_rss_mb(&load.daemon),
	       (double)packets / (took * 50 * load.far.n));
	if (!all_talk()) {
		tell_calls("calls broke off");
		return -1;
	}
	return all_hang_up() || print_heard(took, packets) ? -1 : 0;
}

static double idle(void)
{
	double cpu;

	run_for(2);
	cpu = daemon_cpu_us(&load.daemon);
	/* Not even the far ends are served: nothing moves. */
	sleep(IDLE_S);
	return (daemon_cpu_us(&load.daemon) - cpu) / 1000 / IDLE_S;
}

static int ready;

static bool is_ready(void)
{
	if (!ready)
		ready = daemon_ready(&load.daemon);
	return ready;
}

static int start(const char *program)
{
	if (daemon_start(&load.daemon, program, load.far.n, load.uas.port))
		return -1;
	if (!wait_for(is_ready, WAIT_S))
		fprintf(stderr, "load: tipringd did not start\n");
	return ready > 0 ? 0 : -1;
}

static int run(const char *program, unsigned n, double seconds, bool idles,
	       bool figures)
{
	unsigned phones = n - n / 3;
	double bare_p99 = 0, floor, missing;

	load.named = figures;
	load.far.room = (uint32_t)((seconds + 10) * 8000);
	if (open_rtp() || uas_init(&load.uas) ||
	    measure_bare(n, phones, &bare_p99))
		return -1;
	load.uas.open = on_call;
	if (far_lines_open(&load.far, n, phones, load.channels, false) ||
	    daemon_prepare(&load.daemon))
		return -1;
	load.daemon.lines = write_lines;
	load.daemon.jitter_most_ms = 400;
	load.daemon.keeps_log = true;
	floor = floor_us(&load.far, load.channels, load.rtp_port, FLOOR_S, run_for);
	missing = floor < 0 ? -1 : floor_missing();
	if (missing < 0 || start(program))
		return -1;
	run_for(SETTLE_S);
	printf("{\"bare_ms\":{\"p50\":%.1f,\"p99\":%.1f},\"floor_cpu_ms\":%.2f,"
	       "\"floor_missing\":%.5f", bare_median / 8.0, bare_p99 / 8,
	       floor / 1000, missing);
	if (idles)
		printf(",\"idle_cpu_ms_per_s\":%.2f", idle());
	if (talk(seconds) || (figures && print_times()))
		return -1;
	printf("}\n");
	return 0;
}

int main(int argc, char **argv)
{
	unsigned n = argc > 4 ? (unsigned)atoi(argv[2]) : 0;
	int bad;

	if (!n || n > LINES_MOST) {
		fprintf(stderr, "usage: load TIPRINGD LINES SECONDS CHANNELS "
			"[idle|figures]\n");
		return 2;
	}
	load.channels = (unsigned)atoi(argv[4]);
	bad = run(argv[1], n, atof(argv[3]), argc > 5,
		  argc > 5 && !strcmp(argv[5], "figures"));
	if (bad)
		daemon_tell_log(&load.daemon);
	if (load.daemon.pid > 0 && daemon_stop(&load.daemon)) {
		fprintf(stderr, "load: tipringd did not end well\n");
		bad = 1;
	}
	far_lines_close(&load.far);
	return bad ? 1 : 0;
}
