/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "isdn/watch.h"

enum { SABME = 0x6f, DM = 0x0f, DISC = 0x43, UA = 0x63, POLL = 0x10 };

static void out(struct link_watch *w, int kind)
{
	switch (kind) {
	case SABME:
		w->up = false;
		w->asked = true;
		break;
	case UA:
		/* Theirs that crossed ours: ours is still to be answered. */
		if (w->was_asked && !w->asked)
			w->up = true;
		w->was_asked = false;
		break;
	case DISC:
	case DM:
		*w = (struct link_watch){ .up = false };
		break;
	default:
		break;
	}
}

static void in(struct link_watch *w, int kind)
{
	switch (kind) {
	case SABME:
		w->was_asked = true;
		break;
	case UA:
		if (w->asked)
			w->up = true;
		w->asked = false;
		break;
	case DISC:
		*w = (struct link_watch){ .up = false };
		break;
	default:
		break;
	}
}

void link_watch_frame(struct link_watch *w, const uint8_t *frame, size_t octets,
		      bool sent)
{
	if (octets < 3)
		return;
	if ((frame[2] & 3) == 3)
		(sent ? out : in)(w, frame[2] & ~POLL);
	else if (sent)
		w->up = true;	/* I and S frames have only that state */
}
