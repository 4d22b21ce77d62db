/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#define _GNU_SOURCE
#include "sip/agent.h"

#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sofia-sip/nta_tag.h>
#include <sofia-sip/su_log.h>
#include <sofia-sip/su_tag_io.h>
#include <sofia-sip/tport_tag.h>

#include "base/log.h"
#include "sip/connections.h"
#include "sip/stream.h"
#include "sip/digest.h"
#include "sip/gate.h"
#include "sip/guards.h"
#include "sip/leg.h"
#include "sip/listen.h"
#include "sip/nonce.h"
#include "sip/tls.h"

#define MESSAGE_MOST 65536	/* bytes of a message; the library's is 2 MB */
#define PROCEEDING_MOST 1000	/* requests unanswered, then 503 */

const char *transport_name(enum sip_transport t)
{
	static const char *const names[] = { "udp", "tcp", "tls" };

	return names[t];
}

void target_url(char url[TARGET_URL], const struct sockaddr *a,
		enum sip_transport transport)
{
	char text[ADDRESS_TEXT];

	address_text(text, a);
	snprintf(url, TARGET_URL, "sip:%s;transport=%s", text,
		 transport_name(transport));
}

const url_t *next_hop(const sip_t *sip)
{
	const sip_record_route_t *r = sip->sip_record_route;

	while (r && r->r_next)
		r = r->r_next;
	return r && url_has_param(r->r_url, "lr") ? r->r_url : NULL;
}

/* ---------------------------------------------------------------- addresses */

int agent_local(const struct agent *a, enum sip_transport transport,
		const struct sockaddr *peer, struct sockaddr_storage *local)
{
	const struct config *c = a->conf;
	int err;

	for (size_t i = 0; i < c->sip.listen_count; i++) {
		const struct config_listen *l = &c->sip.listen[i];
		const struct sockaddr *at = (const void *)&l->address;

		if (l->transport != transport || at->sa_family != peer->sa_family)
			continue;
		if (!address_is_any(at)) {
			*local = l->address;
			return 0;
		}
		err = address_towards(local, peer);
		address_set_port(local, address_port(at));
		return err;
	}
	/* Nobody listens: the far end answers on the connection we make. */
	if (transport == TRANSPORT_TLS) {
		unsigned port = tls_local_port(peer);

		err = address_towards(local, peer);
		address_set_port(local, (uint16_t)(port ? port : 5061));
		return err;
	}
	return -EAFNOSUPPORT;
}

/* ------------------------------------------------------------------- events */

static void happened(nua_event_t event, int status, const char *phrase, nua_t *nua,
		     nua_magic_t *magic, nua_handle_t *nh, nua_hmagic_t *hmagic,
		     const sip_t *sip, tagi_t tags[])
{
	struct agent *a = magic;
	struct owner *owner = hmagic;
	struct happening h = { event, status, phrase, nh, sip, tags };

	loop_su_clock(a->loop);
	log_debug("sip: %s %d %s", nua_event_name(event), status, phrase);
	if (event == nua_r_shutdown) {
		if (status >= 200) {
			a->state = AGENT_STOPPED;
			agent_settle(a);
		}
		return;
	}
	if (owner)
		owner->happened(owner, &h);
	else
		request_happened(a, &h);
	if (event == nua_r_invite && sip && sip->sip_status)
		guards_drop_leaked(nua_current_request(nua), status == 100 &&
				   sip->sip_status->st_status == 100);
}

/* The library's own words: for those who debug. */
static void library_says(void *stream, const char *format, va_list ap)
{
	static char line[512];
	static size_t n;
	char text[512];

	(void)stream;
	vsnprintf(text, sizeof(text), format, ap);
	for (const char *c = text; *c; c++) {
		if (*c != '\n' && n < sizeof(line) - 1) {
			line[n++] = *c;
			continue;
		}
		line[n] = '\0';
		log_debug("sofia: %s", line);
		n = 0;
	}
}

/* -------------------------------------------------------------------- start */

