/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#define _GNU_SOURCE
#include "sip-fixture.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/loop.h"
#include "core/box.h"
#include "sip/access.h"
#include "sip/lookup.h"

static char events[16384];
static struct fixture *current;
static struct trunk *trunks[4];

static void note(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void note(const char *format, ...)
{
	size_t n = strlen(events);
	va_list ap;

	va_start(ap, format);
	vsnprintf(events + n, sizeof(events) - n - 1, format, ap);
	va_end(ap);
	strcat(events, "\n");
	if (getenv("VERBOSE"))
		fprintf(stderr, "# %s", events + n);
}

/* ---------------------------------------------------------------- fake media */

struct fake_end {
	struct media_end end;
	media_event_fn *fn;
	void *owner;
	uint16_t port;
};

unsigned media_ends;
static struct fake_end *last_end;

static struct media_end *rtp_new(struct media *m, const struct media_rtp_conf *c,
				 media_event_fn *fn, void *owner)
{
	static uint16_t next;
	struct fake_end *e;

	if (c->port_min > c->port_max) {
		errno = EADDRINUSE;
		return NULL;
	}
	e = calloc(1, sizeof(*e));
	e->end.media = m;
	e->fn = fn;
	e->owner = owner;
	next = next < 20000 ? 20000 : (uint16_t)(next + 2);
	e->port = next;
	media_ends++;
	last_end = e;
	return &e->end;
}

static uint16_t rtp_port(const struct media_end *e)
{
	return ((const struct fake_end *)e)->port;
}

static int rtp_set(struct media_end *e, const struct media_rtp *r)
{
	char at[ADDRESS_TEXT] = "nowhere";

	(void)e;
	if (r->remote.ss_family)
		address_text(at, (const struct sockaddr *)&r->remote);
	note("rtp %s %s/%u event %u %u ms%s%s%s dead %u", at,
	     r->codec == CODEC_PCMA ? "pcma" : "pcmu", r->payload,
	     r->event_payload, r->ptime, r->send ? " send" : "",
	     r->receive ? " receive" : "", r->learn ? " learn" : "", r->dead_s);
	return 0;
}

static void end_free(struct media_end *e)
{
	struct fake_end *f = (struct fake_end *)e;
	struct media_event freed = { .type = MEDIA_FREED };

	media_ends--;
	if (f == last_end)
		last_end = NULL;
	/* As the real one may: with the owner, who must not look at himself. */
	f->fn(f->owner, &freed);
	free(f);
}

static int end_digit(struct media_end *e, char digit, unsigned ms)
{
	(void)e;
	note("send digit %c %u", digit, ms);
	return 0;
}

void fixture_media(const struct media_event *e)
{
	assert(last_end);
	last_end->fn(last_end->owner, e);
}

static const struct media_ops media_ops = {
	.rtp_new = rtp_new, .rtp_port = rtp_port, .rtp_set = rtp_set,
	.free = end_free, .digit = end_digit,
};
static struct media media = { .ops = &media_ops };

/* ----------------------------------------------------------------- fake core */

static struct call *const some_call = (struct call *)&media_ends;
static struct timer answer_timer, release_timer;

static void answer_now(void *arg)
{
	struct leg *l = arg;

	if (l->call)
		l->ops->answer(l);
}

static void release_now(void *arg)
{
	struct leg *l = arg;
	struct release r;

	if (!l->call)
		return;
	l->call = NULL;
	release_set(&r, CAUSE_NORMAL, false, "pbx-1 hung up");
	l->ops->release(l, &r);
}

static void later(struct timer *t, unsigned ms, timer_fn *fn, struct leg *l)
{
	timer_start(&current->loop->timers, t, ms, fn, l);
}

/* One line has the mailbox 600. */
unsigned box_messages(struct box *box, const char *trunk, const char *mailbox,
		      const struct messages *m)
{
	(void)box;
	note("messages %s %s %s %u/%u", trunk, mailbox, m->waiting ? "yes" : "no",
	     m->fresh, m->old);
	return !strcmp(mailbox, "600") || !strcmp(mailbox, "5551230001");
}

/* What the called number does: 600 answers, 601 has early media, 602 rings for
 * ever, 603 answers and hangs up, 9NNN refuses with cause NNN. */
void box_incoming(struct box *box, struct leg *l, struct trunk *t,
		  const struct leg_offer *o)
{
	static const char *const shown[] = { "allowed", "private", "unavailable" };
	struct release r;

	(void)box;
	current->leg = l;
	l->call = some_call;
	note("incoming %s %s from %s %s %s", t->name, o->called, o->calling.number,
	     o->calling.name, shown[o->calling.presentation]);
	l->ops->proceeding(l);
	if (o->called[0] == '9') {
		release_set(&r, (enum cause)atoi(o->called + 1), false, "refused");
		if (r.cause == CAUSE_NO_CIRCUIT)
			r.retry_after = 7;
		l->call = NULL;
		l->ops->release(l, &r);
		return;
	}
	if (!strcmp(o->called, "601")) {
		l->ops->progress(l);
		later(&answer_timer, 200, answer_now, l);
		return;
	}
	l->ops->alert(l);
	if (strcmp(o->called, "602"))
		later(&answer_timer, 50, answer_now, l);
	if (!strcmp(o->called, "603"))
		later(&release_timer, 300, release_now, l);
}

void leg_proceeding(struct leg *l)
{
	if (l->call)
		note("proceeding");
}

void leg_alerting(struct leg *l)
{
	if (l->call)
		note("alerting");
}

void leg_progress(struct leg *l)
{
	if (l->call)
		note("progress");
}

void leg_answered(struct leg *l, enum answer_method method, unsigned confidence)
{
	if (l->call)
		note("answered %d %u", method, confidence);
}

void leg_digit(struct leg *l, char digit, unsigned ms)
{
	if (l->call)
		note("digit %c %u", digit, ms);
}

void leg_flash(struct leg *l)
{
	if (l->call)
		note("flash");
}

void leg_hold(struct leg *l, bool held)
{
	if (l->call)
		note("hold %d", held);
}

void leg_released(struct leg *l, const struct release *r)
{
	if (!l->call)
		return;
	l->call = NULL;
	note("released %d %s %s", r->cause, r->by_far_end ? "far" : "near", r->why);
	if (current->leg == l) {
		timer_stop(&answer_timer);
		timer_stop(&release_timer);
	}
}

/* Numbers that begin with 7 are within reach. */
bool leg_may_redirect(struct leg *l, const char *number)
{
	note("redirect %s", number);
	return l->call && number[0] == '7';
}

static int no_transfer(const char *what, struct release *why)
{
	note("%s", what);
	release_set(why, CAUSE_REJECTED, false, "no transfers here");
	return -EPERM;
}

int leg_refer(struct leg *l, const char *number, struct release *why)
{
	return no_transfer("refer", why);
}

int leg_refer_to(struct leg *l, struct leg *other, struct release *why)
{
	return no_transfer("refer to another", why);
}

void leg_handed_over(struct leg *l, const struct release *failed)
{
}

int leg_replace(struct leg *old, struct leg *new, struct release *why)
{
	return no_transfer("replace", why);
}

void leg_end_changed(struct leg *l)
{
	note("end %s", l->end ? "there" : "gone");
}

void release_set(struct release *r, enum cause cause, bool by_far_end,
		 const char *format, ...)
{
	va_list ap;

	*r = (struct release){ .cause = cause, .by_far_end = by_far_end };
	va_start(ap, format);
	vsnprintf(r->why, sizeof(r->why), format, ap);
	va_end(ap);
}

void box_trunk_add(struct box *box, struct trunk *t)
{
	(void)box;
	for (unsigned i = 0; i < 4; i++)
		if (!trunks[i]) {
			trunks[i] = t;
			note("trunk %s added", t->name);
			return;
		}
}

void box_trunk_remove(struct box *box, struct trunk *t)
{
	(void)box;
	for (unsigned i = 0; i < 4; i++)
		if (trunks[i] == t)
			trunks[i] = NULL;
	note("trunk %s removed", t->name);
}

void trunk_set_up(struct trunk *t, bool up, const char *why)
{
	t->up = up;
	snprintf(t->why_down, sizeof(t->why_down), "%s", why ? why : "");
	if (up)
		note("%s up", t->name);
	else
		note("%s down %s", t->name, why);
}

struct trunk *fixture_trunk(const char *name)
{
	for (unsigned i = 0; i < 4; i++)
		if (trunks[i] && !trunks[i]->draining &&
		    !strcmp(trunks[i]->name, name))
			return trunks[i];
	return NULL;
}

/* ------------------------------------------------------------------- fixture */

uint16_t free_port(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t size = sizeof(in);
	int udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int failed = 1;

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (int i = 0; i < 100 && failed; i++) {
		in.sin_port = htons((uint16_t)(20000 + random() % 30000));
		failed = bind(udp, (void *)&in, sizeof(in)) ||
			 bind(tcp, (void *)&in, sizeof(in));
		if (failed) {
			close(udp);
			close(tcp);
			udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
			tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		}
	}
	assert(!failed);
	getsockname(udp, (void *)&in, &size);
	close(udp);
	close(tcp);
	return ntohs(in.sin_port);
}

void fixture_init(struct fixture *f)
{
	struct config_trunk *t = &f->trunk[0];
	struct config *c = &f->conf;

	memset(f, 0, sizeof(*f));
	memset(trunks, 0, sizeof(trunks));
	events[0] = '\0';
	lookup_hosts_file = "/etc/hosts";
	current = f;
	srandom((unsigned)getpid() ^ (unsigned)clock_ms());
	f->port = free_port();
	f->peer = free_port();
	strcpy(f->directory, "/tmp/tipring-sip-XXXXXX");
	assert(mkdtemp(f->directory));
	for (int i = 0; i < 2; i++) {
		f->listen[i].transport = i ? TRANSPORT_TCP : TRANSPORT_UDP;
		address_parse(&f->listen[i].address, "127.0.0.1", f->port);
		f->listen[i].text = "";
	}
	*t = (struct config_trunk){
		.place = { "test.conf", 1 }, .name = "acme",
		.server = "127.0.0.1", .port = f->peer, .domain = "example.test",
		.proxy = "", .user = "", .auth_user = "", .secret_file = "",
		.realm = "", .tls = { "", "", "" },
		.expires = 3600, .limit = { -1, -1, -1 },
		.codecs = { CODEC_PCMU, CODEC_PCMA }, .codec_count = 2,
		.dtmf = DTMF_RFC4733, .ptime = 20, .early_media = true,
	};
	f->line = (struct config_line){
		.name = "pbx-1", .number = "+15551230001", .trunk = "acme",
		.user = "", .auth_user = "", .secret_file = "",
	};
	c->file = "test.conf";
	c->sip.listen = f->listen;
	c->sip.listen_count = 2;
	c->sip.user_agent = "tipring-test";
	c->sip.public_address = "";
	c->sip.max_connections = c->sip.max_connections_source = 64;
	c->tls = (struct config_tls){ "", "", "" };
	address_parse(&c->rtp.local, "127.0.0.1", 0);
	c->rtp.port_min = 20000;
	c->rtp.port_max = 20100;
	c->rtp.dead_s = 30;
	for (int i = 0; i < TIMER_COUNT; i++)
		c->timers[i] = timer_table[i].def;
	c->trunks = f->trunk;
	c->trunk_count = 1;
	c->lines = &f->line;
	c->line_count = 1;
}

const struct config_trunk *config_trunk(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->trunk_count; i++)
		if (!strcmp(c->trunks[i].name, name))
			return &c->trunks[i];
	return NULL;
}

