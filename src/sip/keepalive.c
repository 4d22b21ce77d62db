/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * The flow to one address of a trunk's server.
 *
 *            start            time              silence, or another
 *  STOPPED --------> RESTING -------> ASKING --------------+ address beyond
 *                     ^  ^ |            |                  | the NAT
 *                     |  | |   answer   |                  v
 *                     |  +-+------------+                LOST
 *                     |    +-- the connection is closed -->|
 *                     +------------------------------------+
 *                       time: the registration is renewed
 *
 * The first time at once, then later and later (section 4.5), until a flow has
 * held for a while. A bare CRLF over UDP has no answer: then it is only sent. Nor
 * does every server answer over TCP: one that never did is not judged by it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "sip/flow.h"
#include "sip/internal.h"

#define STREAM_S 120		/* section 4.4.1 */
#define DATAGRAM_S 29		/* section 4.4.2 */
#define FIRST_MS 250		/* of the looks for an answer; doubled each time */
#define SETTLE_MS 50		/* the library closes it by then */
#define AT_ONCE_MS 500		/* many boxes lose one server at the same time */
#define AGAIN_S 30		/* doubled with each loss */
#define AGAIN_MOST_S 1800
#define HELD_MS 120000		/* so long it was no bad flow */

enum keepalive_event { EVENT_START, EVENT_GONE, EVENT_STOP, EVENTS };

static const char *const event_names[EVENTS] = { "start", "gone", "stop" };

static void stopped_event(void *, int, const void *);
static void resting_event(void *, int, const void *);
static void asking_event(void *, int, const void *);
static void lost_event(void *, int, const void *);
static void enter_asking(void *);
static void enter_lost(void *);
static uint64_t rest_ms(void *);
static uint64_t look_ms(void *);
static uint64_t again_ms(void *);

static const struct fsm_state states[KEEPALIVE_STATES] = {
	[KEEPALIVE_STOPPED] = {
		.name = "stopped", .accepts = BIT(EVENT_START) | BIT(EVENT_GONE),
		.next = BIT(KEEPALIVE_RESTING), .event = stopped_event,
	},
	[KEEPALIVE_RESTING] = {
		.name = "resting", .accepts = BIT(EVENT_GONE) | BIT(EVENT_STOP),
		.next = BIT(KEEPALIVE_ASKING) | BIT(KEEPALIVE_LOST) |
			BIT(KEEPALIVE_STOPPED),
		.timeout = rest_ms, .event = resting_event,
	},
	[KEEPALIVE_ASKING] = {
		.name = "asking", .accepts = BIT(EVENT_GONE) | BIT(EVENT_STOP),
		.next = BIT(KEEPALIVE_RESTING) | BIT(KEEPALIVE_LOST) |
			BIT(KEEPALIVE_STOPPED),
		.timeout = look_ms, .enter = enter_asking, .event = asking_event,
	},
	[KEEPALIVE_LOST] = {
		.name = "lost", .accepts = BIT(EVENT_GONE) | BIT(EVENT_STOP),
		.next = BIT(KEEPALIVE_RESTING) | BIT(KEEPALIVE_STOPPED),
		.timeout = again_ms, .enter = enter_lost, .event = lost_event,
	},
};

static const struct fsm_type type = {
	.name = "keep-alive", .states = states, .events = event_names,
	.state_count = KEEPALIVE_STATES, .event_count = EVENTS,
};

static const struct config_trunk *conf(const struct keepalive *k)
{
	return k->target->provider->conf;
}

static uint64_t now(const struct keepalive *k)
{
	return k->fsm.timers->now_ms;
}

static struct flow *flow_of(const struct keepalive *k)
{
	return flow_find(conf(k)->transport, (struct sockaddr *)&k->target->at);
}

/* -------------------------------------------------------------------- times */

/* Between four fifths and all of it, as section 4.4 wants. */
static uint64_t spread(uint64_t ms)
{
	return ms * 4 / 5 + arc4random_uniform((uint32_t)(ms / 5) + 1);
}

static uint64_t rest_ms(void *self)
{
	const struct keepalive *k = self;
	unsigned s = conf(k)->keepalive_s;

	if (!s)
		s = conf(k)->transport == TRANSPORT_UDP ? DATAGRAM_S : STREAM_S;
	if (k->flow_timer_s && k->flow_timer_s < s)
		s = k->flow_timer_s;
	return spread(s * 1000ull);
}

