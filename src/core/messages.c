/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * messages.c - messages that wait for a line's telephone: its lamp, where the
 * card has one, its dial tone, and data that are sent to it on hook say so.
 */
#include <string.h>

#include "base/log.h"
#include "core/line.h"
#include "core/number.h"

#define SETTLE_MS 1500		/* a telephone that has just hung up hears nothing */
#define AGAIN_MS 15000

static bool rests(const struct line *l)
{
	return l->end && l->kind == PORT_FXS && (l->fsm.state == LINE_IDLE ||
						  l->fsm.state == LINE_BUSIED);
}

static void send_now(void *arg)
{
	struct line *l = arg;
	struct media_messages m = { .way = l->conf->way, .waiting = l->messages };

	if (!l->messages_due || !rests(l))
		return;
	m.way.alert = l->conf->mwi_alert;
	l->messages_sent = l->messages;
	if (l->end->media->ops->messages(l->end, &m)) {
		log_debug("line %s: its port sends nothing on hook", l->name);
		l->messages_due = false;
		return;
	}
	/* Until line_messages_sent(): a call may come between. */
	timer_start(l->box->timers, &l->messages_timer, AGAIN_MS, send_now, l);
}

void line_send_messages(struct line *l)
{
	if (l->messages_due && rests(l))
		timer_start(l->box->timers, &l->messages_timer, SETTLE_MS, send_now, l);
}

void line_messages_sent(struct line *l)
{
	log_debug("line %s: its telephone was told that %s", l->name,
		  l->messages_sent ? "messages wait" : "no messages wait");
	/* It may have changed on the way. */
	l->messages_due = l->messages_sent != l->messages;
	timer_stop(&l->messages_timer);
	line_send_messages(l);
}

void line_show_messages(struct line *l)
{
	struct port_state s = { 0 };

	if (l->conf->mwi & MWI_LAMP && l->end &&
	    !l->end->media->ops->state(l->end, &s) && s.capabilities & PORT_VMWI)
		l->end->media->ops->set(l->end, PORT_MESSAGES, l->messages);
	l->messages_due = l->conf->mwi & MWI_FSK;
	line_send_messages(l);
}

/* Whose messages a line shows: the mailbox it names, else its account's, else
 * those of its number. */
static bool is_for(const struct config_line *c, const char *trunk, const char *mailbox)
{
	if (*c->trunk && strcmp(c->trunk, trunk))
		return false;
	if (*c->mailbox || *c->user)
		return !strcmp(*c->mailbox ? c->mailbox : c->user, mailbox);
	return number_equal(c->number, mailbox);
}

unsigned box_messages(struct box *box, const char *trunk, const char *mailbox,
		      const struct messages *m)
{
	struct list_head *n;
	unsigned count = 0;

	list_for_each(n, &box->lines) {
		struct line *l = list_entry(n, struct line, node);

		if (l->kind != PORT_FXS || !is_for(l->conf, trunk, mailbox))
			continue;
		count++;
		l->fresh_messages = m->fresh;
		l->old_messages = m->old;
		if (l->messages == m->waiting && l->messages_known)
			continue;
		l->messages = m->waiting;
		l->messages_known = true;
		log_info("line %s: %s", l->name,
			 m->waiting ? "messages wait" : "no messages wait any more");
		line_show_messages(l);
	}
	return count;
}
