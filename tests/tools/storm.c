/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * storm - sends the datagrams in FILEs by turns, at a rate, and ends; prints how
 * many. It is nice to who shares the processor with it.
 *
 *   storm [--tcp] [--from ADDRESS[:PORT]] [--mutate SEED] [--rate N]
 *         [--seconds N] ADDRESS:PORT FILE...
 *
 * NNNNNNNN in a file becomes the number of the message in hexadecimal, so that
 * each has transaction and dialog of its own. --mutate changes each message in
 * one to six places; the same seed makes the same messages. --tcp: one connection
 * for some messages. IPv4.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define FILES 64
#define MOST 8192		/* octets of a message, grown by mutation, too */
#define BATCH 64
#define TICK_NS 2000000ll
#define ON_ONE 8		/* messages on one connection */
#define MARK "NNNNNNNN"

static struct message {
	uint8_t data[MOST];
	size_t size;
} files[FILES], out[BATCH];
static size_t file_count;
static uint64_t state;
static bool mutating, tcp;
static struct sockaddr_in to, from = { .sin_family = AF_INET };
static int fd = -1;
static unsigned on_this;

static uint32_t chance(uint32_t below)
{
	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return below ? (uint32_t)(state >> 33) % below : 0;
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

/* ------------------------------------------------------------------ mutating */

static const char *const words[] = {
	"-1", "4294967296", "99999999999999999999", "0", "%00", "%n%s", "\r\n\r\n",
	"\r\n ", ";", ",", "<", ">", "\"", "[::1]", "sip:", "sips:a@[", "tel:+1",
	";tag=", ";branch=", ";maddr=silent.invalid", ";rport;received=",
	"\r\nContent-Length: 5\r\n", "\r\nRoute: <sip:a;lr>\r\n", "\xff\xfe",
	"\r\nm=audio 0 RTP/SAVP 0\r\n", "\r\na=crypto:1 X inline:\r\n", "RTP/AVP",
	"\r\nReplaces: a;to-tag=b;from-tag=c\r\n", "\r\nRequire: 100rel\r\n",
	"\r\nc=IN IP6 ::\r\n", "\r\nVia: SIP/2.0/TCP a\r\n", "multipart/mixed",
};

/* `cut` octets at `at` become the first `size` of `with`. */
static void replace(struct message *m, size_t at, size_t cut, const void *with,
		    size_t size)
{
	if (m->size - cut + size > MOST)
		return;
	memmove(m->data + at + size, m->data + at + cut, m->size - at - cut);
	memcpy(m->data + at, with, size);
	m->size += size - cut;
}

static void mutate(struct message *m)
{
	const struct message *other = &files[chance((uint32_t)file_count)];
	uint32_t at = chance((uint32_t)m->size), left = (uint32_t)m->size - at;
	uint8_t copy[256];
	const char *word;
	size_t n;

	if (!m->size)
		return;
	switch (chance(8)) {
	case 0:
		m->data[at] ^= (uint8_t)(1u << chance(8));
		break;
	case 1:
		m->data[at] = (uint8_t)chance(256);
		break;
	case 2:
		replace(m, at, chance(left < 64 ? left : 64), "", 0);
		break;
	case 3:				/* again, up to 60 times */
		n = 1 + chance(left < sizeof(copy) ? left : sizeof(copy));
		n = n > left ? left : n;
		memcpy(copy, m->data + at, n);
		for (uint32_t i = chance(chance(8) ? 3 : 60); i; i--)
			replace(m, at, 0, copy, n);
		break;
	case 4:
		word = words[chance(sizeof(words) / sizeof(words[0]))];
		replace(m, at, chance(2) ? 0 : chance(left < 12 ? left : 12), word,
			strlen(word));
		break;
	case 5:				/* the end of another */
		n = chance((uint32_t)other->size);
		replace(m, at, left, other->data + n, other->size - n);
		break;
	case 6:
		if (!chance(4))
			m->size = at;
		break;
	default:			/* a number */
		while (at < m->size && (m->data[at] < '0' || m->data[at] > '9'))
			at++;
		word = words[chance(5)];
		if (at < m->size)
			replace(m, at, 1, word, strlen(word));
	}
}

static void make(struct message *m, uint32_t number)
{
	char text[sizeof(MARK)];
	uint8_t *p;

	*m = files[mutating ? chance((uint32_t)file_count) : number % file_count];
	snprintf(text, sizeof(text), "%08x", number);
	while ((p = memmem(m->data, m->size, MARK, sizeof(MARK) - 1)))
		memcpy(p, text, sizeof(MARK) - 1);
	if (mutating)
		for (uint32_t i = chance(6) + 1; i; i--)
			mutate(m);
}

/* ------------------------------------------------------------------- sending */

static int open_socket(void)
{
	const struct timeval wait = { .tv_usec = 200000 };
	const int on = 1;
	int s = socket(AF_INET, tcp ? SOCK_STREAM : SOCK_DGRAM, 0);

	if (s < 0)
		return -errno;
	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
	if (bind(s, (const void *)&from, sizeof(from)) < 0 ||
	    (tcp && connect(s, (const void *)&to, sizeof(to)) < 0)) {
		close(s);
		return -errno;
	}
	return s;
}

static bool send_stream(const struct message *m)
{
	if (fd >= 0 && on_this == ON_ONE) {
		close(fd);
		fd = -1;
	}
	if (fd < 0) {
		fd = open_socket();
		on_this = 0;
	}
	on_this++;
	if (fd >= 0 && send(fd, m->data, m->size, MSG_NOSIGNAL) >= 0)
		return true;
	on_this = ON_ONE;	/* refused, closed or full */
	return false;
}

static unsigned long send_datagrams(unsigned n)
{
	struct mmsghdr h[BATCH] = { 0 };
	struct iovec v[BATCH];
	int done;

	for (unsigned i = 0; i < n; i++) {
		v[i] = (struct iovec){ out[i].data, out[i].size };
		h[i].msg_hdr = (struct msghdr){ .msg_name = &to,
			.msg_namelen = sizeof(to), .msg_iov = &v[i], .msg_iovlen = 1 };
	}
	done = sendmmsg(fd, h, n, 0);
	return done < 0 ? 0 : (unsigned long)done;
}

static unsigned long run(unsigned long rate, unsigned seconds)
{
	int64_t began = now(), end = began + seconds * 1000000000ll, t;
	unsigned long made = 0, sent = 0;

	while ((t = now()) < end) {
		uint64_t due = (uint64_t)(t - began) * rate / 1000000000u;
		struct timespec nap = { .tv_nsec = TICK_NS };
		unsigned n = 0;

		while (made < due && n < BATCH) {
			make(&out[n], (uint32_t)made++);
			if (tcp)
				sent += send_stream(&out[n]);
			else
				n++;
		}
		if (n)
			sent += send_datagrams(n);
		if (made >= due)
			nanosleep(&nap, NULL);
	}
	return sent;
}

/* ------------------------------------------------------------------- command */

static bool address(struct sockaddr_in *a, char *text)
{
	char *colon = strchr(text, ':');

	if (colon) {
		*colon = '\0';
		a->sin_port = htons((uint16_t)atoi(colon + 1));
	}
	a->sin_family = AF_INET;
	return inet_pton(AF_INET, text, &a->sin_addr) == 1;
}

static bool read_file(const char *path)
{
	struct message *m = &files[file_count];
	FILE *f = file_count < FILES ? fopen(path, "rb") : NULL;

	if (!f)
		return false;
	m->size = fread(m->data, 1, MOST, f);
	fclose(f);
	file_count += m->size > 0;
	return true;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "tcp", no_argument, NULL, 't' },
		{ "from", required_argument, NULL, 'f' },
		{ "mutate", required_argument, NULL, 'm' },
		{ "rate", required_argument, NULL, 'r' },
		{ "seconds", required_argument, NULL, 's' },
		{ 0 },
	};
	unsigned long rate = 1000;
	unsigned seconds = 1;
	bool good = true;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 't')
			tcp = true;
		else if (c == 'f')
			good &= address(&from, optarg);
		else if (c == 'm')
			mutating = true, state = strtoull(optarg, NULL, 0);
		else if (c == 'r')
			rate = strtoul(optarg, NULL, 10);
		else if (c == 's')
			seconds = (unsigned)strtoul(optarg, NULL, 10);
		else
			good = false;
	}
	if (optind < argc)
		good &= address(&to, argv[optind++]);
	while (good && optind < argc)
		good = read_file(argv[optind++]);
	if (!good || !file_count) {
		fprintf(stderr, "storm: wrong arguments or no file\n");
		return 2;
	}
	if (setpriority(PRIO_PROCESS, 0, 19) < 0)
		perror("storm: priority");
	fd = tcp ? -1 : open_socket();
	if (!tcp && fd < 0) {
		fprintf(stderr, "storm: %s\n", strerror(-fd));
		return 1;
	}
	printf("%lu\n", run(rate, seconds));
	return 0;
}