static nua_t *create(struct agent *a, const char *url, bool listens)
{
	const char *ua = a->conf->sip.user_agent;

	return nua_create(loop_su_root(a->loop), happened, a,
		NUTAG_URL(url),
		TAG_IF(!listens, TPTAG_SERVER(0)),
		NUTAG_CERTIFICATE_DIR(LISTEN_NO_FILES),
		/* We do the descriptions, and decide what is answered. */
		NUTAG_MEDIA_ENABLE(0),
		NUTAG_AUTOANSWER(0), NUTAG_AUTOALERT(0), NUTAG_AUTOACK(0),
		NUTAG_ENABLEMESSAGE(0), NUTAG_ENABLEMESSENGER(0),
		/* REFER only within calls: what it refuses elsewhere would be
		 * followed by a NOTIFY. */
		SIPTAG_ALLOW_STR(AGENT_ALLOWS),
		/* Emptied first: joining lists reads beyond the old one. */
		NUTAG_APPL_METHOD(NULL),
		NUTAG_APPL_METHOD("INVITE, OPTIONS, INFO, UPDATE, REFER, REGISTER, "
				  "SUBSCRIBE, NOTIFY, PUBLISH, MESSAGE"),
		SIPTAG_SUPPORTED_STR("100rel, " AGENT_SUPPORTS ", "
				     TRANSFER_SUPPORTS),
		/* A redirection to any address would be followed: toll fraud. */
		NUTAG_AUTO302(0), NUTAG_AUTO305(0),
		/* How often, and when, to try again is ours to say. */
		NUTAG_RETRY_COUNT(2), NUTAG_MAX_RETRY_AFTER(0),
		NUTAG_UPDATE_REFRESH(1), NUTAG_SESSION_TIMER(0), NUTAG_MIN_SE(1),
		NUTAG_OUTBOUND("no-outbound no-options-keepalive no-validate"),
		NUTAG_PATH_ENABLE(0),
		/* A transfer is told of as long as it may ring. */
		NUTAG_REFER_EXPIRES(a->conf->timers[TIMER_RING] + 60),
		SIPTAG_USER_AGENT_STR(ua && ua[0] ? ua : "tipring/" PACKAGE_VERSION),
		/* 100 Trying tells that a server lives. */
		NTATAG_PASS_100(1),
		NTATAG_MAXSIZE(MESSAGE_MOST),
		NTATAG_MAX_PROCEEDING(PROCEEDING_MOST),
		NTATAG_UDP_MTU(1300),
		TPTAG_TIMEOUT(LISTEN_TIMEOUT_MS), LISTEN_IDLE(a->conf),
		TPTAG_PONG2PING(1),
		TAG_END());
}

static bool is_trunk(void *arg, const struct sockaddr *from)
{
	return provider_from(arg, from, NULL);
}

static void bound_connections(struct agent *a)
{
	const struct connections_conf conf = {
		.timers = agent_timers(a), .most = a->conf->sip.max_connections,
		.most_source = a->conf->sip.max_connections_source,
		.idle_ms = a->conf->timers[TIMER_CONNECTION] * 1000,
		.known = is_trunk, .arg = a,
	};

	connections_start(&conf);
	stream_start(agent_timers(a), a->conf->sip.max_requests);
}

static int open_agent(struct agent *a, char *why, size_t size)
{
	char url[TARGET_URL];
	bool listens;
	int err = listen_first(a->conf, url, &listens, why, size);

	if (!err)
		err = digest_init(why, size);
	if (!err)
		err = tls_listen(&a->conf->tls, why, size);
	if (err)
		return err;
	tls_start(agent_timers(a), a->conf->timers[TIMER_TLS_HANDSHAKE]);
	bound_connections(a);
	a->nua = create(a, url, listens);
	if (!a->nua) {
		snprintf(why, size, "the SIP library cannot listen on %s", url);
		return -EADDRNOTAVAIL;
	}
	err = listen_rest(a->conf, why, size);
	return err ? err : guards_check(why, size);
}

/* Before the first listener is open. */
static int open_gate(struct agent *a, char *why, size_t size)
{
	const struct gate_conf conf = {
		.answer = a->conf->sip.strangers == STRANGERS_403,
		.rate = a->conf->sip.max_requests,
		.known = agent_knows,
		.prove = proving(a) ? agent_prove : NULL,
		.stun = keepalive_stun,
		.arg = a,
	};

	if (gate_check()) {
		snprintf(why, size, "the gate against strangers is not in effect; "
			 "link the program with --export-dynamic-symbol=su_vrecv "
			 "and --export-dynamic-symbol=su_vsend");
		return -ENOSYS;
	}
	if (!gate_open(&conf))
		return 0;
	snprintf(why, size, "out of memory");
	return -ENOMEM;
}

struct agent *agent_new(struct loop *loop, const struct config *conf,
			struct box *box, struct media *media, char *why,
			size_t size)
{
	struct agent *a = calloc(1, sizeof(*a));

	if (!a)
		goto memory;
	a->loop = loop;
	a->conf = conf;
	a->box = box;
	a->media = media;
	list_init(&a->providers);
	list_init(&a->legs);
	list_init(&a->dead);
	fsm_queue_init(&a->queue);
	su_log_redirect(NULL, library_says, NULL);
	su_log_set_level(NULL, log_wants(LOG_LEVEL_DEBUG) ? 3 : 0);
	a->netlink = -1;
	a->resolver = resolver_new(loop, NULL);
	a->nonces = nonces_new();
	if (!a->resolver || !a->nonces)
		goto memory;
	keepalives_start(a);
	if (open_gate(a, why, size) || open_agent(a, why, size) ||
	    providers_load(a, conf, why, size))
		goto fail;
	own_address_watch(a);
	return a;
memory:
	snprintf(why, size, "out of memory");
fail:
	agent_free(a);
	return NULL;
}

