/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "core/box.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "core/call.h"
#include "core/emergency.h"
#include "core/fraud.h"
#include "core/group.h"
#include "core/learn.h"
#include "core/limit.h"
#include "core/line.h"
#include "core/reload.h"

struct box *box_new(const struct config *conf, struct timers *timers,
		    struct media *media)
{
	struct box *box = calloc(1, sizeof(*box));

	if (!box)
		return NULL;
	box->conf = conf;
	box->timers = timers;
	box->media = media;
	box->next_call_id = 1;
	fsm_queue_init(&box->queue);
	list_init(&box->lines);
	list_init(&box->groups);
	list_init(&box->trunks);
	list_init(&box->calls);
	list_init(&box->learned);
	list_init(&box->closing);
	list_init(&box->reloads);
	list_init(&box->waiting);
	limit_configure(&box->limit, &conf->limit);
	box->fraud = fraud_new();
	if (!box->fraud || groups_configure(box)) {
		box_free(box);
		return NULL;
	}
	return box;
}

static void abort_calls(struct box *box)
{
	while (!list_empty(&box->calls))
		call_abort(list_entry(box->calls.next, struct call, node),
			   CAUSE_TEMPORARY_FAILURE, "tipring has ended");
}

void box_free(struct box *box)
{
	struct list_head *n, *tmp;

	if (!box)
		return;
	box->shutting_down = true;
	abort_calls(box);
	list_for_each_safe(n, tmp, &box->lines)
		line_retire(list_entry(n, struct line, node));
	list_for_each_safe(n, tmp, &box->closing)
		line_free(list_entry(n, struct line, node));
	list_for_each_safe(n, tmp, &box->groups) {
		list_remove(n);
		free(list_entry(n, struct group, node));
	}
	while (!list_empty(&box->learned))
		learn_free(list_entry(box->learned.next, struct learn_line, node));
	while (!list_empty(&box->trunks))
		list_remove(box->trunks.next);
	reload_free(box);
	fraud_free(box->fraud);
	fsm_queue_fini(&box->queue);
	free(box);
}

void box_observe(struct box *box, const struct box_observer *o, void *arg)
{
	box->observer = o;
	box->observer_arg = arg;
}

void box_incoming(struct box *box, struct leg *leg, struct trunk *trunk,
		  const struct leg_offer *offer)
{
	struct call *call = call_new(box, leg, trunk, offer);
	struct release r;

	if (!call) {
		release_set(&r, CAUSE_RESOURCE_UNAVAILABLE, false, "out of memory");
		leg->ops->release(leg, &r);
		return;
	}
	call_post(call, C_START);
}

/* ------------------------------------------------------------------- trunks */

static void trunk_told(struct trunk *t)
{
	const struct box_observer *o = t->box->observer;

	if (o && o->trunk_changed)
		o->trunk_changed(t->box->observer_arg, t);
}

void box_trunk_add(struct box *box, struct trunk *t)
{
	t->box = box;
	if (t->conf)
		limit_configure(&t->limit, &t->conf->limit);
	list_add_before(&box->trunks, &t->node);
	trunk_told(t);
}

/* Its calls end: its legs are going with it. */
void box_trunk_remove(struct box *box, struct trunk *t)
{
	struct list_head *n, *tmp;

	list_for_each_safe(n, tmp, &box->calls) {
		struct call *call = list_entry(n, struct call, node);
		bool its = false;

		for (int side = 0; side < 2; side++)
			if (call->trunk[side] == t) {
				call->trunk[side] = NULL;
				its = true;
			}
		if (!its)
			continue;
		call_forget_limit(call, &t->limit);
		call_abort(call, CAUSE_NETWORK_OUT_OF_ORDER, "its trunk was removed");
	}
	list_remove(&t->node);
	t->box = NULL;
}

void trunk_set_up(struct trunk *t, bool up, const char *why)
{
	bool changed = t->up != up;

	t->up = up;
	snprintf(t->why_down, sizeof(t->why_down), "%s", why && !up ? why : "");
	if (!t->box)
		return;
	if (changed)
		log_info("trunk %s: %s%s%s", t->name, up ? "up" : "down",
			 t->why_down[0] ? ": " : "", t->why_down);
	trunk_told(t);
	if (up)
		emergency_circuit_free(t->box);
}

/* ------------------------------------------------------------ for operators */

/* TRUNK.CIRCUIT */
static int set_circuit_busied_out(struct box *box, const char *name, bool out)
{
	const char *dot = strrchr(name, '.');
	struct list_head *n;

	if (!dot)
		return -ENOENT;
	list_for_each(n, &box->trunks) {
		struct trunk *t = list_entry(n, struct trunk, node);

		if (t->ops->busy_out && !t->draining &&
		    strlen(t->name) == (size_t)(dot - name) &&
		    !memcmp(t->name, name, (size_t)(dot - name)))
			return t->ops->busy_out(t, dot + 1, out);
	}
	return -ENOENT;
}

static int set_busied_out(struct box *box, const char *name, bool out)
{
	struct line *l = box_line(box, name);

	if (!l)
		return set_circuit_busied_out(box, name, out);
	l->busied_out = out;
	log_info("line %s: %s by the operator", name,
		 out ? "busied out" : "returned to service");
	if (l->fsm.state < LINE_FIRST_OWN && l->fsm.state != line_resting_state(l))
		line_post(l, L_REVIEW);
	else
		line_told(l);
	return 0;
}

int box_busy_out(struct box *box, const char *line)
{
	return set_busied_out(box, line, true);
}

int box_return(struct box *box, const char *line)
{
	return set_busied_out(box, line, false);
}

int box_forget(struct box *box, const char *line)
{
	struct learn_line *l = learn_find(&box->learned, line);

	if (!l)
		return -ENOENT;
	learn_free(l);
	log_info("line %s: what was learned is forgotten", line);
	if (box->observer && box->observer->learned)
		box->observer->learned(box->observer_arg);
	return 0;
}

int box_hangup(struct box *box, uint64_t call_id)
{
	struct list_head *n;

	list_for_each(n, &box->calls) {
		struct call *call = list_entry(n, struct call, node);

		if (call->record.id != call_id)
			continue;
		call_abort(call, CAUSE_NORMAL, "ended by the operator");
		return 0;
	}
	return -ENOENT;
}

int box_set_limit(struct box *box, const char *what, char direction, int max)
{
	struct limit *limit = NULL;
	struct list_head *n;
	struct group *g;
	char words[16];
	int rc;

	if (!strcmp(what, "box"))
		limit = &box->limit;
	if (!strncmp(what, "group:", 6)) {
		g = group_find(box, what + 6);
		limit = g ? &g->limit : NULL;
	}
	if (!strncmp(what, "trunk:", 6))
		list_for_each(n, &box->trunks) {
			struct trunk *t = list_entry(n, struct trunk, node);

			if (!strcmp(t->name, what + 6) && !t->draining)
				limit = &t->limit;
		}
	if (!limit)
		return -ENOENT;
	rc = limit_set(limit, direction, max);
	if (rc)
		return rc;
	if (max < 0)
		strcpy(words, "none");
	else
		snprintf(words, sizeof(words), "%d", max);
	log_info("limit of %s%s set to %s by the operator", what, direction ==
		 'i' ? ", in," : direction == 'o' ? ", out," : "", words);
	return 0;
}
