/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * media-rig.h - a pump with fake lines and a real RTP peer on loopback.
 */
#ifndef MEDIA_RIG_H
#define MEDIA_RIG_H

#include <time.h>

#include "media-fake.h"
#include "media/media.h"

#define RIG_EVENTS 4096
#define PEER_SAMPLES (40 * 8000)
#define PEER_PACKETS 4096

struct rig_event {
	void *owner;
	struct media_event ev;
};

struct rig {
	struct loop *loop;
	struct media *media;
	struct rig_event event[RIG_EVENTS];
	unsigned events;
	struct timespec due;		/* of the lines' next frame */
};

/* What a packet that came was. */
struct peer_packet {
	uint8_t payload, data[4];
	bool marker;
	uint16_t seq;
	uint32_t timestamp;
};

struct peer {
	int fd;
	struct sockaddr_storage to;	/* where it sends */
	uint16_t port, seq;
	uint32_t timestamp, ssrc;
	bool sending, alaw;
	const int16_t *voice;		/* what it says */
	size_t at, length;
	int16_t heard[PEER_SAMPLES];	/* in the order of their timestamps */
	size_t heard_n;
	uint32_t first_timestamp;
	bool any;
	struct peer_packet packet[PEER_PACKETS];
	unsigned packets;
	unsigned tick;
};

int rig_setup(void **state);
int rig_teardown(void **state);

struct media_end *rig_line(struct rig *, unsigned port, const void *owner);
struct media_end *rig_rtp(struct rig *, struct peer *, const void *owner,
			  struct media_rtp *set);
/* Bound to another host of ours; the peer sends to the loopback all the same. */
struct media_end *rig_rtp_at(struct rig *, struct peer *, const void *owner,
			     struct media_rtp *set, uint32_t host);
void rig_events(struct rig *);	/* lets what has come be told */
/* Goes on for ms of real time: the lines' clock, the peers (NULL: none). */
void rig_run(struct rig *, unsigned ms, struct peer *a, struct peer *b);
/* Behind rig_run(): the pump stands still for ms, while the peer goes on; then it
 * finds all that the line's card has kept at once, and runs on for then_ms. */
void rig_stall(struct rig *, unsigned ms, unsigned then_ms, struct peer *);
/* Waits until so many events of a type were told, 2 s at most. */
bool rig_wait(struct rig *, enum media_event_type, unsigned count);
unsigned rig_count(const struct rig *, const void *owner, enum media_event_type);
const struct media_event *rig_last(const struct rig *, const void *owner,
				   enum media_event_type);
void rig_free(struct rig *, struct media_end *);	/* and waits for FREED */

void peer_open(struct peer *);
void peer_send(struct peer *, const void *payload, size_t size, uint8_t type,
	       bool marker, uint32_t timestamp);
void peer_receive(struct peer *);

/* Noise shaped like speech: bursts of 50 to 400 ms with pauses. */
void speech_like(int16_t *, size_t n, unsigned seed);
/* Best normalised cross-correlation of a's part [at, at + n) anywhere in b. */
double match(const int16_t *a, size_t at, size_t n, const int16_t *b,
	     size_t b_n);
/* The same for five pieces of n / 5, the middle one of the results: on a busy
 * machine the jitter buffer may have cut or stretched the sound somewhere. */
double match_pieces(const int16_t *a, size_t at, size_t n, const int16_t *b,
		    size_t b_n);

#endif
