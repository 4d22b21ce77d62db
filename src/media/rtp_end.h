/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * rtp_end.h - the end of an RTP session. Its clock is whoever pulls: the line
 * that it is joined to, or else the pump's timer.
 */
#ifndef MEDIA_RTP_END_H
#define MEDIA_RTP_END_H

#include "media/end.h"
#include "media/jitter.h"
#include "media/pacing.h"
#include "media/pump.h"
#include "media/rfc4733.h"
#include "media/rtcp.h"
#include "media/rtp.h"
#include "media/seal.h"

#define RTP_SAMPLES 480		/* of the longest packet, 60 ms */

struct rtp_end {
	struct end end;
	int fd, rtcp_fd;
	uint16_t port;

	/* signalling's, see rtp_seal.c */
	struct seal *seals;		/* all that there are */
	struct seal *in_now, *out_now;	/* that the last rtp_set named */
	unsigned serial;		/* of it */
	/* atomic: seals in use until this rtp_set are not touched any more */
	atomic_uint settled;

	/* the pump's */
	struct seal *in, *out;		/* NULL: in the clear */
	struct seal *before;		/* in, until the new key has come */
	bool opened;			/* there was a packet with in's key */
	unsigned set_serial;
	struct list_head paced_node;
	struct media_rtp set;
	bool ready;			/* there was an rtp_set */
	struct rtp_source source;
	bool connected;			/* the socket, to source.current */
	bool stays_open;		/* it would hear nothing, connected */
	struct sockaddr_storage called;	/* our host that it sends to; family 0: not
					   known yet */

	/* sending */
	uint32_t ssrc;
	uint16_t seq;
	uint32_t timestamp;		/* of the packet being filled */
	_Alignas(8) uint8_t packet[RTP_HEADER + RTP_SAMPLES + SEAL_ROOM];
	size_t filled;			/* samples in it */
	size_t due, due_voice;		/* octets of the packet that waits to be
					   sent, and of its payload; 0: none */
	bool marker;			/* the next packet begins a talkspurt */
	struct pacing push;		/* of the voice that is sent */
	struct event_sender sender;

	/* receiving */
	struct jitter jitter;
	bool heard;			/* remote_ssrc is valid */
	uint32_t remote_ssrc;
	uint32_t period;		/* samples of a packet from there */
	uint64_t drained;		/* our clock when the socket was emptied */
	struct pacing pull;
	struct event_receiver receiver;
	int64_t event_us;		/* when an event's packet came last */
	int64_t alive_us;		/* when any packet came last */
	bool dead, first;

	char cname[64];
	struct rtcp rtcp;
	struct sockaddr_storage rtcp_to;	/* learnt; family 0: RTP's, + 1 */
};

static inline struct rtp_end *rtp_end(struct end *e)
{
	return (struct rtp_end *)e;
}

extern const struct end_class rtp_class;

/* One tick of the pump's timer. */
void rtp_end_tick(struct rtp_end *);
bool rtp_end_takes_events(const struct end *);

/* ---- rtp_seal.c */
void rtp_seals_free(struct rtp_end *);
void rtp_seals_set(struct rtp_end *, struct seal *in, struct seal *out,
		   unsigned serial);
/* A packet or report that came, as it was before it was sealed. -EBADMSG. */
int rtp_unseal(struct rtp_end *, uint8_t *packet, size_t *size, bool report);

/* ---- rtp_connect.c: a socket with one peer */
/* When the source has settled: sending costs a sixth less, for the way is looked for
 * but once, and the kernel keeps strangers out. Not if we would send from another
 * address than the one that it sends to: a connected socket has but one. */
void rtp_connect(struct rtp_end *);
void rtp_disconnect(struct rtp_end *);	/* for a negotiation: all begins anew */
/* To source.current. What send(2) returns. */
ssize_t rtp_socket_send(struct rtp_end *, const void *packet, size_t size);

/* ---- rtp_receive.c */
void rtp_pull(struct end *, int16_t *, size_t n);
void rtp_drain(struct rtp_end *, size_t n);
void rtp_drain_reports(struct rtp_end *);

/* ---- rtp_send.c */
void rtp_push(struct end *, const int16_t *, size_t n);
void rtp_send_due(struct pump *);	/* with each turn, before ends may go */
bool rtp_sounds(const struct rtp_end *);	/* there is something to send of
						   our own */
void rtp_report(struct rtp_end *, bool bye);

/* ---- rtp_open.c */
void rtp_end_dispose(struct end *);

#endif
