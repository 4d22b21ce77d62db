/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * room.h - what the files of this room share.
 *
 *   isdn.c      the spans of a configuration: made, reloaded, drained
 *   link.c      libpri and a D channel: frames, timers, its words
 *   span.c      a span's life, and which leg an event is for
 *   channel.c   B channels: their ports, selection, restart
 *   channel_state.c where one stands
 *   span_state.c where a span stands
 *   leg.c       what a call wants of its far end
 *   leg_event.c what the far end says
 *   leg_channel.c which B channel a call gets, and glare
 *   leg_hold.c  hold, retrieve and transfer, as the far end asks
 *   overlap.c   digits that come one by one
 */
#ifndef ISDN_ROOM_H
#define ISDN_ROOM_H

#include <libpri.h>

#include "isdn/channel_state.h"
#include "isdn/isdn.h"
#include "isdn/map.h"
#include "isdn/span_state.h"
#include "isdn/watch.h"

#define SLOTS (DCHANNEL_SLOTS + 1)

struct span;
struct isdn_leg;
struct ear;

struct isdn {
	struct isdn_options options;
	const struct config *conf;
	struct list_head spans;
	struct list_head ears;		/* what the pump tells of ports */
	struct fsm_queue queue;		/* of spans and channels */
	bool stopping;
};

/* ----------------------------------------------------------------- link.c */

/* libpri frees nothing: a link lives as long as the process and is used again
 * for a span that needs the same. */
struct link {
	struct link *next;
	struct pri *pri;
	int node, type;
	struct span *span;		/* NULL: nobody uses it */
	const struct dchannel_ops *ops;
	struct dchannel *d;
	bool read;			/* a frame was read */
	bool ends;			/* DISC is to be read, see link_put */
	struct link_watch watch;
};

/* NULL: out of memory. */
struct link *link_get(struct span *, const struct dchannel_ops *, struct dchannel *);
/* What a reload may change. */
void link_configure(struct link *);
void link_put(struct link *);
/* The next event; NULL: none. It is valid until libpri is called again. */
pri_event *link_event(struct link *);
pri_event *link_timeout(struct link *);
/* ms until its next timer, -1: none runs. */
int64_t link_wait(struct link *);

/* ---------------------------------------------------------------- channel.c */

/* channel_state.c has its life. It is not to be used either while its port is in
 * alarm or cannot be opened, or the far end or the operator has taken it out of
 * service. */
struct channel {
	struct span *span;
	uint8_t slot;
	struct fsm fsm;			/* channel_type */
	char id[64];
	struct media_end *end;		/* NULL: its port cannot be opened */
	struct ear *ear;
	bool alarm;
	bool out;			/* of service, by the far end's word */
	bool busied_out;		/* by the operator's */
	struct isdn_leg *leg;
};

void ears_free(struct isdn *);
void channels_open(struct span *);
void channels_close(struct span *);
/* Opens what could not be opened before. */
void channels_retry(struct span *);
bool channel_usable(const struct channel *);
/* By the span's order; NULL: none is free. */
struct channel *channel_choose(struct span *);
/* Of an event's channel number; NULL: there is none, or any will do. */
struct channel *channel_of(struct span *, int number);
void channel_take(struct channel *, struct isdn_leg *);
void channel_give(struct channel *);
/* Asks the far end to restart it. */
void channel_restart(struct channel *);
void channel_restarted(struct channel *);
/* SERVICE of the far end (AT&T TR 41459, NI-2): PRI's change status. */
void channel_service(struct channel *, int status);
/* trunk_ops' busy_out; its circuits are "b1" and so on. */
int channel_busy_out(struct trunk *, const char *circuit, bool out);
/* The D channel is up anew: what is out of service is said again. */
void channels_in_service(struct span *);

/* ------------------------------------------------------------------- span.c */

struct span {
	struct trunk trunk;
	struct list_head node;
	struct isdn *isdn;
	const struct config_span *conf;	/* own */
	struct config_span own;
	char name[48], port[PORT_NAME_SIZE];
	const struct dchannel_ops *ops;
	struct dchannel *d;		/* NULL: not open */
	struct dchannel_shape shape;
	struct loop_watch *watch;
	struct link *link;		/* NULL: no D channel, or not yet up */
	struct timer timer;		/* libpri's next */
	struct timer retry;		/* to open what is not open */
	enum port_alarm alarm;
	struct fsm fsm;			/* span_type */
	struct channel channel[SLOTS];
	struct list_head legs;
	unsigned calls_in, calls_out, failed;
};

