/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * reload.h - lines come and go while calls go on, and the box becomes quiet.
 */
#ifndef CORE_RELOAD_H
#define CORE_RELOAD_H

struct box;
struct line;

/* Something came to rest: soon, from the timer, look whether a line waits to
 * be changed, an old configuration is free, or a shutdown is complete. */
void reload_look(struct box *);
/* MEDIA_FREED of a retired line: its port is closed, its successor may come. */
void reload_line_closed(struct line *);
void reload_free(struct box *);

#endif
