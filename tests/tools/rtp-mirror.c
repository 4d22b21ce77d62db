/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * rtp-mirror - sends RTP back to where it came from with its spectrum turned round
 * at 2000 Hz: a tone of 700 Hz comes back as one of 3300. So who hears that knows
 * that both ways pass, and is not taken in by an echo. Any number of streams of
 * PCMU or PCMA on one port, which it prints.
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>

#define HEADER 12
#define SIGN 0x80
#define ROOM (1 << 20)

/* Every other sample negative: times a tone of 4000 Hz. The timestamp tells which,
 * so that it goes on from packet to packet. */
static void mirror(uint8_t *packet, ssize_t n)
{
	uint8_t *octets = packet + HEADER;

	for (ssize_t i = !(packet[7] & 1); i < n - HEADER; i += 2)
		octets[i] ^= SIGN;
}

int main(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), room = ROOM;
	socklen_t size = sizeof(at);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room)) ||
	    bind(fd, (struct sockaddr *)&at, sizeof(at)) ||
	    getsockname(fd, (struct sockaddr *)&at, &size)) {
		perror("rtp-mirror");
		return 1;
	}
	printf("%u\n", ntohs(at.sin_port));
	fflush(stdout);
	for (;;) {
		uint8_t packet[2048];
		struct sockaddr_in from;
		ssize_t n;

		size = sizeof(from);
		n = recvfrom(fd, packet, sizeof(packet), 0,
			     (struct sockaddr *)&from, &size);
		if (n < HEADER || packet[0] != 2 << 6)
			continue;
		mirror(packet, n);
		sendto(fd, packet, (size_t)n, 0, (struct sockaddr *)&from, size);
	}
}
