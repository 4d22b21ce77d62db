/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * reload.c - another configuration for a running box, and the end of it.
 *
 * Each line and each call points to the configuration it began with. A line
 * that rests takes the new one: unchanged it goes on, changed or gone it is
 * retired, and when media has let go of its port its successor is made. So at
 * any time a line is either of box->conf or in use.
 */
#include "core/reload.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "core/call.h"
#include "core/group.h"
#include "core/limit.h"
#include "core/line.h"

struct pending {
	struct list_head node;		/* box->reloads, oldest first */
	struct box_reload reload;
	const struct config *old;
};

static bool same_text(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}

static bool same_flags(const struct config_line *a, const struct config_line *b)
{
	return a->two_stage == b->two_stage && a->dial == b->dial &&
	       a->dial_last == b->dial_last && a->dial_method == b->dial_method &&
	       a->pulse_rate == b->pulse_rate && a->pulse_break == b->pulse_break &&
	       a->flash_time_ms == b->flash_time_ms &&
	       a->answer == b->answer && a->answer_delay_ms == b->answer_delay_ms &&
	       a->wait_dial_tone == b->wait_dial_tone &&
	       a->callerid == b->callerid && a->way.standard == b->way.standard &&
	       a->way.alert == b->way.alert && a->glare == b->glare &&
	       a->did_digits == b->did_digits && a->did_when == b->did_when &&
	       a->polarity_answer == b->polarity_answer && a->flash == b->flash &&
	       a->flash_holds == b->flash_holds && a->transfer == b->transfer &&
	       a->call_waiting == b->call_waiting &&
	       a->mwi == b->mwi && a->mwi_alert == b->mwi_alert &&
	       a->call_waiting_callerid == b->call_waiting_callerid &&
	       a->registers == b->registers && a->rx_gain == b->rx_gain &&
	       a->tx_gain == b->tx_gain && a->echo_ms == b->echo_ms &&
	       a->nlp == b->nlp && a->canceller == b->canceller && a->dtmf_relay == b->dtmf_relay &&
	       a->card_rx_gain == b->card_rx_gain &&
	       a->card_tx_gain == b->card_tx_gain &&
	       a->card_impedance == b->card_impedance &&
	       a->busied_out == b->busied_out && a->hotline_ms == b->hotline_ms && a->learn == b->learn &&
	       a->disconnect_break_ms == b->disconnect_break_ms &&
	       !memcmp(&a->disconnect_tone, &b->disconnect_tone,
		       sizeof(a->disconnect_tone));
}

static bool same_line(const struct config_line *a, const struct config_line *b)
{
	return a->kind == b->kind && same_text(a->port, b->port) &&
	       same_text(a->number, b->number) &&
	       same_text(a->display_name, b->display_name) &&
	       same_text(a->trunk, b->trunk) && same_text(a->ring_to, b->ring_to) &&
	       same_text(a->dial_digits, b->dial_digits) &&
	       same_text(a->digit_map, b->digit_map) &&
	       same_text(a->hotline, b->hotline) &&
	       same_text(a->transfer_code, b->transfer_code) &&
	       same_text(a->measure_digits, b->measure_digits) &&
	       same_text(a->mailbox, b->mailbox) && same_text(a->pin, b->pin) && same_text(a->user, b->user) &&
	       same_text(a->auth_user, b->auth_user) &&
	       same_text(a->secret_file, b->secret_file) && same_flags(a, b);
}

static bool resting(const struct line *l)
{
	return l->fsm.state < LINE_FIRST_OWN && !l->leg.call && !l->second.call;
}

/* True: the line is another one now, or none. */
static bool renew(struct line *l)
{
	const struct config *conf = l->box->conf;
	const struct config_line *c = config_line(conf, l->name);

	if (l->config == conf || !resting(l))
		return false;
	if (c && same_line(l->conf, c)) {
		l->config = conf;
		l->conf = c;
		return false;
	}
	log_info("line %s: %s by the new configuration", l->name,
		 c ? "changed" : "taken out");
	line_retire(l);
	return true;
}

