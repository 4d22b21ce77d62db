/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "media/rtp_end.h"

#include <string.h>

#include "media/line_end.h"

#define PTIME 20		/* ms, where nobody says */

bool rtp_end_takes_events(const struct end *e)
{
	return ((const struct rtp_end *)e)->set.event_payload;
}

/* A line that runs drives its peer; everything else needs the timer. */
static void settle(struct end *e)
{
	struct rtp_end *r = rtp_end(e);
	bool driven = e->peer && e->peer->class == &line_class &&
		      line_end_runs(line_end(e->peer));
	bool paced = r->ready && !driven;

	if (paced == !list_empty(&r->paced_node))
		return;
	if (paced)
		list_add_before(&e->pump->paced, &r->paced_node);
	else
		list_remove(&r->paced_node);
}

void rtp_end_tick(struct rtp_end *r)
{
	static const int16_t quiet[FRAME];
	struct end *e = &r->end;
	int16_t s[FRAME];

	rtp_pull(e, s, FRAME);
	if (e->peer)
		e->peer->class->push(e->peer, s, FRAME);
	/* A peer on the timer pushes to us in its own tick. */
	if ((!e->peer || e->peer->class != &rtp_class) && rtp_sounds(r))
		rtp_push(e, quiet, FRAME);
}

static void set(struct rtp_end *r, const struct command *c)
{
	const struct media_rtp *m = &c->rtp;
	struct pump *p = r->end.pump;
	bool was_deaf = !r->ready || !r->set.receive;
	bool moved = !source_equal(&r->source.remote, &m->remote, false);
	size_t ptime = m->ptime < 10 ? PTIME : m->ptime > 60 ? 60 : m->ptime;

	if (!r->ready)
		rtcp_init(&r->rtcp, r->ssrc, r->cname, p->now_us);
	if (moved)
		r->rtcp_to.ss_family = AF_UNSPEC;
	r->set = *m;
	r->set.ptime = (uint16_t)(ptime / 10 * 10);
	if (r->filled >= (size_t)r->set.ptime * 8)
		r->filled = 0;
	rtp_seals_set(r, c->in, c->out, c->serial);
	rtp_disconnect(r);
	source_set(&r->source, m, p->now_us);
	if (moved)
		r->first = false;
	if (was_deaf && m->receive) {
		r->alive_us = p->now_us;
		r->dead = false;
	}
	r->ready = true;
	end_changed(&r->end);
}

static void command(struct end *e, const struct command *c)
{
	struct rtp_end *r = rtp_end(e);

	switch (c->type) {
	case COMMAND_ADD:
		list_add_before(&e->pump->rtps, &e->node);
		r->pull.us = r->push.us = e->pump->now_us;
		break;
	case COMMAND_RTP:
		set(r, c);
		if (e->peer)
			end_changed(e->peer);
		break;
	case COMMAND_DIGIT:
		if (c->param != 'F' || rtp_end_takes_events(e))
			end_command(e, c);
		break;
	default:
		end_command(e, c);
		break;
	}
}

static void second(struct end *e)
{
	struct rtp_end *r = rtp_end(e);
	struct end_stats *s = &e->stats;
	int64_t now = e->pump->now_us;

	if (!r->ready)
		return;
	end_meters(e);
	rtp_connect(r);
	rtp_drain_reports(r);
	if (rtcp_due(&r->rtcp, now))
		rtp_report(r, false);
	stat_set(s->jitter_ms, rtcp_jitter_ms(&r->rtcp));
	stat_set(s->delay_ms, jitter_delay_ms(&r->jitter));
	stat_set(s->remote_lost, r->rtcp.remote_lost);
	stat_set(s->round_trip_ms, r->rtcp.round_trip_ms);
	if (r->set.receive && r->set.dead_s && !r->dead &&
	    now - r->alive_us >= (int64_t)r->set.dead_s * 1000000) {
		r->dead = true;
		end_emit_type(e, MEDIA_RTP_DEAD);
	}
}

static void release(struct end *e)
{
	struct rtp_end *r = rtp_end(e);

	list_remove(&r->paced_node);
	if (r->rtcp.sent || r->heard)
		rtp_report(r, true);
}

const struct end_class rtp_class = {
	.name = "rtp",
	.command = command,
	.push = rtp_push,
	.pull = rtp_pull,
	.settle = settle,
	.second = second,
	.release = release,
	.dispose = rtp_end_dispose,
};