unsigned config_trunk_kbit(const struct config_trunk *t, bool ipv6)
{
	(void)t;
	return ipv6 ? 88 : 80;
}

bool fixture_start(struct fixture *f)
{
	char why[256] = "";

	if (getenv("VERBOSE"))
		log_set_level(LOG_LEVEL_DEBUG);
	else
		log_set_level(LOG_LEVEL_ERROR);
	f->loop = loop_su_new();
	assert(f->loop);
	f->agent = agent_new(f->loop, &f->conf, NULL, &media, why, sizeof(why));
	if (f->agent)
		return true;
	note("%s", why);
	return false;
}

void fixture_hosts(struct fixture *f, const char *text)
{
	static char path[96];
	FILE *file;

	snprintf(path, sizeof(path), "%s/hosts", f->directory);
	file = fopen(path, "we");
	assert(file);
	fputs(text, file);
	fclose(file);
	lookup_hosts_file = path;
}

static void finished(void *arg)
{
	struct fixture *f = arg;

	f->done = true;
	note("done");
	loop_stop(f->loop);
}

void fixture_stop(struct fixture *f)
{
	char command[96];

	if (f->agent && !f->done) {
		agent_shutdown(f->agent, finished, f);
		fixture_wait(f, "done\n", 4000);
	}
	timer_stop(&answer_timer);
	timer_stop(&release_timer);
	agent_free(f->agent);
	loop_free(f->loop);
	snprintf(command, sizeof(command), "rm -rf %s", f->directory);
	if (system(command))
		fprintf(stderr, "# %s is left\n", f->directory);
}