int agent_reload(struct agent *a, const struct config *conf, char *why,
		 size_t size)
{
	const struct config *old = a->conf;
	char fault[256];
	int err;

	for (size_t i = 0; i < conf->sip.listen_count; i++)
		if (conf->sip.listen_count != old->sip.listen_count ||
		    conf->sip.listen[i].transport != old->sip.listen[i].transport ||
		    memcmp(&conf->sip.listen[i].address, &old->sip.listen[i].address,
			   sizeof(conf->sip.listen[i].address))) {
			snprintf(why, size, "sip.listen cannot change while the "
				 "program runs; restart it");
			return -EBUSY;
		}
	a->conf = conf;
	err = providers_load(a, conf, why, size);
	if (err) {
		a->conf = old;
		return err;
	}
	err = open_gate(a, why, size);
	if (err)
		return err;
	bound_connections(a);
	/* Read once already, by the check; a fault now keeps the old one. */
	if (tls_listen(&conf->tls, fault, sizeof(fault)))
		log_error("%s; the certificate read before stays in use", fault);
	return 0;
}

void agent_renew(struct agent *a)
{
	const struct list_head *n;

	list_for_each(n, &a->providers)
		provider_renew(list_entry(n, struct provider, node));
}

/* --------------------------------------------------------------------- end */

static void bury(void *arg)
{
	struct agent *a = arg;

	while (!list_empty(&a->dead)) {
		struct trunk_leg *t = list_entry(a->dead.next, struct trunk_leg, node);

		list_remove(&t->node);
		trunk_leg_free(t);
	}
	for (struct list_head *n = a->providers.next; n != &a->providers;) {
		struct provider *p = list_entry(n, struct provider, node);

		n = n->next;
		provider_settle(p);
	}
	if (a->state == AGENT_DRAINS && list_empty(&a->legs) &&
	    providers_stopped(a)) {
		a->state = AGENT_STOPS;
		nua_shutdown(a->nua);
	}
	if (a->state == AGENT_STOPPED && a->done) {
		void (*done)(void *) = a->done;

		a->done = NULL;
		timer_stop(&a->deadline);
		done(a->done_arg);
	}
}

void agent_settle(struct agent *a)
{
	if (!timer_runs(&a->bury))
		timer_start(agent_timers(a), &a->bury, 0, bury, a);
}

static void out_of_time(void *arg)
{
	struct agent *a = arg;
	void (*done)(void *) = a->done;

	log_warning("sip: %s did not end in time; going without",
		    list_empty(&a->legs) ? "a registration" : "a call");
	a->done = NULL;
	if (done)
		done(a->done_arg);
}

void agent_shutdown(struct agent *a, void (*done)(void *), void *arg)
{
	if (a->state != AGENT_RUNS)
		return;
	a->state = AGENT_DRAINS;
	a->done = done;
	a->done_arg = arg;
	timer_start(agent_timers(a), &a->deadline,
		    a->conf->timers[TIMER_SHUTDOWN] * 4 / 5, out_of_time, a);
	providers_stop(a);
	agent_settle(a);
}

/* Without nua_shutdown() nua_destroy() would abort: then it stays. */
static void close_nua(struct agent *a)
{
	if (!a->nua)
		return;
	if (a->state != AGENT_STOPPED && a->state != AGENT_STOPS)
		nua_shutdown(a->nua);
	for (int i = 0; i < 20 && a->state != AGENT_STOPPED; i++)
		su_root_step(loop_su_root(a->loop), 5);
	guards_end();
	if (a->state == AGENT_STOPPED)
		nua_destroy(a->nua);
	else
		loop_su_abandon(a->loop);
}

void agent_free(struct agent *a)
{
	if (!a)
		return;
	a->done = NULL;
	while (!list_empty(&a->legs)) {
		struct trunk_leg *t = list_entry(a->legs.next, struct trunk_leg, node);
		struct release r;

		release_set(&r, CAUSE_NORMAL, false, "the gateway ends");
		leg_released(&t->leg, &r);
		trunk_leg_bury(t);
	}
	own_address_unwatch(a);
	timer_stop(&a->deadline);
	timer_stop(&a->bury);
	a->state = a->state == AGENT_STOPPED ? AGENT_STOPPED : AGENT_DRAINS;
	while (!list_empty(&a->dead)) {
		struct trunk_leg *t = list_entry(a->dead.next, struct trunk_leg, node);

		list_remove(&t->node);
		trunk_leg_free(t);
	}
	while (!list_empty(&a->providers))
		provider_free(list_entry(a->providers.next, struct provider, node));
	keepalives_stop();
	close_nua(a);
	gate_close();
	tls_stop();
	connections_stop();
	stream_stop();
	timer_stop(&a->bury);
	resolver_free(a->resolver);
	nonces_free(a->nonces);
	fsm_queue_fini(&a->queue);
	free(a);
}

void agent_each_attacker(void (*fn)(void *, const struct attacker *), void *arg)
{
	gate_each(fn, arg);
}

void agent_get_stats(const struct agent *a, struct agent_stats *s)
{
	*s = a->stats;
	s->strangers = gate_strangers();
	s->dropped = gate_dropped();
	s->rests = stream_rests();
	turns_longest(&s->longest_us, &s->longest_own_us);
	s->legs = 0;
	for (const struct list_head *n = a->legs.next; n != &a->legs; n = n->next)
		s->legs++;
}
