/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include <string.h>

#include "media/law.h"
#include "media/rtp_end.h"

#define DRAINS 32		/* packets of one end in a turn, at most */
#define PERIOD 160		/* samples a packet until one has come */
#define EVENT_GAP_US 150000	/* an event's packets stopped: its end was lost */
#define DIGIT_MIN_MS 70		/* tone that we make of an event, at least */
#define DIGIT_OFF_MS 50
#define COMFORT_NOISE 13	/* RFC 3389 */

static void event(struct rtp_end *r, struct event_result n);

/* ----------------------------------------------------------------- one packet */

static void new_source(struct rtp_end *r, uint32_t ssrc)
{
	if (r->heard) {
		event(r, event_timeout(&r->receiver));
		r->receiver = (struct event_receiver) { 0 };
		jitter_reset(&r->jitter);
	}
	r->heard = true;
	r->remote_ssrc = ssrc;
}

static void event_began(struct rtp_end *r)
{
	struct end *peer = r->end.peer;

	if (peer && (peer->relay || r->end.relay))
		dialler_open(&peer->dialler, r->receiver.digit, DIGIT_OFF_MS);
}

static void event_ended(struct rtp_end *r, const struct event_result *n)
{
	struct end *peer = r->end.peer;

	if (peer && (peer->relay || r->end.relay))
		dialler_close(&peer->dialler, n->ms < DIGIT_MIN_MS ?
			      DIGIT_MIN_MS : n->ms);
	end_emit_digit(&r->end, n->ended, DIGIT_RFC4733, n->ms);
}

static void event(struct rtp_end *r, struct event_result n)
{
	bool old = n.news == (EVENT_BEGAN | EVENT_ENDED) && r->receiver.active;

	if (old)	/* the one before ended unseen */
		event_ended(r, &n);
	if (n.news & EVENT_BEGAN)
		event_began(r);
	if (n.news & EVENT_ENDED && !old)
		event_ended(r, &n);
}

/* The law of a payload type, -1: no voice. Both static types are understood
 * whatever was negotiated. */
static int law(const struct rtp_end *r, uint8_t payload)
{
	if (payload == r->set.payload)
		return r->set.codec == CODEC_PCMA ? AUDIO_ALAW : AUDIO_MULAW;
	return payload == 0 ? AUDIO_MULAW : payload == 8 ? AUDIO_ALAW : -1;
}

static void voice(struct rtp_end *r, const struct rtp_packet *p, int format,
		  int64_t age_us)
{
	int16_t s[RTP_SAMPLES];

	law_decode((enum audio_format)format, p->data, s, p->size);
	r->period = (uint32_t)p->size;
	jitter_put(&r->jitter, p->seq, p->timestamp, p->marker, s, p->size,
		   (int64_t)r->end.samples + r->pull.owed - age_us / 125);
}

/* True: voice that was taken. */
static bool take(struct rtp_end *r, const struct rtp_packet *p, int64_t age_us)
{
	struct pump *pump = r->end.pump;
	int format = law(r, p->payload);

	r->alive_us = pump->now_us;
	r->dead = false;
	stat_add(r->end.stats.received, 1);
	if (!r->first) {
		r->first = true;
		end_emit_type(&r->end, MEDIA_RTP_FIRST);
	}
	if (!r->heard || p->ssrc != r->remote_ssrc)
		new_source(r, p->ssrc);
	rtcp_heard(&r->rtcp, p->ssrc, p->seq, p->timestamp,
		   pump->now_us - age_us);
	if (!r->set.receive)
		return false;
	if (r->set.event_payload && p->payload == r->set.event_payload) {
		jitter_skip(&r->jitter, p->seq);
		r->event_us = pump->now_us;
		event(r, event_put(&r->receiver, p->timestamp, p->marker,
				   p->data, p->size));
	} else if (format >= 0 && p->size && p->size <= RTP_SAMPLES) {
		voice(r, p, format, age_us);
		return true;
	} else {
		jitter_skip(&r->jitter, p->seq);
		if (p->payload != COMFORT_NOISE)
			stat_add(r->end.stats.malformed, 1);
	}
	return false;
}

/* ----------------------------------------------------------------- the sockets */