static bool closing(struct box *box, const struct config_line *c)
{
	struct list_head *n;

	/* Its old self, or another line, may still hold the port. */
	list_for_each(n, &box->closing) {
		struct line *l = list_entry(n, struct line, node);

		if (!strcmp(l->name, c->name) || !strcmp(l->conf->port, c->port))
			return true;
	}
	list_for_each(n, &box->lines) {
		struct line *l = list_entry(n, struct line, node);

		if (l->config != box->conf && !strcmp(l->conf->port, c->port))
			return true;
	}
	return false;
}

static void add_missing(struct box *box, const struct box_reload *r)
{
	for (size_t i = 0; i < box->conf->line_count; i++) {
		const struct config_line *c = &box->conf->lines[i];
		struct line *l;

		if (box_line(box, c->name) || closing(box, c))
			continue;
		l = box_line_new(box, c);
		if (!l) {
			log_error("line %s: out of memory", c->name);
			return;
		}
		r->line_added(r->arg, l);
	}
}

static bool in_use(struct box *box, const struct config *conf)
{
	struct list_head *n;

	list_for_each(n, &box->lines)
		if (list_entry(n, struct line, node)->config == conf)
			return true;
	list_for_each(n, &box->closing)
		if (list_entry(n, struct line, node)->config == conf)
			return true;
	list_for_each(n, &box->calls)
		if (list_entry(n, struct call, node)->conf == conf)
			return true;
	return false;
}

static void sweep_reloads(struct box *box)
{
	struct list_head *n, *tmp;

	list_for_each_safe(n, tmp, &box->lines)
		renew(list_entry(n, struct line, node));
	if (!box->shutting_down)
		add_missing(box, &list_entry(box->reloads.prev, struct pending,
					     node)->reload);
	list_for_each_safe(n, tmp, &box->reloads) {
		struct pending *p = list_entry(n, struct pending, node);

		/* The newest also knows how to make lines that are still to come. */
		if (in_use(box, p->old))
			continue;
		list_remove(&p->node);
		if (p->reload.done)
			p->reload.done(p->reload.arg, p->old);
		free(p);
	}
}

static void sweep_shutdown(struct box *box)
{
	struct list_head *n;
	void (*idle)(void *) = box->idle;

	if (!list_empty(&box->calls))
		return;
	list_for_each(n, &box->lines)
		if (!line_is_quiet(list_entry(n, struct line, node)))
			return;
	box->idle = NULL;
	idle(box->idle_arg);
}

static void sweep(void *arg)
{
	struct box *box = arg;

	if (!list_empty(&box->reloads))
		sweep_reloads(box);
	if (box->idle)
		sweep_shutdown(box);
}

void reload_look(struct box *box)
{
	if (!list_empty(&box->reloads) || box->idle)
		timer_start(box->timers, &box->sweep, 0, sweep, box);
}

void reload_line_closed(struct line *l)
{
	struct box *box = l->box;

	if (l->end)
		return;
	line_free(l);
	reload_look(box);
}

int box_reload(struct box *box, const struct box_reload *r)
{
	struct pending *p = calloc(1, sizeof(*p));
	int rc;

	if (!p)
		return -ENOMEM;
	p->reload = *r;
	p->old = box->conf;
	box->conf = r->conf;
	rc = groups_configure(box);
	if (rc) {
		free(p);
		return rc;
	}
	limit_configure(&box->limit, &box->conf->limit);
	list_add_before(&box->reloads, &p->node);
	sweep(box);
	return 0;
}

static void release_line(struct line *l)
{
	measure_stop(l, "tipring is shutting down");
	line_play(l, -1);
	line_hook(l, false);
	line_stop_ringing(l);
}

void box_shutdown(struct box *box, void (*idle)(void *arg), void *arg)
{
	struct list_head *n, *tmp;

	box->shutting_down = true;
	box->idle = idle;
	box->idle_arg = arg;
	list_for_each_safe(n, tmp, &box->calls)
		call_abort(list_entry(n, struct call, node), CAUSE_TEMPORARY_FAILURE,
			   "tipring is shutting down");
	list_for_each(n, &box->lines)
		release_line(list_entry(n, struct line, node));
	reload_look(box);
}

void reload_free(struct box *box)
{
	timer_stop(&box->sweep);
	while (!list_empty(&box->reloads)) {
		struct pending *p = list_entry(box->reloads.next, struct pending, node);

		list_remove(&p->node);
		free(p);
	}
}
