/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * line.h - one analog circuit: what FXS and FXO lines have in common. The two
 * state machines stand in line_fxs.c and line_fxo.c.
 */
#ifndef CORE_LINE_H
#define CORE_LINE_H

#include "core/box.h"
#include "core/group.h"
#include "core/learn.h"
#include "core/measure.h"
#include "core/supervision.h"

/* States that both machines begin with; a line rests in one of them. */
enum { LINE_OUT, LINE_IDLE, LINE_BUSIED, LINE_FIRST_OWN };

enum line_machine_event {
	/* the line */
	L_OFF_HOOK, L_ON_HOOK, L_FLASH, L_DIGIT, L_DIALLED,
	L_RING_ON, L_RING_OFF, L_BREAK, L_BREAK_END, L_POLARITY, L_SEIZED,
	L_CALLERID,		/* data: struct party; none: unreadable */
	L_CALLERID_SENT,	/* off hook */
	L_HEARD,		/* data: struct media_event: tone, speech, ... */
	L_ALARM,		/* data: int, enum port_alarm */
	L_CLEARED,
	/* the call, through the leg's operations */
	L_OFFER,		/* data: struct call *, for line_offer_stands() */
	L_PROCEED, L_ALERT, L_PROGRESS, L_ANSWER,
	L_SEND_DIGIT, L_SEND_FLASH, L_RELEASE,
	/* the operator: busied out, returned, reloaded, shutting down */
	L_REVIEW,
	L_MEASURE, L_MEASURE_STOP,	/* stop's data: why, in words */
	L_PROBED,		/* data: struct media_probed */
	L_HAND_ON,		/* FXS: the call that was begun is for the held party */
	L_COUNT
};

struct line_digit {
	char digit;
	unsigned ms;
};

/* What happens to digits while two legs talk. */
enum digit_path {
	DIGITS_IN_AUDIO,	/* nobody takes them out */
	DIGITS_RELAYED,		/* media turns them into events and back */
	DIGITS_BY_LEG,		/* the line detects them and tells its leg */
};

struct line {
	struct list_head node;		/* box->lines or box->closing */
	struct box *box;
	const struct config *config;	/* conf's; a call keeps an old one */
	const struct config_line *conf;
	struct media_end *end;
	struct fsm fsm;
	struct leg leg;			/* the one with the voice path */
	struct leg second;		/* held, or waiting to be taken: FXS */
	struct timer beep;		/* call-waiting tone, while one waits */
	enum port_kind kind;
	char name[48];
	char fault[192];		/* why out of service, "" it is not */
	bool busied_out;		/* the operator's wish */
	bool messages;			/* wait for its telephone */
	unsigned fresh_messages, old_messages;	/* as told */
	bool messages_known;		/* somebody has told */
	bool messages_due;		/* its telephone is to be sent that */
	bool messages_sent;		/* what it was sent last */
	struct timer messages_timer;	/* when it has rested for a moment */
	unsigned calls_in, calls_out, failed;
	uint64_t since;

	/* this call's */
	struct leg_offer offer;		/* to us, or ours to the box */
	char digits[PARTY_NUMBER_SIZE];
	struct party caller;		/* FXO: caller ID, so far */
	enum digit_path digit_path;
	enum tone_id after_tone;	/* of a refused or ended call */
	struct supervision supervision;	/* FXO: what its far end sounds like */
	struct measurement *measure;	/* while it is measured, else NULL */
	struct learn_ear ear;		/* FXO: how this call may be ending */
	uint64_t last_ring, break_since, quiet_since, connected_at;
	bool reversed;			/* polarity: FXS as we gave it, FXO since
					   our seizure */
	unsigned glares;		/* of this seizure */

	/* what the port was told last, so that it is told changes only */
	unsigned detecting;
	int playing;			/* enum tone_id, -1 none */
	bool off_hook, ringing;
};

extern const struct fsm_type line_fxs_type, line_fxo_type;
extern const struct leg_ops line_leg_ops, line_second_ops;

/* NULL when the leg is no line's; of either of its two legs. */
struct line *line_of_leg(const struct leg *);
struct line *box_line(struct box *, const char *name);
/* L_OFFER's data names the call it is of: is it still this line's? */
bool line_offer_stands(const struct line *, const void *data);

/* How a hunt finds it: HUNT_FOUND when it may take a call to it now. */
enum hunt_result line_hunted(const struct line *, bool emergency);
/* FXS: it talks, and a second call may be announced to it (line_second.c). */
bool line_takes_waiting(const struct line *);
/* FXS: it is off hook without a call: who was handed on may come back. */
bool line_takes_back(const struct line *);
/* Whether its telephone wanted to know who waits. */
void fxs_waiting_told(const struct line *, bool answered);
bool line_is_quiet(const struct line *);
/* FXO: it rests before the next seizure (line_fxo.c). */
bool line_is_guarded(const struct line *);
/* FXO: its call has ended, it will be idle without further ado. */
bool line_is_freeing(const struct line *);
/* A call over it could be ended to have its circuit. */
bool line_can_be_taken(const struct line *);
void line_post(struct line *, enum line_machine_event);
void line_set_digit_path(struct line *, enum digit_path);

/* ---------------------------- for the machines: called at each state's entry */

void line_entered(struct line *);		/* tells the observer */
void line_told(struct line *);			/* the same, the state lasts */
unsigned line_resting_state(const struct line *);
/* In the entry of OUT, IDLE and BUSIED: forgets the call, takes a new
 * configuration, wakes those that wait for the circuit. */
void line_rested(struct line *);
/* L_ALARM in any state: notes why and ends the call. */
void line_alarm(struct line *, const void *data);
/* L_CLEARED or L_REVIEW in a resting state; true: still to go elsewhere. */
bool line_reviewed(struct line *, int event);

/* ------------------------------------------------- orders to the line's port */

void line_detect(struct line *, unsigned what);
void line_play(struct line *, int tone);	/* enum tone_id, -1: silence */
void line_hook(struct line *, bool off_hook);
void line_stop_ringing(struct line *);
void line_reverse(struct line *, bool reversed);
uint64_t line_ms(const struct line *, enum timer_id);	/* of the timer table */

/* ---------------------------------------------------------------- its call */

/* Offers a call to the box. */
void line_call(struct line *, const char *called, const struct party *calling);
/* Ends it from this side, in words; safe when there is none. */
void line_release(struct line *, enum cause, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The tone that tells a person why a call ended. */
enum tone_id line_tone_for(const struct line *, enum cause);
/* box_reload's: gives its end back and is freed when the pump has let go. */
void line_retire(struct line *);
void line_free(struct line *);
/* FXS: shows what line->messages says (messages.c). */
void line_show_messages(struct line *);
/* It rests: what is due is sent to its telephone. */
void line_send_messages(struct line *);
void line_messages_sent(struct line *);

#endif
