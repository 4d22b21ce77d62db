/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * rtp-end - tests/system/rtp.py's RTP end as a program of its own, for where the
 * processor is too slow to keep time in Python: an emulated one. Takes commands
 * on standard input, one a line, and answers each with one line:
 *
 *   remote PORT      sends to 127.0.0.1:PORT      event N     payload type
 *   play FILE        says mu-law octets           dial DIGITS MS
 *   send 0|1         sends at all                 forget      what was heard
 *   save FILE        what was heard, mu-law in the order of its timestamps
 *   type 0|8         of voice, both ways: mu-law or A-law; files stay mu-law
 *   keys SUITE SEND RECEIVE   SRTP from now on, keys in base64; or keys off
 *   state            JSON: port, busy, received, forged (by SRTP), events,
 *                    end_packets; since forget: lost (by sequence numbers, what
 *                    comes late is not lost), dropped (by the kernel, since this
 *                    program did not read; among the lost), longest_ms between
 *                    packets
 */
#include <arpa/inet.h>
#include <linux/sock_diag.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <spandsp.h>

#include "rtp-seal.h"

#define FRAME 160
#define FRAME_NS 20000000ll
#define HEARD_MOST (8000 * 600)
#define QUEUE_MOST (8000 * 300)
#define EVENTS 256
#define DIGITS 64

static const char names[] = "0123456789*#ABCD!";	/* !: a hookflash */

struct event {
	char digit;
	unsigned duration, ends;
	uint32_t stamp;
};

static struct end {
	int fd;
	struct sockaddr_in remote;
	unsigned port, event_type, type;
	bool sending;
	uint16_t sequence;
	uint32_t stamp, ssrc;
	int64_t due;
	uint8_t *queue;			/* to say */
	size_t queued, said;
	char digits[DIGITS];		/* to dial */
	unsigned digit_count, digit_frames, step, pause;
	uint32_t digit_stamp;
	uint8_t *heard;
	size_t n;
	long base;
	uint32_t first;
	bool any;
	unsigned long received, lost, forged;
	uint32_t heard_ssrc;
	uint16_t highest;		/* sequence number */
	unsigned long span, came;	/* up to it, of this stream; RFC 3550, A.3 */
	uint32_t dropped;		/* at the last forget */
	int64_t heard_at, longest;	/* 0: none since forget */
	struct event events[EVENTS];
	unsigned event_count;
} end;

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

/* ------------------------------------------------------------------ receiving */

static void hear_event(uint32_t stamp, const uint8_t *p)
{
	struct event *e = end.events;

	if (!(p[1] & 0x80) || p[0] >= sizeof(names) - 1)
		return;
	while (e < end.events + end.event_count && e->stamp != stamp)
		e++;
	if (e == end.events + end.event_count) {
		if (end.event_count == EVENTS)
			return;
		end.event_count++;
		*e = (struct event){ names[p[0]], (unsigned)p[2] << 8 | p[3], 0, stamp };
	}
	e->ends++;
}

/* By its timestamp; a stream that begins anew comes behind the old one. */
static void hear_voice(uint32_t stamp, const uint8_t *p, size_t size)
{
	long at = (int32_t)(stamp - end.first);

	if (!end.any || at < -80000 || at > 8000000) {
		end.any = true;
		end.first = stamp;
		end.base = (long)end.n;
		at = 0;
	}
	at += end.base;
	if (at < 0 || (size_t)at + size > HEARD_MOST)
		return;
	if ((size_t)at + size > end.n)
		end.n = (size_t)at + size;
	for (size_t i = 0; i < size; i++)
		end.heard[(size_t)at + i] = end.type ? alaw_to_ulaw(p[i]) : p[i];
}

/* Packets that did not come, and how long none came. A starved computer may
 * deliver one after its successor. */
static void count_gap(uint16_t sequence, uint32_t ssrc)
{
	int64_t t = now();
	int ahead = (int16_t)(uint16_t)(sequence - end.highest);

	if (!end.heard_at || ssrc != end.heard_ssrc || abs(ahead) > 3000) {
		end.lost += end.span - end.came;
		end.span = end.came = 1;
		end.highest = sequence;
	} else if (ahead > 0) {
		end.span += (unsigned)ahead;
		end.came++;
		end.highest = sequence;
	} else if (ahead < 0 && end.came < end.span) {
		end.came++;
	}
	if (end.heard_at && t - end.heard_at > end.longest)
		end.longest = t - end.heard_at;
	end.heard_at = t;
	end.heard_ssrc = ssrc;
}