struct span *span_new(struct isdn *, const struct config_span *);
/* The same span under a new configuration: only what may change while it runs. */
bool span_same(const struct span *, const struct config_span *);
void span_reconf(struct span *, const struct config_span *);
/* Takes no new call and frees itself with its last leg. */
void span_drain(struct span *);
void span_leg_gone(struct span *);
void span_free(struct span *);
/* libpri was called: its timers, events it may have left. */
void span_turn(struct span *);
struct e164_plan span_plan(const struct span *);
enum number_type span_number_type(const struct span *);
/* NULL: nobody knows the call. */
struct isdn_leg *span_leg(struct span *, const q931_call *);

/* -------------------------------------------------------------------- leg.c */

/*
 *   CALLING ----answered--> TALKING --+
 *   COLLECTING --complete--> OFFERED --answer--> TALKING --HOLD--> HELD
 *                                                  ^---RETRIEVE---'
 *   every state --release, far end clears--> CLEARING --cleared--> freed
 *
 * What may be sent when is Q.931's machine, libpri's.
 */
enum leg_state {
	LEG_CALLING, LEG_COLLECTING, LEG_OFFERED, LEG_TALKING,
	LEG_HELD,		/* by the far end; has no B channel */
	LEG_CLEARING,
};

struct isdn_leg {
	struct leg leg;
	struct list_head node;		/* span->legs */
	struct span *span;
	q931_call *call;		/* NULL: libpri has forgotten it */
	struct channel *channel;	/* NULL: none yet, or held */
	enum leg_state state;
	struct leg_offer offer;
	struct timer timer;		/* COLLECTING: next digit; CLEARING: enough */
	unsigned tries;			/* CALLING: channels asked for */
	bool heard;			/* the far end has answered our SETUP */
	bool proceeding, alerting, sounds;	/* said already, by either side */
};

struct leg *isdn_leg_new(struct trunk *, const struct config_line *);
/* Of a call that came; NULL: out of memory. */
struct isdn_leg *isdn_leg_incoming(struct span *, q931_call *);
void isdn_leg_free(struct isdn_leg *);
/* Sends SETUP on a free channel; 0 or the cause why not. */
enum cause isdn_leg_setup(struct isdn_leg *);
void isdn_leg_take_channel(struct isdn_leg *, struct channel *);
/* Clears towards the far end. */
void isdn_leg_clear(struct isdn_leg *, enum cause);
/* The far end is to be thought of as gone: tells the call and clears. */
void isdn_leg_lost(struct isdn_leg *, enum cause, bool by_far_end, const char *why);
void isdn_leg_play(struct isdn_leg *, int tone);	/* -1: nothing */

/* ---------------------------------------------------------------- leg_event.c */

/* What is for one call, in e; leg: NULL when nobody knows the call. */
void leg_event(struct span *, struct isdn_leg *, const pri_event *e, q931_call *);
void leg_ring(struct span *, const pri_event *e);

/* ------------------------------------------------------------- leg_channel.c */

/* A channel for what the far end asks, by an event's channel number (0 or
 * negative: any) and whether another will do. NULL: none. */
struct channel *leg_channel_asked(struct span *, int number, bool flexible);
/* The far end's answer to our SETUP names a channel (0 or negative: none).
 * False: the call does not go on as it was, and maybe is gone. */
bool leg_channel_given(struct isdn_leg *, int number);
/* The far end clears, or we must, for a channel that is not to be had. True: the
 * call goes on by another SETUP. */
bool leg_channel_again(struct isdn_leg *, int cause);

/* ----------------------------------------------------------------- leg_hold.c */

void leg_on_hold(struct isdn_leg *);
void leg_on_retrieve(struct isdn_leg *, const struct pri_event_retrieve *);
/* Call transfer, where the facility asks for it. */
void leg_on_facility(struct span *, const struct pri_event_facility *);

/* ------------------------------------------------------------------ overlap.c */

void overlap_begin(struct isdn_leg *);
void overlap_digits(struct isdn_leg *, const char *digits, bool complete);
/* The number stands: to core. */
void leg_offered(struct isdn_leg *);

#endif
