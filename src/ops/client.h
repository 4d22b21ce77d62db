/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * client.h - one connection to the control socket, private to it.
 */
#ifndef OPS_CLIENT_H
#define OPS_CLIENT_H

#include <sys/socket.h>

#include "base/list.h"
#include "ops/control.h"

struct client_list {
	struct loop *loop;
	struct list_head live, dead;	/* dead: freed at the end of the turn */
	unsigned count, watching;
	struct timer reaper;
	control_fn *fn;
	control_gone_fn *gone;	/* NULL: nobody asks */
	void *arg;
};

void clients_init(struct client_list *, struct loop *, control_fn *, void *arg);
void clients_fini(struct client_list *);

/* Takes the connected, non-blocking descriptor over. */
int client_new(struct client_list *, int fd);

/* line is whole, without its newline. */
void clients_tell(struct client_list *, const char *line, size_t len);

#endif
