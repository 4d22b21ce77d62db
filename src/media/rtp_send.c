/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include <string.h>

#include "media/law.h"
#include "media/rtp_end.h"

static bool may_send(const struct rtp_end *r)
{
	return r->ready && r->set.send &&
	       r->source.current.ss_family != AF_UNSPEC;
}

/* data: on a multiple of four, with SEAL_ROOM behind it. */
static bool complete(struct rtp_end *r, const struct rtp_packet *p, uint8_t *data,
		     size_t *size)
{
	rtp_header(p, data);
	r->seq++;
	return !r->out || !seal_close(r->out, data, size, false);
}

static void transmit(struct rtp_end *r, const uint8_t *data, size_t size,
		     size_t voice)
{
	if (rtp_socket_send(r, data, size) < 0)
		return;
	stat_add(r->end.stats.sent, 1);
	rtcp_sent(&r->rtcp, voice);
}

void rtp_send_due(struct pump *p)
{
	for (unsigned i = 0; i < p->due_count; i++) {
		struct rtp_end *r = p->due[i];

		transmit(r, r->packet, r->due, r->due_voice);
		r->due = 0;
	}
	p->due_count = 0;
}

static void send_event(struct rtp_end *r, const struct event_packet *ev)
{
	_Alignas(8) uint8_t data[RTP_HEADER + EVENT_SIZE + SEAL_ROOM];
	struct rtp_packet p = {
		.marker = ev->marker, .payload = r->set.event_payload,
		.seq = r->seq, .timestamp = ev->timestamp, .ssrc = r->ssrc,
	};
	size_t size = RTP_HEADER + EVENT_SIZE;

	memcpy(data + RTP_HEADER, ev->data, EVENT_SIZE);
	if (complete(r, &p, data, &size))
		transmit(r, data, size, EVENT_SIZE);
}

static void send_voice(struct rtp_end *r)
{
	struct rtp_packet p = {
		.marker = r->marker, .payload = r->set.payload, .seq = r->seq,
		.timestamp = r->timestamp, .ssrc = r->ssrc,
	};

	struct pump *pump = r->end.pump;
	size_t size = RTP_HEADER + r->filled;

	r->marker = false;
	if (!complete(r, &p, r->packet, &size))
		return;
	r->due = size;
	r->due_voice = r->filled;
	pump->due[pump->due_count++] = r;
	if (pump->due_count == PUMP_DUE)
		rtp_send_due(pump);
}

/* The packet is full: voice, or in its place what there is to say of an event
 * (RFC 4733, 2.5.1.2). */
static void flush(struct rtp_end *r)
{
	struct event_packet ev;

	if (event_next(&r->sender, (uint32_t)r->filled, &ev)) {
		if (may_send(r))
			send_event(r, &ev);
		r->marker = true;
		if (!r->sender.digit)
			end_changed(&r->end);
	} else if (may_send(r)) {
		send_voice(r);
	}
	r->timestamp += (uint32_t)r->filled;
	r->filled = 0;
}

/* Digits that go as events: the dialler is the clock, a digit that has ended
 * finishes its packets before the next begins. */
static void dial(struct rtp_end *r, size_t n)
{
	struct dialler *d = &r->end.dialler;

	if (!dialler_busy(d) || r->sender.ending)
		return;
	if (!dialler_run(d, NULL, n))
		end_dialled(&r->end);
	if (r->sender.digit && d->sounding != r->sender.digit)
		event_end(&r->sender);
	else if (!r->sender.digit && d->sounding)
		event_start(&r->sender, d->sounding, r->timestamp);
}

bool rtp_sounds(const struct rtp_end *r)
{
	return r->end.player.playing || r->end.dialler.count ||
	       r->sender.digit;
}

/* The RTP clock runs on while nothing is sent: a new talkspurt. */
static void catch_up(struct rtp_end *r, size_t n)
{
	uint32_t lost = pacing_run(&r->push, r->end.pump->now_us, n);

	if (!lost)
		return;
	r->timestamp += lost;
	r->filled = 0;
	r->marker = true;
}

void rtp_push(struct end *e, const int16_t *s, size_t n)
{
	struct rtp_end *r = rtp_end(e);
	size_t full = (size_t)r->set.ptime * 8;
	int16_t own[FRAME];
	bool alaw = r->set.codec == CODEC_PCMA;

	if (!r->ready)
		return;
	catch_up(r, n);
	if (rtp_end_takes_events(e))
		dial(r, n);
	if ((!dialler_busy(&e->dialler) || !rtp_end_takes_events(e)) &&
	    end_sound(e, own, n))
		s = own;
	meter_add(&e->tx, s, n);
	for (size_t part; n; n -= part, s += part) {
		if (r->due)	/* a long frame: the packet's place is wanted again */
			rtp_send_due(e->pump);
		part = full - r->filled < n ? full - r->filled : n;
		law_encode(alaw ? AUDIO_ALAW : AUDIO_MULAW, s,
			    r->packet + RTP_HEADER + r->filled, part);
		r->filled += part;
		if (r->filled == full)
			flush(r);
	}
}

void rtp_report(struct rtp_end *r, bool bye)
{
	struct sockaddr_storage to = r->rtcp_to;
	struct pump *p = r->end.pump;
	_Alignas(8) uint8_t data[RTCP_MAX + SEAL_ROOM];
	size_t size;

	if (!r->ready || r->source.current.ss_family == AF_UNSPEC)
		return;
	if (to.ss_family == AF_UNSPEC) {
		to = r->source.current;
		if (to.ss_family == AF_INET6) {
			struct sockaddr_in6 *in6 = (void *)&to;

			in6->sin6_port = htons(ntohs(in6->sin6_port) + 1);
		} else {
			struct sockaddr_in *in = (void *)&to;

			in->sin_port = htons(ntohs(in->sin_port) + 1);
		}
	}
	size = rtcp_build(&r->rtcp, data, r->timestamp + (uint32_t)r->filled,
			  p->now_us, p->real_us, bye);
	if (r->out && seal_close(r->out, data, &size, true))
		return;
	sendto(r->rtcp_fd, data, size, MSG_DONTWAIT | MSG_NOSIGNAL,
	       (const struct sockaddr *)&to, source_size(&to));
}