/* What the kernel had no room for in this socket, ever. */
static uint32_t dropped(void)
{
	uint32_t info[SK_MEMINFO_VARS] = { 0 };
	socklen_t size = sizeof info;

	getsockopt(end.fd, SOL_SOCKET, SO_MEMINFO, info, &size);
	return info[SK_MEMINFO_DROPS];
}

static void receive(void)
{
	uint8_t p[2048];
	ssize_t n;

	while ((n = recv(end.fd, p, sizeof p, MSG_DONTWAIT)) >= 0) {
		uint32_t stamp, ssrc;

		if (n < 12 || p[0] >> 6 != 2)
			continue;
		memcpy(&stamp, p + 4, 4);
		memcpy(&ssrc, p + 8, 4);
		stamp = ntohl(stamp);
		n = (ssize_t)unseal(p, (size_t)n);
		if (n < 12) {
			end.forged++;
			continue;
		}
		end.received++;
		count_gap((uint16_t)(p[2] << 8 | p[3]), ssrc);
		if ((p[1] & 127) == end.type)
			hear_voice(stamp, p + 12, (size_t)n - 12);
		else if ((p[1] & 127) == end.event_type && n >= 16)
			hear_event(stamp, p + 12);
	}
}

static void forget(void)
{
	memset(end.heard, 0xff, end.n);
	end.n = 0;
	end.any = false;
	end.event_count = 0;
	end.lost = end.forged = end.span = end.came = 0;
	end.dropped = dropped();
	end.heard_at = end.longest = 0;
}

/* -------------------------------------------------------------------- sending */

static void packet(unsigned kind, const void *data, size_t size, uint32_t stamp,
		   bool marker)
{
	uint8_t p[12 + FRAME + SEAL_ROOM] = { 0x80, (uint8_t)(kind | (marker ? 0x80 : 0)) };
	uint16_t sequence = htons(++end.sequence);
	uint32_t words[2] = { htonl(stamp), htonl(end.ssrc) };

	memcpy(p + 2, &sequence, 2);
	memcpy(p + 4, words, 8);
	memcpy(p + 12, data, size);
	size = seal(p, 12 + size);
	if (size && end.sending && end.remote.sin_port)
		sendto(end.fd, p, size, 0, (struct sockaddr *)&end.remote,
		       sizeof end.remote);
}

static void say(void)
{
	uint8_t frame[FRAME];
	size_t n = end.queued - end.said;

	n = n < FRAME ? n : FRAME;
	memset(frame, 0xff, FRAME);
	memcpy(frame, end.queue + end.said, n);
	end.said += n;
	for (n = 0; end.type && n < FRAME; n++)
		frame[n] = ulaw_to_alaw(frame[n]);
	if (end.pause)
		end.pause--;
	packet(end.type, frame, FRAME, end.stamp, false);
}

static void dial(void)
{
	unsigned duration = ++end.step * FRAME;
	bool last = end.step >= end.digit_frames;
	uint8_t p[4] = { (uint8_t)(strchr(names, end.digits[0]) - names),
			 last ? 0x8a : 0x0a, (uint8_t)(duration >> 8),
			 (uint8_t)duration };

	if (end.step == 1)
		end.digit_stamp = end.stamp;
	for (int i = 0; i < (last ? 3 : 1); i++)
		packet(end.event_type, p, 4, end.digit_stamp, end.step == 1);
	if (!last)
		return;
	end.step = 0;
	end.pause = 5;
	end.digit_count--;
	memmove(end.digits, end.digits + 1, end.digit_count);
}

static void tick(void)
{
	end.due += FRAME_NS;
	end.stamp += FRAME;
	if (end.step || (end.digit_count && !end.pause))
		dial();
	else
		say();
}

/* ------------------------------------------------------------------- commands */

static bool play(const char *path)
{
	FILE *f = fopen(path, "r");

	if (!f)
		return false;
	if (end.said == end.queued)
		end.said = end.queued = 0;
	end.queued += fread(end.queue + end.queued, 1, QUEUE_MOST - end.queued, f);
	fclose(f);
	return true;
}

static bool save(const char *path)
{
	FILE *f = fopen(path, "w");

	return f && fwrite(end.heard, 1, end.n, f) == end.n && !fclose(f);
}

