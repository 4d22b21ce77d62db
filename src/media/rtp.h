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

#include "tipring/media.h"

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
 * it, a source is learnt within SOURCE_LEARN of a negotiation, and not later:
 * the negotiated address at once; else, at once too, the host that was
 * negotiated or is likely, of any port; else the first other one that sends
 * SOURCE_RUN packets in a row over SOURCE_SPAN. In this order one takes the
 * place of another while there is time. From then on nobody else is heard until
 * the next negotiation: what strangers send in mid-call moves nothing. */
#define SOURCE_RUN 5
#define SOURCE_SPAN 60000	/* us */
#define SOURCE_LEARN 10000000	/* us */

enum source_rank { SOURCE_NONE, SOURCE_OTHER, SOURCE_LIKELY, SOURCE_NEGOTIATED };

struct rtp_source {
	struct sockaddr_storage remote;	/* negotiated; family 0: unknown */
	struct sockaddr_storage likely;	/* host; family 0: unknown */
	struct sockaddr_storage current;/* where packets go; family 0: nowhere */
	struct sockaddr_storage candidate;
	bool learn;
	enum source_rank locked;	/* what current is */
	enum source_rank before;	/* what it was at the negotiation */
	unsigned run;
	int64_t since;
	int64_t until;			/* the time to learn is over */
};

/* A new negotiation. A source learnt before keeps being taken at once if it
 * goes on sending and the address negotiated is still the same. */
void source_set(struct rtp_source *, const struct media_rtp *, int64_t us);

/* Whether a packet from there is worth a look. Learns nothing. */
bool source_may(const struct rtp_source *, const struct sockaddr_storage *from,
		int64_t us);

/* Whether a valid packet from there is ours; us: its arrival. */
bool source_check(struct rtp_source *, const struct sockaddr_storage *from,
		  int64_t us);

socklen_t source_size(const struct sockaddr_storage *);

/* Nobody but current is heard any more, until the next negotiation. */
bool source_settled(const struct rtp_source *, int64_t us);

/* Same address and, unless any_port, same port. */
bool source_equal(const struct sockaddr_storage *, const struct sockaddr_storage *,
		  bool any_port);

#endif
