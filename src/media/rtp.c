/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "media/rtp.h"

#include <errno.h>
#include <string.h>

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

int rtp_parse(struct rtp_packet *r, const void *packet, size_t size)
{
	const uint8_t *p = packet;
	size_t head = RTP_HEADER, padding = 0;

	if (size < RTP_HEADER || p[0] >> 6 != 2)
		return -EINVAL;
	head += (size_t)(p[0] & 15) * 4;
	if (head > size)
		return -EINVAL;
	if (p[0] & 0x10) {
		if (head + 4 > size)
			return -EINVAL;
		head += 4 + (size_t)get16(p + head + 2) * 4;
		if (head > size)
			return -EINVAL;
	}
	if (p[0] & 0x20) {
		padding = p[size - 1];
		if (!padding || padding > size - head)
			return -EINVAL;
	}
	r->marker = p[1] >> 7;
	r->payload = p[1] & 127;
	/* RTCP that strayed here has 200 to 204 in this octet (RFC 5761, 4). */
	if (r->marker && r->payload >= 72 && r->payload <= 76)
		return -EINVAL;
	r->seq = get16(p + 2);
	r->timestamp = get32(p + 4);
	r->ssrc = get32(p + 8);
	r->data = p + head;
	r->size = size - head - padding;
	return 0;
}

void rtp_header(const struct rtp_packet *r, uint8_t *to)
{
	to[0] = 0x80;
	to[1] = (uint8_t)(r->marker << 7 | r->payload);
	to[2] = (uint8_t)(r->seq >> 8);
	to[3] = (uint8_t)r->seq;
	for (int i = 0; i < 4; i++) {
		to[4 + i] = (uint8_t)(r->timestamp >> (24 - 8 * i));
		to[8 + i] = (uint8_t)(r->ssrc >> (24 - 8 * i));
	}
}

/* ------------------------------------------------------------------ sources */

bool source_equal(const struct sockaddr_storage *a,
		  const struct sockaddr_storage *b, bool any_port)
{
	const struct sockaddr_in *a4 = (const void *)a, *b4 = (const void *)b;
	const struct sockaddr_in6 *a6 = (const void *)a, *b6 = (const void *)b;

	if (a->ss_family != b->ss_family)
		return false;
	if (a->ss_family == AF_INET)
		return a4->sin_addr.s_addr == b4->sin_addr.s_addr &&
		       (any_port || a4->sin_port == b4->sin_port);
	if (a->ss_family == AF_INET6)
		return !memcmp(&a6->sin6_addr, &b6->sin6_addr,
			       sizeof(a6->sin6_addr)) &&
		       (any_port || a6->sin6_port == b6->sin6_port);
	return false;
}

socklen_t source_size(const struct sockaddr_storage *a)
{
	return a->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6)
					: sizeof(struct sockaddr_in);
}

void source_set(struct rtp_source *s, const struct media_rtp *m, int64_t us)
{
	bool same = source_equal(&s->remote, &m->remote, false);

	/* The one that was learnt stands as one that needs no further proof: its
	 * next packet locks it again. */
	s->before = same && m->learn ? s->locked : SOURCE_NONE;
	if (!s->before)
		s->current = m->remote;
	s->remote = m->remote;
	s->likely = m->likely;
	s->learn = m->learn;
	s->locked = SOURCE_NONE;
	s->run = 0;
	s->until = us + SOURCE_LEARN;
}

static enum source_rank rank(const struct rtp_source *s,
			     const struct sockaddr_storage *from)
{
	if (source_equal(&s->remote, from, false))
		return SOURCE_NEGOTIATED;
	if (!s->learn)
		return SOURCE_NONE;
	return source_equal(&s->remote, from, true) ||
	       source_equal(&s->likely, from, true) ? SOURCE_LIKELY : SOURCE_OTHER;
}

bool source_may(const struct rtp_source *s, const struct sockaddr_storage *from,
		int64_t us)
{
	if ((s->locked || s->before) && source_equal(&s->current, from, false))
		return true;
	if (s->locked == SOURCE_NEGOTIATED)
		return false;
	/* The negotiated address needs no learning, and so no haste, as long as
	 * nobody was learnt. */
	if (us >= s->until)
		return !s->locked && source_equal(&s->remote, from, false);
	return rank(s, from) > s->locked;
}

bool source_settled(const struct rtp_source *s, int64_t us)
{
	return s->locked == SOURCE_NEGOTIATED || (s->locked && us >= s->until);
}

static bool lock(struct rtp_source *s, const struct sockaddr_storage *from,
		 enum source_rank as)
{
	s->current = *from;
	s->locked = as;
	return true;
}

bool source_check(struct rtp_source *s, const struct sockaddr_storage *from,
		  int64_t us)
{
	enum source_rank as = rank(s, from);

	if (!source_may(s, from, us))
		return false;
	if (s->locked && source_equal(&s->current, from, false))
		return true;
	if (s->before && source_equal(&s->current, from, false))
		return lock(s, from, s->before);
	if (as > SOURCE_OTHER)
		return lock(s, from, as);
	if (!s->run || !source_equal(&s->candidate, from, false)) {
		s->candidate = *from;
		s->run = 1;
		s->since = us;
		return false;
	}
	if (++s->run < SOURCE_RUN || us - s->since < SOURCE_SPAN)
		return false;
	return lock(s, from, SOURCE_OTHER);
}
