/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "media-rig.h"

#include <arpa/inet.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "media/law.h"
#include "media/rtp.h"

/* ---------------------------------------------------------------------- rig */

static struct rig *the_rig;

static void on_event(void *owner, const struct media_event *ev)
{
	struct rig *r = the_rig;

	if (r->events < RIG_EVENTS)
		r->event[r->events++] = (struct rig_event) { owner, *ev };
}

int rig_setup(void **state)
{
	struct rig *r = calloc(1, sizeof(*r));
	struct media_options o = { .find = fake_find };
	char why[128] = "";

	fake_init();
	r->loop = loop_epoll_new();
	r->media = media_new(r->loop, &o, why, sizeof(why));
	assert_non_null(r->media);
	the_rig = r;
	*state = r;
	return 0;
}

int rig_teardown(void **state)
{
	struct rig *r = *state;

	media_free(r->media);
	loop_free(r->loop);
	fake_fini();
	free(r);
	return 0;
}

static void stop(void *arg)
{
	loop_stop(arg);
}

void rig_events(struct rig *r)
{
	struct timer t = { 0 };

	timers_advance(&r->loop->timers, clock_ms());
	timer_start(&r->loop->timers, &t, 1, stop, r->loop);
	loop_run(r->loop);
	timer_stop(&t);
}

bool rig_wait(struct rig *r, enum media_event_type type, unsigned count)
{
	struct timespec ts = { 0, 1000000 };

	for (int i = 0; i < 2000; i++) {
		unsigned n = 0;

		rig_events(r);
		for (unsigned k = 0; k < r->events; k++)
			n += r->event[k].ev.type == type;
		if (n >= count)
			return true;
		nanosleep(&ts, NULL);
	}
	return false;
}

unsigned rig_count(const struct rig *r, const void *owner,
		   enum media_event_type type)
{
	unsigned n = 0;

	for (unsigned i = 0; i < r->events; i++)
		n += r->event[i].owner == owner && r->event[i].ev.type == type;
	return n;
}

const struct media_event *rig_last(const struct rig *r, const void *owner,
				   enum media_event_type type)
{
	for (unsigned i = r->events; i > 0; i--)
		if (r->event[i - 1].owner == owner &&
		    r->event[i - 1].ev.type == type)
			return &r->event[i - 1].ev;
	return NULL;
}

void rig_free(struct rig *r, struct media_end *e)
{
	unsigned before = 0;

	rig_events(r);
	for (unsigned k = 0; k < r->events; k++)
		before += r->event[k].ev.type == MEDIA_FREED;
	r->media->ops->free(e);
	assert_true(rig_wait(r, MEDIA_FREED, before + 1));
}

struct media_end *rig_line(struct rig *r, unsigned port, const void *owner)
{
	struct port_conf pc = { 0 };
	struct media_port_conf c = { .callerid = CALLERID_BELLCORE };
	char name[16], why[128] = "";
	struct media_end *e;

	snprintf(name, sizeof(name), "fake/%u", port);
	e = r->media->ops->port_new(r->media, name, &pc, &c, on_event,
				    (void *)owner, why, sizeof(why));
	assert_non_null(e);
	return e;
}

struct media_end *rig_rtp(struct rig *r, struct peer *p, const void *owner,
			  struct media_rtp *set)
{
	return rig_rtp_at(r, p, owner, set, INADDR_LOOPBACK);
}

struct media_end *rig_rtp_at(struct rig *r, struct peer *p, const void *owner,
			     struct media_rtp *set, uint32_t host)
{
	struct media_rtp_conf c = { .port_min = 42000, .port_max = 42999,
				    .jitter_min_ms = 20, .jitter_max_ms = 200 };
	struct sockaddr_in *a = (void *)&c.local;
	struct media_end *e;

	a->sin_family = AF_INET;
	a->sin_addr.s_addr = htonl(host);
	e = r->media->ops->rtp_new(r->media, &c, on_event, (void *)owner);
	assert_non_null(e);
	*set = (struct media_rtp) {
		.codec = CODEC_PCMU, .payload = 0, .event_payload = 101,
		.ptime = 20, .send = true, .receive = true,
	};
	a = (void *)&set->remote;
	a->sin_family = AF_INET;
	a->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	a->sin_port = htons(p->port);
	a = (void *)&p->to;
	a->sin_family = AF_INET;
	a->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	a->sin_port = htons(r->media->ops->rtp_port(e));
	return e;
}

/* --------------------------------------------------------------------- peer */

void peer_open(struct peer *p)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t n = sizeof(a);

	memset(p, 0, sizeof(*p));
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	p->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(p->fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(getsockname(p->fd, (struct sockaddr *)&a, &n), 0);
	p->port = ntohs(a.sin_port);
	p->ssrc = 0x1234 + p->port;
	p->seq = 65530;		/* wraps soon */
	p->timestamp = 0xffffff00;
}

void peer_send(struct peer *p, const void *payload, size_t size, uint8_t type,
	       bool marker, uint32_t timestamp)
{
	uint8_t data[1024];
	struct rtp_packet head = { .marker = marker, .payload = type,
				   .seq = p->seq++, .timestamp = timestamp,
				   .ssrc = p->ssrc };

	rtp_header(&head, data);
	memcpy(data + RTP_HEADER, payload, size);
	sendto(p->fd, data, RTP_HEADER + size, 0, (struct sockaddr *)&p->to,
	       sizeof(struct sockaddr_in));
}

