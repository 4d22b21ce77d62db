/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * rtp.h - RTP packets (RFC 3550, 5.1), and whose packets are heard.
 */
#ifndef MEDIA_RTP_H
#define MEDIA_RTP_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define RTP_HEADER 12
#define RTP_PACKET_MAX 640	/* 60 ms of G.711 with header and extension */

struct rtp_packet {
	bool marker;
	uint8_t payload;
	uint16_t seq;
	uint32_t timestamp;
	uint32_t ssrc;
	const uint8_t *data;	/* inside the packet parsed */
	size_t size;
};

/* -EINVAL: not RTP version 2, or its lengths contradict each other. */
int rtp_parse(struct rtp_packet *, const void *packet, size_t size);

/* Writes the twelve octets before the payload. */
void rtp_header(const struct rtp_packet *, uint8_t *to);

/* Whose packets are taken. Without `learn` only the negotiated address. With
 * it, the negotiated address when it sends, else the first other source that
 * sends SOURCE_RUN packets in a row over SOURCE_SPAN; from then on nobody else
 * until the next source_set. */
#define SOURCE_RUN 5
#define SOURCE_SPAN 60000	/* us */

struct rtp_source {
	struct sockaddr_storage remote;	/* negotiated; family 0: unknown */
	struct sockaddr_storage current;/* where packets go; family 0: nowhere */
	struct sockaddr_storage candidate;
	bool learn, locked;
	unsigned run;
	int64_t since;
};

/* A new negotiation. A source learnt before keeps being taken at once if it
 * goes on sending and the address negotiated is still the same. */
void source_set(struct rtp_source *, const struct sockaddr_storage *remote,
		bool learn);

/* Whether a valid packet from there is ours; us: its arrival. */
bool source_check(struct rtp_source *, const struct sockaddr_storage *from,
		  int64_t us);

/* Same address and, unless any_port, same port. */
bool source_equal(const struct sockaddr_storage *, const struct sockaddr_storage *,
		  bool any_port);

#endif
