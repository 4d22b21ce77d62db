/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * info.c - what the box shows.
 */
#include <stdio.h>
#include <string.h>

#include "core/call.h"
#include "core/group.h"
#include "core/line.h"

void line_get_info(const struct line *l, struct line_info *i)
{
	struct group *g = group_of(l->box, l);

	*i = (struct line_info){
		.name = l->name, .port = l->conf->port,
		.group = g && g->conf ? g->conf->name : "",
		.kind = l->kind, .state = fsm_state_name(&l->fsm),
		.busied_out = l->busied_out,
		.in_service = l->end && l->fsm.state != LINE_OUT && !l->busied_out,
		.number = l->conf->number, .trunk = l->conf->trunk,
		.call_id = l->leg.call ? l->leg.call->record.id : 0,
		.calls_in = l->calls_in, .calls_out = l->calls_out,
		.failed = l->failed, .since = l->since,
		.messages_known = l->messages_known,
		.messages = { l->messages, l->fresh_messages, l->old_messages },
	};
	snprintf(i->why, sizeof(i->why), "%s", l->fault);
}

void box_each_line(struct box *box, void (*fn)(void *, const struct line *), void *arg)
{
	struct list_head *n, *tmp;

	list_for_each_safe(n, tmp, &box->lines)
		fn(arg, list_entry(n, struct line, node));
}

/* The voice counters of a call that lasts are those of now. */
void box_each_call(struct box *box, void (*fn)(void *, const struct call_record *),
		   void *arg)
{
	struct list_head *n, *tmp;

	list_for_each_safe(n, tmp, &box->calls) {
		struct call *call = list_entry(n, struct call, node);

		call_note_stats(call, call->leg[SIDE_A]);
		call_note_stats(call, call->leg[SIDE_B]);
		fn(arg, &call->record);
	}
}

void box_each_trunk(struct box *box, void (*fn)(void *, const struct trunk *), void *arg)
{
	struct list_head *n, *tmp;

	list_for_each_safe(n, tmp, &box->trunks)
		fn(arg, list_entry(n, struct trunk, node));
}

static const char *hunt_name(enum hunt hunt)
{
	switch (hunt) {
	case HUNT_LINEAR: return "linear";
	case HUNT_CIRCULAR: return "circular";
	case HUNT_LEAST_USED: return "least-used";
	}
	return "?";
}

static void count_lines(struct box *box, const struct group *g, struct group_info *i)
{
	for (size_t k = 0; k < g->conf->line_count; k++) {
		const struct line *l = box_line(box, g->conf->lines[k]);

		i->lines++;
		if (!l || !l->end || l->fsm.state == LINE_OUT || l->busied_out)
			continue;
		i->in_service++;
		i->idle += l->fsm.state == LINE_IDLE && !l->leg.call;
	}
}

void box_each_group(struct box *box, void (*fn)(void *, const struct group_info *),
		    void *arg)
{
	struct list_head *n, *tmp;

	list_for_each_safe(n, tmp, &box->groups) {
		struct group *g = list_entry(n, struct group, node);
		struct group_info i = { 0 };

		if (!g->conf)
			continue;
		i.name = g->conf->name;
		i.hunt = hunt_name(g->conf->hunt);
		i.limit = &g->limit;
		count_lines(box, g, &i);
		fn(arg, &i);
	}
}