static bool queue_digits(const char *digits, unsigned ms)
{
	size_t n = strspn(digits, names);

	if (digits[n] || end.digit_count + n > DIGITS)
		return false;
	memcpy(end.digits + end.digit_count, digits, n);
	end.digit_count += (unsigned)n;
	end.digit_frames = ms / 20 ? ms / 20 : 1;
	return true;
}

static void tell_state(void)
{
	printf("{\"port\":%u,\"busy\":%s,\"received\":%lu,\"lost\":%lu,"
	       "\"dropped\":%lu,\"forged\":%lu,\"longest_ms\":%ld,\"events\":[", end.port,
	       end.said < end.queued || end.digit_count ? "true" : "false",
	       end.received, end.lost + end.span - end.came,
	       (unsigned long)(dropped() - end.dropped), end.forged, (long)(end.longest / 1000000));
	for (unsigned i = 0; i < end.event_count; i++)
		printf("%s[\"%c\",%u]", i ? "," : "", end.events[i].digit,
		       end.events[i].duration);
	printf("],\"end_packets\":{");
	for (unsigned i = 0; i < end.event_count; i++)
		printf("%s\"%u\":%u", i ? "," : "", end.events[i].stamp,
		       end.events[i].ends);
	printf("}}\n");
}

static void command(char *line)
{
	char word[16] = "", text[512] = "", send[80] = "", receive[80] = "";
	bool ok = true;

	sscanf(line, "%15s %511s %79s %79s", word, text, send, receive);
	if (!strcmp(word, "state")) {
		tell_state();
		return;
	}
	if (!strcmp(word, "remote"))
		end.remote.sin_port = htons((uint16_t)atoi(text));
	else if (!strcmp(word, "event"))
		end.event_type = (unsigned)atoi(text);
	else if (!strcmp(word, "type"))
		end.type = (unsigned)atoi(text);
	else if (!strcmp(word, "keys"))
		ok = seal_set(text, send, receive);
	else if (!strcmp(word, "send"))
		end.sending = atoi(text);
	else if (!strcmp(word, "forget"))
		forget();
	else if (!strcmp(word, "play"))
		ok = play(text);
	else if (!strcmp(word, "save"))
		ok = save(text);
	else
		ok = !strcmp(word, "dial") && queue_digits(text, (unsigned)atoi(send));
	puts(ok ? "ok" : "error");
}

/* False at the end of standard input. */
static bool commands(void)
{
	static char text[2048];
	static size_t n;
	ssize_t more = read(STDIN_FILENO, text + n, sizeof text - 1 - n);
	char *line = text, *stop;

	if (more <= 0)
		return false;
	n += (size_t)more;
	text[n] = 0;
	while ((stop = strchr(line, '\n'))) {
		*stop = 0;
		command(line);
		line = stop + 1;
	}
	fflush(stdout);
	n -= (size_t)(line - text);
	memmove(text, line, n);
	return true;
}

static bool prepare(void)
{
	struct sched_param first = { .sched_priority = 1 };
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t size = sizeof at;

	sched_setscheduler(0, SCHED_RR, &first);	/* where that is allowed */
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	end.remote = at;
	end.event_type = 101;
	end.sending = true;
	end.heard = malloc(HEARD_MOST);
	end.queue = malloc(QUEUE_MOST);
	end.n = HEARD_MOST;
	if (!end.heard || !end.queue)
		return false;
	srandom((unsigned)(getpid() ^ now()));
	end.ssrc = (uint32_t)random();
	end.stamp = (uint32_t)random();
	end.sequence = (uint16_t)random();
	end.fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (end.fd < 0 || bind(end.fd, (struct sockaddr *)&at, sizeof at) ||
	    getsockname(end.fd, (struct sockaddr *)&at, &size))
		return false;
	forget();
	end.port = ntohs(at.sin_port);
	end.due = now();
	return true;
}

int main(void)
{
	struct pollfd p[2] = { { .fd = STDIN_FILENO, .events = POLLIN },
			       { .events = POLLIN } };

	if (!prepare()) {
		perror("rtp-end");
		return 1;
	}
	p[1].fd = end.fd;
	for (;;) {
		int64_t left = (end.due - now() + 999999) / 1000000;

		poll(p, 2, left < 0 ? 0 : (int)left);
		while (now() >= end.due)
			tick();
		if (p[1].revents)
			receive();
		if (p[0].revents && !commands())
			return 0;
	}
}