/* Until the next look, the last one when time is up. */
static uint64_t look_ms(void *self)
{
	const struct keepalive *k = self;
	uint64_t most = k->target->provider->agent->conf->timers[TIMER_PONG];
	uint64_t ms = (uint64_t)FIRST_MS << (k->tries < 8 ? k->tries : 8);
	uint64_t gone = now(k) - k->asked_ms;

	if (gone + ms > most)
		ms = gone < most ? most - gone : 1;
	return ms;
}

static uint64_t again_ms(void *self)
{
	const struct keepalive *k = self;
	unsigned shift = k->losses < 8 ? k->losses : 8;
	unsigned s;

	if (shift < 2)
		return SETTLE_MS + arc4random_uniform(AT_ONCE_MS);
	s = AGAIN_S << (shift - 2);
	return spread((s < AGAIN_MOST_S ? s : AGAIN_MOST_S) * 1000ull);
}

/* ------------------------------------------------------------------- asking */

static bool by_stun(const struct keepalive *k)
{
	return conf(k)->keepalive == KEEPALIVE_STUN;
}

static void ask(struct keepalive *k, struct flow *f)
{
	uint8_t request[STUN_REQUEST];

	if (by_stun(k)) {
		stun_request(request, k->id);
		flow_send(f, request, sizeof(request));
	} else if (conf(k)->transport == TRANSPORT_UDP) {
		flow_send(f, "\r\n", 2);
	} else if (!k->tries) {
		flow_send(f, "\r\n\r\n", 4);
	}
}

static void enter_asking(void *self)
{
	struct keepalive *k = self;
	struct flow *f = flow_of(k);

	k->tries = 0;
	k->asked_ms = now(k);
	k->answer.ss_family = 0;
	fsm_timer(&k->fsm, look_ms(k));
	if (!f)
		return;
	arc4random_buf(k->id, sizeof(k->id));
	k->heard = flow_heard(f);
	flow_ponged(f, 0);
	ask(k, f);
}

static void say(const struct keepalive *k, const char *what)
{
	char text[ADDRESS_TEXT];

	address_text(text, (const struct sockaddr *)&k->target->at);
	log_warning("trunk %s: the %s to %s is lost: %s",
		    k->target->provider->trunk.name,
		    conf(k)->transport == TRANSPORT_UDP ? "way" : "connection",
		    text, what);
}

static void silent(struct keepalive *k, struct flow *f)
{
	if (!k->answers) {
		log_debug("trunk %s: the server answers no keep-alives",
			  k->target->provider->trunk.name);
		fsm_go(&k->fsm, KEEPALIVE_RESTING);
		return;
	}
	say(k, "no answer to a keep-alive");
	flow_end(f);
	fsm_go(&k->fsm, KEEPALIVE_LOST);
}

/* Section 4.4.2: the server sees us somewhere else, so that what it keeps of us
 * leads nowhere. */
static void stun_answered(struct keepalive *k)
{
	char what[80], text[ADDRESS_TEXT];
	const struct sockaddr *new = (const void *)&k->answer,
			      *old = (const void *)&k->mapped;
	bool moved = old->sa_family && (!access_same_host(new, old) ||
					address_port(new) != address_port(old));

	k->mapped = k->answer;
	k->answers = true;
	if (!moved) {
		fsm_go(&k->fsm, KEEPALIVE_RESTING);
		return;
	}
	address_text(text, new);
	snprintf(what, sizeof(what), "it sees us at %s now", text);
	say(k, what);
	fsm_go(&k->fsm, KEEPALIVE_LOST);
}

static void look(struct keepalive *k)
{
	uint64_t most = k->target->provider->agent->conf->timers[TIMER_PONG];
	struct flow *f = flow_of(k);

	if (k->answer.ss_family) {
		stun_answered(k);
		return;
	}
	/* Who closed it tells us, or another one goes on. */
	if (!f || (conf(k)->transport == TRANSPORT_UDP && !by_stun(k))) {
		fsm_go(&k->fsm, KEEPALIVE_RESTING);
		return;
	}
	/* Whatever it says, it lives. */
	if (flow_heard(f) > k->heard) {
		k->answers = flow_ponged(f, k->heard) || k->answers;
		fsm_go(&k->fsm, KEEPALIVE_RESTING);
		return;
	}
	if (now(k) - k->asked_ms >= most) {
		silent(k, f);
		return;
	}
	k->tries++;
	ask(k, f);
	fsm_timer(&k->fsm, look_ms(k));
}

/* ------------------------------------------------------------------ machine */

static void closed(struct keepalive *k)
{
	say(k, "closed");
	fsm_go(&k->fsm, KEEPALIVE_LOST);
}

