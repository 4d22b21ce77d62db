/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * messages.c - messages that wait for a line's telephone: its lamp, where the
 * card has one, and its dial tone say so.
 */
#include <string.h>

#include "base/log.h"
#include "core/line.h"
#include "core/number.h"

void line_show_messages(struct line *l)
{
	struct port_state s = { 0 };

	if (l->end && !l->end->media->ops->state(l->end, &s) &&
	    s.capabilities & PORT_VMWI)
		l->end->media->ops->set(l->end, PORT_MESSAGES, l->messages);
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
		      bool waiting)
{
	struct list_head *n;
	unsigned count = 0;

	list_for_each(n, &box->lines) {
		struct line *l = list_entry(n, struct line, node);

		if (l->kind != PORT_FXS || !is_for(l->conf, trunk, mailbox))
			continue;
		count++;
		if (l->messages == waiting)
			continue;
		l->messages = waiting;
		log_info("line %s: %s", l->name,
			 waiting ? "messages wait" : "no messages wait any more");
		line_show_messages(l);
	}
	return count;
}
