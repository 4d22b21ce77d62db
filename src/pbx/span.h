/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * span.h - a primary rate span of the PBX: its D channel with a libpri of its
 * own, and its B channels, which are lines of kind b named SPAN.bSLOT.
 */
#ifndef PBX_SPAN_H
#define PBX_SPAN_H

#include "pbx/options.h"
#include "pbx/pbx.h"
#include "tipring/party.h"

struct pbx_line;
struct pbx_span;

struct span_setup {
	char called[PARTY_NUMBER_SIZE];	/* "": overlap, nothing yet */
	struct party from, redirecting;
	bool complete;		/* false: more digits follow */
	bool exclusive;		/* this B channel and no other */
	bool data;		/* unrestricted 64 kbit/s instead of speech */
	bool audio;		/* 3.1 kHz audio, likewise */
};

enum span_message { SPAN_ALERTING, SPAN_PROGRESS, SPAN_CONNECT, SPAN_RESTART,
		    SPAN_HOLD, SPAN_RETRIEVE };

/* 0 or -errno and a sentence. The span and its lines are added to the PBX. */
int span_open(struct pbx *, const struct options_span *, const char *directory,
	      const struct model_conf *, char *why, size_t size);
/* Its lines are the PBX's to close. */
void span_close(struct pbx_span *);
struct pbx_span *pbx_span(const struct pbx *, const char *name);	/* NULL */

/* On a B channel's line. -ENOTCONN: there is no call, or no D channel; -EBUSY:
 * there is one already. */
int span_call(struct pbx_line *, const struct span_setup *);
int span_say(struct pbx_line *, enum span_message);
int span_digits(struct pbx_line *, const char *digits);
int span_clear(struct pbx_line *, int cause);
/* HOLD of the line's call; it leaves the line when the gateway agrees. */
int span_park(struct pbx_line *);
/* RETRIEVE of what the line has on hold, on the B channel of `to`. */
int span_retrieve(struct pbx_line *, struct pbx_line *to);
/* SERVICE: takes the B channel out of service, or in. */
int span_service(struct pbx_line *, bool in);
/* Asks the gateway to join what the line has on hold with the call of `other`
 * (ECT). */
int span_join(struct pbx_line *, struct pbx_line *other);

/* deaf: what comes on the D channel waits to be read. */
void span_deaf(struct pbx_span *, bool deaf);
/* Takes the D channel away, or gives it back. */
int span_plug(struct pbx_span *, bool in, char *why, size_t size);

#endif