static void stopped_event(void *self, int event, const void *data)
{
	struct keepalive *k = self;

	if (event == EVENT_START)
		fsm_go(&k->fsm, KEEPALIVE_RESTING);
}

/* It was stopped, or its way is gone. */
static bool ended(struct keepalive *k, int event)
{
	if (event == EVENT_STOP)
		fsm_go(&k->fsm, KEEPALIVE_STOPPED);
	else if (event == EVENT_GONE)
		closed(k);
	else
		return false;
	return true;
}

static void resting_event(void *self, int event, const void *data)
{
	struct keepalive *k = self;

	if (!ended(k, event))
		fsm_go(&k->fsm, KEEPALIVE_ASKING);
}

static void asking_event(void *self, int event, const void *data)
{
	struct keepalive *k = self;

	if (!ended(k, event))
		look(k);
}

static void enter_lost(void *self)
{
	struct keepalive *k = self;

	if (now(k) - k->lost_ms > HELD_MS)
		k->losses = 0;
	k->losses++;
	k->lost_ms = now(k);
	fsm_timer(&k->fsm, again_ms(k));
}

static void lost_event(void *self, int event, const void *data)
{
	struct keepalive *k = self;
	struct provider *p = k->target->provider;

	if (event == EVENT_GONE)
		return;
	fsm_go(&k->fsm, event == EVENT_STOP ? KEEPALIVE_STOPPED :
					      KEEPALIVE_RESTING);
	if (event == FSM_TIMEOUT)
		provider_flow_lost(p, &k->target->at);
}

/* -------------------------------------------------------------- from outside */

void keepalive_init(struct keepalive *k, struct target *t)
{
	struct agent *a = t->provider->agent;

	k->target = t;
	fsm_init(&k->fsm, &type, t->provider->trunk.name, k, &a->queue,
		 agent_timers(a), KEEPALIVE_STOPPED);
}

void keepalive_fini(struct keepalive *k)
{
	fsm_fini(&k->fsm);
}

void keepalive_start(struct keepalive *k)
{
	k->fsm.id = k->target->provider->trunk.name;
	if (conf(k)->keepalive != KEEPALIVE_OFF &&
	    k->fsm.state == KEEPALIVE_STOPPED && !k->target->provider->trunk.draining)
		fsm_post(&k->fsm, EVENT_START, NULL, 0);
}

void keepalive_stop(struct keepalive *k)
{
	if (k->fsm.state != KEEPALIVE_STOPPED)
		fsm_post(&k->fsm, EVENT_STOP, NULL, 0);
}

/* The next who wants that flow; after: NULL, the first. */
static struct keepalive *next_at(const struct agent *a, const struct keepalive *after,
				 enum sip_transport transport,
				 const struct sockaddr *at)
{
	const struct list_head *n;
	bool seen = !after;

	list_for_each(n, &a->providers) {
		struct provider *p = list_entry(n, struct provider, node);

		for (unsigned i = 0; i < p->targets; i++) {
			struct target *t = p->target[i];
			const struct sockaddr *to = (const void *)&t->at;

			if (seen && p->conf->transport == transport &&
			    t->keepalive.fsm.state != KEEPALIVE_STOPPED &&
			    access_same_host(to, at) &&
			    address_port(to) == address_port(at))
				return &t->keepalive;
			seen = seen || &t->keepalive == after;
		}
	}
	return NULL;
}

static bool wanted(void *arg, enum sip_transport transport, const struct sockaddr *to)
{
	return next_at(arg, NULL, transport, to);
}

static void gone(void *arg, enum sip_transport transport, const struct sockaddr *to)
{
	struct keepalive *k = NULL;

	while ((k = next_at(arg, k, transport, to)))
		fsm_post(&k->fsm, EVENT_GONE, NULL, 0);
}

bool keepalive_stun(void *arg, const struct sockaddr *from, const uint8_t *data,
		    size_t size)
{
	struct keepalive *k = NULL;
	struct sockaddr_storage mapped;
	bool ours = false;

	while ((k = next_at(arg, k, TRANSPORT_UDP, from))) {
		ours = ours || by_stun(k);
		if (by_stun(k) && k->fsm.state == KEEPALIVE_ASKING &&
		    !stun_response(&mapped, data, size, k->id))
			k->answer = mapped;
	}
	return ours;
}

void keepalives_start(struct agent *a)
{
	const struct flow_conf conf = {
		.loop = a->loop, .wanted = wanted, .gone = gone, .arg = a,
	};

	flows_start(&conf);
}

void keepalives_stop(void)
{
	flows_stop();
}
