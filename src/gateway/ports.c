/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * ports.c - a line gets its port. One that cannot be opened now (the card is
 * not there, another program holds it) is tried again, ever more slowly; so is
 * one whose device was taken away.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "drivers/table.h"
#include "gateway/room.h"

enum { RETRY_FIRST_MS = 1000, RETRY_LAST_MS = 60000 };
enum { GONE_MS = 20 };	/* the line's call ends first */

/* Hookflash, the national windows together: what is shorter is a dial pulse or
 * nothing, what is longer a hang-up. */
enum { FLASH_MIN_MS = 200, FLASH_MAX_MS = 1000 };

/* Between a port's end and its line: a port may go and the line stay. */
struct port {
	struct list_head node;
	struct gateway *gateway;
	struct line *line;	/* NULL: the end was taken from it */
	struct timer gone;
};

struct retry {
	struct list_head node;
	struct gateway *gateway;
	struct line *line;
	char name[48];
	char why[256];		/* the last reason, logged when it changes */
	struct timer timer;
	unsigned wait_ms;
};

/* The pump reads a line's tones for as long as the line's end lives, over any
 * number of reloads. So they are kept, one copy of each kind. */
struct plan {
	struct list_head node;
	struct tone tones[TONE_COUNT];
};

const struct tone *ports_tones(void *gateway, const struct tone *tones)
{
	struct gateway *g = gateway;
	struct list_head *pos;
	struct plan *p;

	list_for_each(pos, &g->plans) {
		p = list_entry(pos, struct plan, node);
		if (!memcmp(p->tones, tones, sizeof(p->tones)))
			return p->tones;
	}
	p = malloc(sizeof(*p));
	if (!p)
		return NULL;
	memcpy(p->tones, tones, sizeof(p->tones));
	list_add_before(&g->plans, &p->node);
	return p->tones;
}

static int voice_conf(struct gateway *g, const struct config_line *l,
		      struct media_port_conf *m)
{
	const struct country *c = &g->conf->country;

	*m = (struct media_port_conf) {
		.rx_gain = l->rx_gain,
		.tx_gain = l->tx_gain,
		.canceller = l->canceller,
		.echo_ms = l->echo_ms,
		.nlp = l->nlp,
		.callerid = l->callerid ? l->way.standard : CALLERID_NONE,
		.plan = ports_tones(g, c->tones),
	};
	return m->plan ? 0 : -1;
}

static void retry_later(struct gateway *, struct line *, const char *why);

static void port_free(struct port *p)
{
	timer_stop(&p->gone);
	list_remove(&p->node);
	free(p);
}

/* The kernel has taken the device away: the descriptor is of no more use, and
 * the device may come back only when it is closed. */
static void on_gone(void *arg)
{
	struct port *p = arg;
	struct line *line = p->line;
	struct media_end *end = line_end(line);

	if (!line_drop_end(line)) {
		timer_start(&p->gateway->loop->timers, &p->gone, GONE_MS, on_gone, p);
		return;
	}
	p->line = NULL;
	end->media->ops->free(end);
	retry_later(p->gateway, line, "the device is gone");
}

static void on_media(void *owner, const struct media_event *e)
{
	struct port *p = owner;
	struct line *line = p->line;
	bool freed = e->type == MEDIA_FREED;

	if (e->type == MEDIA_LINE && e->line.type == LINE_EVENT_ALARM &&
	    e->line.value == ALARM_REMOVED && line)
		timer_start(&p->gateway->loop->timers, &p->gone, GONE_MS, on_gone, p);
	if (freed)
		port_free(p);
	if (line)
		line_media_event(line, e);
}

static struct port *port_new(struct gateway *g, struct line *line)
{
	struct port *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->gateway = g;
	p->line = line;
	list_add_before(&g->ports, &p->node);
	return p;
}

static int open_port(struct gateway *g, struct line *line,
		     const struct config_line *l, char *why, size_t size)
{
	unsigned pulse = (1000 + l->pulse_rate / 2) / l->pulse_rate;
	unsigned open = (pulse * l->pulse_break + 50) / 100;
	struct port_conf port = {
		.kind = l->kind,
		.directory = g->conf->sim_directory,
		.flash_min_ms = FLASH_MIN_MS,
		.flash_max_ms = l->flash ? FLASH_MAX_MS : 0,
		.pulse_break_ms = open,
		.pulse_make_ms = pulse - open,
		.flash_ms = l->flash_time_ms,
		.card_rx_gain = l->card_rx_gain,
		.card_tx_gain = l->card_tx_gain,
		.card_impedance = l->card_impedance + 1,
	};
	struct media_port_conf voice;
	struct media_end *end;
	struct port *p;
	const char *address;

	if (!line_driver_find(l->port, &address)) {
		snprintf(why, size, "port %s: this build has no such driver",
			 l->port);
		return -1;
	}
	snprintf(port.address, sizeof(port.address), "%s", address);
	snprintf(why, size, "out of memory");
	p = port_new(g, line);
	if (!p)
		return -1;
	end = voice_conf(g, l, &voice) ? NULL :
		g->media->ops->port_new(g->media, l->port, &port, &voice, on_media,
					p, why, size);
	if (!end) {
		port_free(p);
		return -1;
	}
	line_set_end(line, end);
	return 0;
}

