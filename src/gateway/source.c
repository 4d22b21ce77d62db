/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * source.c - what the operator's room needs of rooms that it does not know.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/room.h"
#include "media/media.h"
#include "sip/attackers.h"

static int reload(void *arg, config_error_fn *error, void *error_arg)
{
	return gateway_reload(arg, error, error_arg);
}

/* Its server is a port. One that is just being made is not known yet. */
static bool span(struct gateway *g, const struct trunk *t, struct ops_trunk *o)
{
	struct span_status s;
	int at;

	if (!g->isdn || !isdn_span_status(g->isdn, t, &s))
		return config_span(g->conf, t->name);
	o->registration = o->last_error = "";
	o->target = o->server = s.port;
	at = snprintf(o->address, sizeof(o->address), "%u of %u B channels free",
		      s.free, s.channels);
	if (s.busied_out)
		snprintf(o->address + at, sizeof(o->address) - (size_t)at,
			 ", %u busied out", s.busied_out);
	o->calls = s.used;
	o->calls_in = s.calls_in;
	o->calls_out = s.calls_out;
	o->failed = s.failed;
	return true;
}

static void trunk(void *arg, const struct trunk *t, struct ops_trunk *o)
{
	struct gateway *g = arg;
	struct trunk_status s = { 0 };

	if (!g->agent)		/* it is being made, or gone */
		return;
	if (span(g, t, o))
		return;
	agent_trunk_status(t, &s);
	o->registration = s.registration ? s.registration : "";
	o->target = s.target ? s.target : "";
	o->server = s.server ? s.server : "";
	o->last_error = s.last_error ? s.last_error : "";
	snprintf(o->address, sizeof(o->address), "%s", s.address);
	o->next_s = s.next_s;
	o->expires_s = s.expires_s;
	o->line_accounts = s.line_accounts;
	o->registered_lines = s.registered_lines;
	o->calls = s.calls;
	o->calls_in = s.calls_in;
	o->calls_out = s.calls_out;
	o->failed = s.failed;
}

struct part_receiver {
	ops_part_fn *fn;
	void *to;
};

static void one_part(void *arg, const struct trunk_part *s)
{
	const struct part_receiver *r = arg;
	struct ops_part p = {
		.kind = s->line ? OPS_ACCOUNT : s->mailbox ? OPS_MAILBOX : OPS_SERVER,
		.name = s->line ? s->line : s->mailbox ? s->mailbox : "",
		.state = s->state, .error = s->error, .next_s = s->next_s,
	};

	snprintf(p.address, sizeof(p.address), "%s", s->address);
	r->fn(r->to, &p);
}

static void trunk_parts(void *arg, const struct trunk *t, ops_part_fn *fn, void *to)
{
	struct gateway *g = arg;
	struct part_receiver r = { fn, to };
	struct ops_trunk o;

	if (g->agent && !span(g, t, &o))
		agent_trunk_parts(t, one_part, &r);
}

static void counters(void *arg, struct ops_counters *o)
{
	struct gateway *g = arg;
	struct agent_stats sip = { 0 };
	struct media_counters media = { 0 };

	if (g->agent)
		agent_get_stats(g->agent, &sip);
	media_counters(g->media, &media);
	o->sip_strangers = sip.strangers;
	o->sip_dropped = sip.dropped;
	o->sip_rests = sip.rests;
	o->sip_malformed = sip.malformed;
	o->pump_turns = media.turns;
	o->pump_late = media.late;
	o->pump_longest_us = media.longest_us;
	o->pump_longest_own_us = media.longest_own_us;
	o->sip_longest_us = sip.longest_us;
	o->sip_longest_own_us = sip.longest_own_us;
	o->events_lost = media.events_lost;
	o->real_time = media.real_time;
}

struct attacker_reader {
	ops_attacker_fn *fn;
	void *arg;
};

static void show_attacker(void *arg, const struct attacker *a)
{
	struct attacker_reader *r = arg;
	struct ops_attacker o = { .requests = a->requests, .wrong = a->wrong,
		.first = a->first, .last = a->last };

	address_host(o.source, (const struct sockaddr *)&a->source, false);
	memcpy(o.methods, a->methods, sizeof(a->methods));
	memcpy(o.agents, a->agents, sizeof(a->agents));
	/* The oldest first, without the places that are free. */
	for (unsigned i = 0, n = 0; i < ATTACKER_CALLED; i++) {
		unsigned k = (a->called_next + i) % ATTACKER_CALLED;

		if (a->called[k][0])
			memcpy(o.called[n++], a->called[k], sizeof(a->called[k]));
	}
	r->fn(r->arg, &o);
}

static void attackers(void *arg, ops_attacker_fn *fn, void *fn_arg)
{
	struct attacker_reader r = { fn, fn_arg };

	agent_each_attacker(show_attacker, &r);
}

struct ops_source gateway_source(struct gateway *g)
{
	return (struct ops_source) {
		.reload = reload,
		.trunk = trunk,
		.trunk_parts = trunk_parts,
		.counters = counters,
		.attackers = attackers,
		.arg = g,
	};
}
