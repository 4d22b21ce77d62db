/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * room.h - the media room on the signalling thread.
 */
#ifndef MEDIA_ROOM_H
#define MEDIA_ROOM_H

#include "base/list.h"
#include "base/loop.h"
#include "media/end.h"
#include "media/media.h"
#include "media/pump.h"

struct room {
	struct media media;
	struct loop *loop;
	struct loop_watch *watch;
	struct pump *pump;
	const struct line_driver *(*find)(const char *port, const char **address);
	struct list_head ends;
	struct list_head overdue;	/* ends whose split or free found no room */
	struct timer retry;
	unsigned next_port;
};

extern const struct media_ops room_ops;

/* ---- room_ops.c */
/* Posts what is overdue; -ENOBUFS: still no room. */
int room_flush(struct room *);
/* A command to the pump, in order; -ENOBUFS: the pump does not keep up. */
int room_post(const struct command *);

#endif
