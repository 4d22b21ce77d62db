/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * bench-srtp - what SRTP adds to a call of 20 ms frames: the processor time to
 * seal 50 packets and to open 50, for each suite. Prints JSON: microseconds a
 * call-second by suite, the best of some runs.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "media/seal.h"

#define RUNS 9
#define PACKETS 5000
#define A_SECOND 50		/* packets each way */
#define HEAD 12
#define VOICE 160

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* False: a packet did not come out as it went in. */
static bool pass(struct seal *to, struct seal *from, uint16_t first)
{
	static _Alignas(8) uint8_t packet[HEAD + VOICE + SEAL_ROOM];
	size_t size;

	for (unsigned i = 0; i < PACKETS; i++) {
		uint16_t sequence = (uint16_t)(first + i);

		memset(packet, 0, HEAD);
		memset(packet + HEAD, 0x55, VOICE);
		packet[0] = 0x80;
		packet[2] = (uint8_t)(sequence >> 8);
		packet[3] = (uint8_t)sequence;
		packet[11] = 7;		/* SSRC */
		size = HEAD + VOICE;
		if (seal_close(to, packet, &size, false) || size <= HEAD + VOICE ||
		    seal_open(from, packet, &size, false) ||
		    size != HEAD + VOICE || packet[HEAD] != 0x55)
			return false;
	}
	return true;
}

static double measure(enum srtp_suite suite)
{
	struct media_srtp keys = { .suite = suite };
	struct seal *to, *from;
	double best = 0;

	for (size_t i = 0; i < SRTP_KEY_MOST; i++)
		keys.local[i] = keys.remote[i] = (uint8_t)(i * 7 + 1);
	to = seal_sender_new(&keys, 7);
	from = seal_receiver_new(&keys);
	for (unsigned run = 0; to && from && run < RUNS; run++) {
		double began = now_us(), took;

		if (!pass(to, from, (uint16_t)(run * PACKETS))) {
			best = 0;
			break;
		}
		took = (now_us() - began) / PACKETS * A_SECOND;
		best = !run || took < best ? took : best;
	}
	seal_free(to);
	seal_free(from);
	return best;
}

int main(void)
{
	if (seal_init()) {
		fprintf(stderr, "bench-srtp: libsrtp does not pass its own test\n");
		return 1;
	}
	printf("{");
	for (int suite = SUITE_NONE + 1; suite < SUITE_COUNT; suite++) {
		double us = measure((enum srtp_suite)suite);

		if (us <= 0) {
			fprintf(stderr, "bench-srtp: %s fails\n",
				srtp_suite_name((enum srtp_suite)suite));
			return 1;
		}
		printf("%s\"%s\":%.1f", suite > 1 ? "," : "",
		       srtp_suite_name((enum srtp_suite)suite), us);
	}
	printf("}\n");
	return 0;
}
