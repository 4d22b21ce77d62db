/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * subscription.h - the mailboxes of a trunk's lines, each subscribed to at the
 * trunk's server (RFC 3842, RFC 6665) where voicemail = "subscribe". What NOTIFY
 * tells goes the way of what comes unasked (mwi.c).
 */
#ifndef SIP_SUBSCRIPTION_H
#define SIP_SUBSCRIPTION_H

#include "sip/internal.h"

enum subscription_state { SUBSCRIPTION_STOPPED, SUBSCRIPTION_WAITING,
			  SUBSCRIPTION_SUBSCRIBING, SUBSCRIPTION_ACCEPTED,
			  SUBSCRIPTION_SUBSCRIBED, SUBSCRIPTION_REFRESHING,
			  SUBSCRIPTION_REFUSED, SUBSCRIPTION_UNSUBSCRIBING,
			  SUBSCRIPTION_STATES };

struct subscription {
	struct owner owner;
	struct provider *provider;
	struct account *account;	/* whose credentials; the provider's */
	struct list_head node;		/* provider->subscriptions */
	char *name;			/* "trunk acme, mailbox 103" */
	char *mailbox;			/* as lines have it */
	char *aor;			/* "sip:103@example.net" */
	bool retired;			/* no line's any more: freed when stopped */
	struct fsm fsm;
	nua_handle_t *nh;		/* one for each dialog */
	bool routed;			/* it knows its next hop */
	struct sockaddr_storage target;	/* that it was asked for at */
	char contact[320];		/* that was told */
	unsigned tries;			/* without success */
	unsigned round;			/* of these, one target after the other */
	int refused;			/* the last failure's status, 0: no answer */
	unsigned retry_after_s;		/* as it said */
	unsigned challenged;		/* in this request */
	unsigned ask_s;			/* expiry asked for */
	uint64_t since;			/* ms, when it was granted first; 0: none */
	uint64_t good_until;		/* ms */
	char error[TLS_ERROR];		/* of the last try; "" when it succeeded */
};

/* What a NOTIFY says of its subscription (RFC 6665 section 4.1.3). */
enum notice { NOTICE_LIVES,	/* active or pending */
	      NOTICE_AGAIN,	/* ended; another may be asked for at once */
	      NOTICE_LATER,	/* ... after a while */
	      NOTICE_NEVER };	/* ... and none is to be asked for */

/* subscription.c: the machine. */
void subscription_init(struct subscription *);
void subscription_fini(struct subscription *);
void subscription_start(struct subscription *);	/* also one that was given up */
/* Unsubscribes if need be; agent_settle() when done. */
void subscription_stop(struct subscription *);
/* Its account is registered, or the targets have changed. */
void subscription_ready(struct subscription *);
/* Tells the server another Contact. */
void subscription_renew(struct subscription *);
void subscription_server_back(struct subscription *);
void subscription_granted(struct subscription *, unsigned s);
/* status: 0, no answer. The words are in error. */
void subscription_refused(struct subscription *, int status, unsigned retry_after);
/* s: it lasts so long, or is to be left alone for so long; 0: not told. */
void subscription_notified(struct subscription *, enum notice, unsigned s);
/* The server cannot be reached, for a reason that is known at once. */
void subscription_unreachable(struct subscription *, const char *why);

/* subscribe.c: one SUBSCRIBE, in the dialog there is or in a new one; how it
 * ended comes by subscription_granted() or subscription_refused(). expires 0 ends
 * the subscription. */
void subscribe_send(struct subscription *, unsigned expires);
void subscribe_drop(struct subscription *);	/* the dialog is of no use any more */
void subscribe_happened(struct owner *, const struct happening *);
/* What is told as Contact is not true any more. */
bool subscribe_is_old(const struct subscription *);

/* mailboxes.c: those of a provider. */
int subscriptions_make(struct provider *, const struct config *);	/* -ENOMEM */
void subscriptions_free(struct provider *);
/* What both have stays as it is, the rest is ended or begun. */
void subscriptions_take_over(struct provider *old, struct provider *new);
void subscriptions_start(struct provider *);
void subscriptions_stop(struct provider *);
bool subscriptions_stopped(const struct provider *);
void subscriptions_settle(struct provider *);	/* frees those that retired */
void subscriptions_ready(struct provider *);
void subscriptions_renew(struct provider *);
void subscriptions_server_back(struct provider *);
/* A TLS connection was made: what is told as Contact may be wrong. */
void subscriptions_moved(struct provider *);
void subscriptions_unreachable(struct provider *, const struct sockaddr *,
			       const char *why);

/* mwi.c: takes what a NOTIFY tells of a mailbox; mailbox NULL: of the one that
 * it names. The status to answer. */
int mwi_take(struct provider *, const sip_t *, const char *mailbox);

#endif
