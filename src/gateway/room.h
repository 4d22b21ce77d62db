/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * room.h - what the files of the gateway share, private to it.
 */
#ifndef GATEWAY_ROOM_H
#define GATEWAY_ROOM_H

#include "base/list.h"
#include "base/loop.h"
#include "core/box.h"
#include "gateway/gateway.h"
#include "isdn/isdn.h"
#include "ops/ops.h"
#include "sip/agent.h"

struct gateway {
	struct loop *loop;
	struct config *conf;		/* in force */
	struct list_head old;		/* struct old_config: calls still use it */
	struct gateway_options options;
	struct media *media;
	struct box *box;
	struct agent *agent;
	struct isdn *isdn;
	struct ops *ops;
	struct list_head ports;		/* struct port: those that are open */
	struct list_head retries;	/* struct retry: lines without a port */
	struct list_head plans;		/* struct plan: tones, for the pump */
	struct timer notify_timer;
	uint64_t watchdog_ms;		/* 0: none */
	char status[160];		/* as told to systemd */
	struct timer fraud_timer;
	char *fraud_saved;		/* as it stands in the file; NULL: never */
	bool fraud_warned;
	struct timer deadline;
	bool stopping, box_idle, agent_done;
	void (*done)(void *arg);
	void *done_arg;
};

/* gateway.c: what a configuration with SRTP needs before its first call. -ENOSYS and
 * why. */
int gateway_srtp(const struct config *, char *why, size_t size);

/* ports.c: opens a line's port and gives it to the line, or leaves the line out
 * of service and tries again. */
void ports_open(struct gateway *, struct line *);
/* The lines that a reload has kept take what changed of their voice path. */
void ports_reconf(struct gateway *);
/* Around box_reload(): forgets lines that are gone. */
void ports_forget_gone(struct gateway *);
/* reload.c: configurations that calls still used. */
void old_configs_free(struct gateway *);

/* The pump reads tones for as long as a port lives: they are kept. NULL: no memory. */
const struct tone *ports_tones(void *gateway, const struct tone *);
void ports_free(struct gateway *);

/* source.c: what ops needs of the other rooms. */
struct ops_source gateway_source(struct gateway *);

/* fraud_state.c: what the guard counted, over a restart. */
void fraud_state_load(struct gateway *);
void fraud_state_free(struct gateway *);

/* notify.c: systemd. All of it does nothing elsewhere. */
void notify_ready(struct gateway *);
void notify_reloading(void);
void notify_reloaded(void);
void notify_stopping(void);
void notify_free(struct gateway *);

#endif