/* True: voice, of the youngest packet that is to be expected. */
static bool datagram(struct rtp_end *r)
{
	struct pump *p = r->end.pump;
	int64_t real = p->real_us, age;
	size_t size;
	uint8_t *data = inbox_datagram(p->inbox, 0, &size, &real);
	const struct sockaddr_storage *from = inbox_from(p->inbox, 0);
	struct rtp_packet packet;

	if (!r->ready)
		return false;
	/* Strangers get no word in, and cost no deciphering. */
	if (!source_may(&r->source, from, p->now_us)) {
		stat_add(r->end.stats.strangers, 1);
		return false;
	}
	if (rtp_unseal(r, data, &size, false)) {
		stat_add(r->end.stats.forged, 1);
		return false;
	}
	age = p->real_us - real;
	if (age < 0 || age > 10000000)	/* somebody set the clock */
		age = 0;
	if (rtp_parse(&packet, data, size)) {
		stat_add(r->end.stats.malformed, 1);
		return false;
	}
	if (!source_check(&r->source, from, p->now_us - age)) {
		stat_add(r->end.stats.strangers, 1);
		return false;
	}
	if (!r->connected)
		inbox_to(p->inbox, 0, &r->called);
	return take(r, &packet, age) && age < (int64_t)r->period * 125;
}

/* To ask whether there is another packet costs half as much as to take one. After
 * voice that has waited for less than its own length there hardly is; one that
 * came in a burst is taken with the next, or as soon as it is needed. n: samples
 * that are now. */
void rtp_drain(struct rtp_end *r, size_t n)
{
	struct inbox *inbox = r->end.pump->inbox;

	r->drained = r->end.samples;
	for (int i = 0; i < DRAINS && inbox_receive_one(inbox, r->fd); i++)
		if (datagram(r) && jitter_ready(&r->jitter, n))
			return;
}

void rtp_drain_reports(struct rtp_end *r)
{
	struct pump *p = r->end.pump;
	int n = inbox_receive(p->inbox, r->rtcp_fd);

	for (int i = 0; i < n; i++) {
		const struct sockaddr_storage *from = inbox_from(p->inbox, i);
		int64_t real = p->real_us, age;
		size_t size;
		uint8_t *data = inbox_datagram(p->inbox, i, &size, &real);

		/* Its port may be any; its host is the one that we listen to. */
		if (!r->ready || !source_equal(from, &r->source.current, true)) {
			stat_add(r->end.stats.strangers, 1);
			continue;
		}
		if (rtp_unseal(r, data, &size, true)) {
			stat_add(r->end.stats.forged, 1);
			continue;
		}
		age = p->real_us - real;
		if (age < 0 || age > 10000000)
			age = 0;
		if (rtcp_parse(&r->rtcp, data, size,
			       p->now_us - age, real))
			stat_add(r->end.stats.malformed, 1);
		else if (r->set.learn)
			r->rtcp_to = *from;
	}
}

/* --------------------------------------------------------------------- pulling */

static void publish(struct rtp_end *r)
{
	struct end_stats *s = &r->end.stats;

	stat_set(s->lost, r->jitter.stats.lost);
	stat_set(s->late, r->jitter.stats.late);
}

void rtp_pull(struct end *e, int16_t *to, size_t n)
{
	struct rtp_end *r = rtp_end(e);
	uint32_t period = r->period ? r->period : PERIOD;

	/* Nobody pulled for a while: the end's clock goes on all the same. */
	e->samples += pacing_run(&r->pull, e->pump->now_us, n);
	if (period > PERIOD)
		period = PERIOD;
	/* A packet may wait in its socket as long as it is there in time. */
	if (r->ready && (e->samples - r->drained >= period ||
			 !jitter_ready(&r->jitter, n)))
		rtp_drain(r, n);
	if (r->receiver.active &&
	    e->pump->now_us - r->event_us > EVENT_GAP_US)
		event(r, event_timeout(&r->receiver));
	jitter_pull(&r->jitter, to, n, (int64_t)e->samples);
	e->samples += n;
	if (!r->set.receive)
		memset(to, 0, n * sizeof(*to));
	meter_add(&e->rx, to, n);
	end_listen(e, to, n);
	/* The digit is made anew at the other side; what of it is in the voice
	 * as well must not be heard twice. */
	if (r->receiver.active && e->peer && (e->relay || e->peer->relay))
		memset(to, 0, n * sizeof(*to));
	publish(r);
}
