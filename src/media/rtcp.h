/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * rtcp.h - reports about the session (RFC 3550, 6): what we tell the far end
 * and what it tells us. Pure: bytes and times in, bytes and figures out.
 */
#ifndef MEDIA_RTCP_H
#define MEDIA_RTCP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RTCP_MAX 256		/* longest compound packet of ours */

struct rtcp {
	uint32_t ssrc;			/* ours */
	char cname[64];
	uint32_t sent, octets;		/* of ours, RTP */
	/* Reception of the present remote source (RFC 3550, A.1, A.3, A.8). */
	bool heard;
	uint32_t remote;
	uint16_t base_seq, max_seq;
	uint32_t cycles, received;
	uint32_t expected_prior, received_prior;
	uint32_t transit;
	uint32_t jitter;		/* 1/16 samples */
	uint32_t last_sr;		/* middle of its NTP time */
	int64_t last_sr_us;		/* when it came */
	bool ended;			/* the far end said BYE */
	/* What the far end says about us. */
	uint32_t remote_lost;
	uint16_t round_trip_ms;
	int64_t next_us;		/* our next report */
	uint32_t random;
};

/* cname: a user@host that stays for the session (6.5.1). */
void rtcp_init(struct rtcp *, uint32_t ssrc, const char *cname, int64_t now_us);

/* A packet of RTP came, or another source took over (then the figures start
 * anew). arrival in us. */
void rtcp_heard(struct rtcp *, uint32_t ssrc, uint16_t seq, uint32_t timestamp,
		int64_t arrival_us);
void rtcp_sent(struct rtcp *, size_t octets);

/* Whether a report is due; then sets when the next one is (6.2, 6.3.1: a
 * session of two, 5 s on average, never in step). */
bool rtcp_due(struct rtcp *, int64_t now_us);

/* A compound packet: SR or RR, SDES CNAME, and BYE where asked. timestamp: our
 * RTP time at now. real_us: the wall clock. Returns its size. */
size_t rtcp_build(struct rtcp *, uint8_t to[RTCP_MAX], uint32_t timestamp,
		  int64_t now_us, int64_t real_us, bool bye);

/* A compound packet that came. -EINVAL: malformed, nothing was taken. */
int rtcp_parse(struct rtcp *, const uint8_t *, size_t, int64_t now_us,
	       int64_t real_us);

static inline unsigned rtcp_jitter_ms(const struct rtcp *r)
{
	return r->jitter / 16 / 8;
}

#endif
