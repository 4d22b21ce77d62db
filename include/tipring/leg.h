/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * leg.h - one side of a call: the contract between core and the rooms that
 * make legs (line legs in core, SIP legs in src/sip, ISDN legs in src/isdn).
 *
 * A room embeds struct leg in its own and fills ops, kind, name and end. It
 * owns the memory. A leg belongs to one call at a time: core sets leg->call.
 *
 *   core -> leg: leg->ops    (what the leg shall tell its far end)
 *   leg -> core: leg_*()     (what the far end said), in core/leg.c
 *
 * The end of a leg, in both directions, is one step: after ops->release or
 * leg_released() core has forgotten the leg (leg->call is NULL, its end split)
 * and calls it no more; the room finishes its protocol by itself and frees it.
 * A room that still needs the leg's events must not call leg_*() afterwards:
 * they ignore a leg without a call.
 */
#ifndef TIPRING_LEG_H
#define TIPRING_LEG_H

#include <stdbool.h>

#include "tipring/cause.h"
#include "tipring/media.h"
#include "tipring/party.h"

struct call;
struct leg;
struct trunk;
struct box;

#define ALERT_NAME_SIZE 48	/* bytes, with the ending zero */

/* What a call asks for. */
struct leg_offer {
	struct party calling;
	char called[PARTY_NUMBER_SIZE];
	bool emergency;
	bool complete;		/* false: more digits may follow (overlap) */
	unsigned ring_s;	/* give up without answer after; 0: never */
	struct party diverting;	/* who sent the call on; no number: nobody */
	enum diversion_reason diversion;
	char alert[ALERT_NAME_SIZE];	/* how it asks to be rung: name of a
				   cadence; "" as usual */
	unsigned hops;		/* that it may still take (Max-Forwards); 0: not
				   told */
};

/* Why something ended, in words for log, record and screen. */
struct release {
	enum cause cause;
	char why[160];		/* "pbx-1 hung up", "busy tone, 3 cycles" */
	unsigned retry_after;	/* s; towards SIP with 503; 0: none */
	bool by_far_end;	/* false: we ended it */
};

/* How an outgoing leg came to be answered. */
enum answer_method {
	ANSWER_NONE,
	ANSWER_SIGNALLED,	/* SIP 200, loop closed, CONNECT */
	ANSWER_POLARITY,
	ANSWER_VOICE,		/* supervised: ringback stopped, speech, fax tone */
	ANSWER_DELAY,
	ANSWER_SEIZE,
};

/* How a transfer goes that a far end asked for. */
enum referral_news {
	REFERRAL_RINGING, REFERRAL_PROGRESS,
	REFERRAL_DONE,		/* the call has forgotten the leg, as by release */
	REFERRAL_FAILED,	/* it talks to the leg as before */
};

struct leg_ops {
	/* Outgoing leg: call its far end. -errno ends it as leg_released()
	 * would, with no further call. */
	int (*offer)(struct leg *, const struct leg_offer *);
	int (*more_digits)(struct leg *, const char *digits);	/* NULL: en bloc only */
	/* Incoming leg: what happens at the other side. */
	void (*proceeding)(struct leg *);
	void (*alert)(struct leg *);	/* ringing, make ringback yourself */
	void (*progress)(struct leg *);	/* in-band tones come: open the voice path */
	void (*answer)(struct leg *);
	/* Before answer: who it is that answers, where that is told. NULL:
	 * ignored. */
	void (*connected)(struct leg *, const struct party *);
	/* Both, while there is a call. NULL: ignored. */
	void (*digit)(struct leg *, char digit, unsigned ms);
	void (*flash)(struct leg *);
	void (*hold)(struct leg *, bool held);	/* the other side holds us */
	/* What becomes of leg_refer(). why: REFERRAL_FAILED only. NULL: ignored. */
	void (*referred)(struct leg *, enum referral_news, const struct release *why);
	/* Its far end, and that of another leg of the same trunk that talks too,
	 * are connected by us: shall go on without us. 0: what comes of it tells
	 * leg_handed_over(); -errno: it is not to be. NULL: it cannot. */
	int (*hand_over)(struct leg *, struct leg *other);
	/* The call is cleared by the other side or by us. For a line this may
	 * mean a tone first; the leg is no longer the call's. */
	void (*release)(struct leg *, const struct release *);
};

struct referral;

struct leg {
	const struct leg_ops *ops;
	const char *kind;	/* "line", "sip" */
	char name[48];		/* the line's or trunk's name */
	struct call *call;	/* core's; NULL: none */
	struct media_end *end;	/* NULL: no voice path yet */
	struct referral *referral;	/* core's: its far end hands ours on */
	bool outgoing;		/* core's: we call its far end */
	bool up;		/* core's: it is answered. It may come so to another
				   call (call_transfer), and is then told hold
				   and release, but no alert, progress, answer */
	bool digits_by_event;	/* this side carries digits outside its audio,
				   or can take them so */
	bool relays;		/* its end is a port's that takes digits out of
				   the audio for events, and sounds events */
	struct party connected;	/* who answered there; the room sets it before
				   leg_answered(). No number, no name: not told */
	enum codec codec;	/* for the record; CODEC_NONE: none */
	enum srtp_suite srtp;	/* likewise */
};

/* What a leg's far end did. All are safe for a leg without a call. */
void leg_proceeding(struct leg *);
void leg_alerting(struct leg *);	/* it rings there */
void leg_progress(struct leg *);	/* early media comes from leg->end */
void leg_answered(struct leg *, enum answer_method, unsigned confidence);
void leg_digit(struct leg *, char digit, unsigned ms);
void leg_flash(struct leg *);
void leg_hold(struct leg *, bool held);
void leg_released(struct leg *, const struct release *);
/* leg->end came to be, changed or is about to go (then it is NULL). */
void leg_end_changed(struct leg *);

/* Whether an outgoing leg may call another number of its trunk instead, as its
 * far end says: only what the caller could have dialled. */
bool leg_may_redirect(struct leg *, const char *number);

/*
 * The far end of a leg that talks hands its partner on. 0, or -errno and *why:
 * -EAGAIN the call is not so far, -EALREADY another transfer is on its way,
 * -EPERM it may not be, -ECONNREFUSED it cannot be reached, -ENOMEM.
 *
 * To a number that the partner could have dialled: ops->referred tells how it
 * goes. When the leg is released before that is known, its partner goes over at
 * once, and nothing more is told.
 */
int leg_refer(struct leg *, const char *number, struct release *why);
/* To the far end of another call that it has with us, which may still ring:
 * done when this returns, and both calls have forgotten the legs, as by release. */
int leg_refer_to(struct leg *, struct leg *other, struct release *why);
/* A leg that has no call yet takes another's place, and is told to answer; the
 * other is forgotten, as by release. One that has not answered can be replaced
 * when we called it. -EPERM and *why; then nothing has changed. */
int leg_replace(struct leg *old, struct leg *new, struct release *why);

/* What ops->hand_over has come to. failed: NULL, the far ends go on without us,
 * and the legs of both are to be released; else they talk through us as before.
 * After a failure it may still be told that they do. */
void leg_handed_over(struct leg *, const struct release *failed);

/* A leg whose far end calls us. Core routes it and, at once or later, uses its
 * ops. An offer that cannot be served is answered by ops->release, possibly
 * before this returns. trunk: where it came from; NULL: a line of the box. */
void box_incoming(struct box *, struct leg *, struct trunk *,
		  const struct leg_offer *);

/* Fills *r, printf-like. */
void release_set(struct release *r, enum cause, bool by_far_end,
		 const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