static void time_over(void *arg)
{
	loop_stop(arg);
}

void fixture_run(struct fixture *f, unsigned ms)
{
	struct timer t = { 0 };

	timer_start(&f->loop->timers, &t, ms, time_over, f->loop);
	loop_run(f->loop);
	timer_stop(&t);
}

bool fixture_wait(struct fixture *f, const char *text, unsigned ms)
{
	uint64_t end = clock_ms() + ms;

	while (!fixture_logged(text) && clock_ms() < end)
		fixture_run(f, 10);
	return fixture_logged(text);
}

bool fixture_logged(const char *text)
{
	return strstr(events, text);
}

unsigned fixture_count(const char *text)
{
	unsigned n = 0;

	for (const char *s = events; (s = strstr(s, text)); s += strlen(text))
		n++;
	return n;
}

void fixture_clear(void)
{
	events[0] = '\0';
}

void fixture_print(void)
{
	fprintf(stderr, "--- what happened:\n%s---\n", events);
}

int fixture_call(struct fixture *f, const char *called, const struct party *from)
{
	struct leg_offer o = { .complete = true };
	struct trunk *t = fixture_trunk("acme");
	struct leg *l = t ? t->ops->leg_new(t, &f->line) : NULL;
	int err;

	if (!l)
		return -errno;
	snprintf(o.called, sizeof(o.called), "%s", called);
	if (from)
		o.calling = *from;
	else
		strcpy(o.calling.number, "+15551230001");
	l->call = some_call;
	l->outgoing = true;
	f->leg = l;
	err = l->ops->offer(l, &o);
	if (err)
		l->call = NULL;
	return err;
}