static void retry_free(struct retry *r)
{
	timer_stop(&r->timer);
	list_remove(&r->node);
	free(r);
}

static void on_retry(void *arg)
{
	struct retry *r = arg;
	struct gateway *g = r->gateway;
	const struct config_line *l = config_line(g->conf, r->name);
	char why[sizeof(r->why)] = "";

	if (!l) {
		retry_free(r);
		return;
	}
	if (!open_port(g, r->line, l, why, sizeof(why))) {
		log_info("line %s: port %s is there, the line is in service",
			 r->name, l->port);
		retry_free(r);
		return;
	}
	if (strcmp(why, r->why)) {
		line_set_fault(r->line, why);
		snprintf(r->why, sizeof(r->why), "%s", why);
	}
	r->wait_ms *= 2;
	if (r->wait_ms > RETRY_LAST_MS)
		r->wait_ms = RETRY_LAST_MS;
	timer_start(&g->loop->timers, &r->timer, r->wait_ms, on_retry, r);
}

static const char *line_name(const struct line *line)
{
	struct line_info i;

	line_get_info(line, &i);
	return i.name;
}

static void retry_later(struct gateway *g, struct line *line, const char *why)
{
	struct retry *r = calloc(1, sizeof(*r));

	if (!r)
		return;
	r->gateway = g;
	r->line = line;
	snprintf(r->name, sizeof(r->name), "%s", line_name(line));
	snprintf(r->why, sizeof(r->why), "%s", why);
	r->wait_ms = RETRY_FIRST_MS;
	list_add_before(&g->retries, &r->node);
	timer_start(&g->loop->timers, &r->timer, r->wait_ms, on_retry, r);
}

void ports_open(struct gateway *g, struct line *line)
{
	const struct config_line *l = config_line(g->conf, line_name(line));
	struct list_head *pos, *tmp;
	char why[256] = "";

	/* A line that went may have had the same memory. */
	list_for_each_safe(pos, tmp, &g->retries) {
		struct retry *r = list_entry(pos, struct retry, node);

		if (r->line == line)
			retry_free(r);
	}
	if (!l || !open_port(g, line, l, why, sizeof(why)))
		return;
	line_set_fault(line, why);
	log_warning("line %s: %s; it is out of service and tried again",
		    l->name, why);
	retry_later(g, line, why);
}

/* ------------------------------------------------------------------ reload */

struct seek {
	const struct line *line;
	bool found;
};

static void seek_line(void *arg, const struct line *line)
{
	struct seek *s = arg;

	if (line == s->line)
		s->found = true;
}

void ports_forget_gone(struct gateway *g)
{
	struct list_head *pos, *tmp;

	list_for_each_safe(pos, tmp, &g->retries) {
		struct retry *r = list_entry(pos, struct retry, node);
		struct seek s = { .line = r->line };

		if (g->box && !g->stopping)
			box_each_line(g->box, seek_line, &s);
		if (!s.found)
			retry_free(r);
	}
}

static void reconf_line(void *arg, const struct line *line)
{
	struct gateway *g = arg;
	const struct config_line *l = config_line(g->conf, line_name(line));
	struct media_end *end = line_end(line);
	struct media_port_conf voice;

	if (l && end && !voice_conf(g, l, &voice))
		end->media->ops->conf(end, &voice);
}

void ports_reconf(struct gateway *g)
{
	box_each_line(g->box, reconf_line, g);
}

void ports_free(struct gateway *g)
{
	while (!list_empty(&g->retries))
		retry_free(list_entry(g->retries.next, struct retry, node));
	/* Ends whose pump has stopped tell nobody. */
	while (!list_empty(&g->ports))
		port_free(list_entry(g->ports.next, struct port, node));
	while (!list_empty(&g->plans)) {
		struct plan *p = list_entry(g->plans.next, struct plan, node);

		list_remove(&p->node);
		free(p);
	}
}