static void say(struct peer *p)
{
	uint8_t data[160];

	for (int i = 0; i < 160; i++) {
		int16_t s = p->at < p->length ? p->voice[p->at++] : 0;

		data[i] = p->alaw ? law_alaw(s) : law_ulaw(s);
	}
	peer_send(p, data, 160, p->alaw ? 8 : 0, false, p->timestamp);
	p->timestamp += 160;
}

static void hear(struct peer *p, const struct rtp_packet *r)
{
	struct peer_packet *k = &p->packet[p->packets % PEER_PACKETS];
	size_t at;

	*k = (struct peer_packet) { .payload = r->payload, .marker = r->marker,
				    .seq = r->seq, .timestamp = r->timestamp };
	memcpy(k->data, r->data, r->size < 4 ? r->size : 4);
	p->packets++;
	if (r->payload != 0 && r->payload != 8)
		return;
	if (!p->any)
		p->first_timestamp = r->timestamp;
	p->any = true;
	at = r->timestamp - p->first_timestamp;
	if (at + r->size > PEER_SAMPLES)
		return;
	for (size_t i = 0; i < r->size; i++)
		p->heard[at + i] = r->payload ? law_from_alaw[r->data[i]]
					      : law_from_ulaw[r->data[i]];
	if (at + r->size > p->heard_n)
		p->heard_n = at + r->size;
}

void peer_receive(struct peer *p)
{
	uint8_t data[2048];
	struct rtp_packet r;
	ssize_t n;

	while ((n = recv(p->fd, data, sizeof(data), MSG_DONTWAIT)) > 0)
		if (!rtp_parse(&r, data, (size_t)n))
			hear(p, &r);
}

static void peer_tick(struct peer *p)
{
	if (!p)
		return;
	if (p->tick++ % 2 == 0 && p->sending)
		say(p);
	peer_receive(p);
}

static void tick(struct timespec *due)
{
	due->tv_nsec += 10000000;
	if (due->tv_nsec >= 1000000000) {
		due->tv_nsec -= 1000000000;
		due->tv_sec++;
	}
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, due, NULL);
}

static void run(struct rig *r, unsigned ms, struct peer *a, struct peer *b)
{
	for (unsigned i = 0; i < ms / 10; i++) {
		peer_tick(a);
		peer_tick(b);
		fake_run(1);
		rig_events(r);
		tick(&r->due);
	}
}

void rig_run(struct rig *r, unsigned ms, struct peer *a, struct peer *b)
{
	clock_gettime(CLOCK_MONOTONIC, &r->due);
	run(r, ms, a, b);
}

void rig_stall(struct rig *r, unsigned ms, unsigned then_ms, struct peer *p)
{
	for (unsigned i = 0; i < ms / 10; i++) {
		peer_tick(p);
		tick(&r->due);
	}
	fake_run(ms / 10);
	/* It is late now, and hurries until it no longer is. */
	run(r, then_ms, p, NULL);
}

/* -------------------------------------------------------------------- sound */

void speech_like(int16_t *to, size_t n, unsigned seed)
{
	uint32_t r = seed * 2654435761u + 1;
	double y1 = 0, y2 = 0;
	size_t left = 0;
	double gain = 0;

	for (size_t i = 0; i < n; i++) {
		double x, y;

		r = r * 1664525u + 1013904223u;
		if (!left--) {
			left = 400 + (r >> 8) % 2800;
			if (gain > 0)
				left /= 3;
			gain = gain > 0 ? 0 : 600 + (r >> 20) % 1500;
		}
		x = ((double)(r >> 8) / 8388608.0 - 1) * gain;
		y = x + 1.5 * y1 - 0.7 * y2;
		y2 = y1;
		y1 = y;
		to[i] = (int16_t)(y > 30000 ? 30000 : y < -30000 ? -30000 : y);
	}
}

double match(const int16_t *a, size_t at, size_t n, const int16_t *b, size_t b_n)
{
	double best = 0, ea = 1e-9;

	for (size_t i = 0; i < n; i++)
		ea += (double)a[at + i] * a[at + i];
	for (size_t lag = 0; lag + n <= b_n; lag++) {
		double sum = 0, eb = 1e-9;

		for (size_t i = 0; i < n; i += 1) {
			sum += (double)a[at + i] * b[lag + i];
			eb += (double)b[lag + i] * b[lag + i];
		}
		if (sum / sqrt(ea * eb) > best)
			best = sum / sqrt(ea * eb);
	}
	return best;
}

double match_pieces(const int16_t *a, size_t at, size_t n, const int16_t *b,
		    size_t b_n)
{
	double m[5];

	for (int i = 0; i < 5; i++) {
		double v = match(a, at + (size_t)i * n / 5, n / 5, b, b_n);
		int k = i;

		for (; k && m[k - 1] > v; k--)
			m[k] = m[k - 1];
		m[k] = v;
	}
	return m[2];
}
