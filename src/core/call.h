/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * call.h - two legs and what goes on between them. The state machine stands
 * in call.c, the search for the second leg in call_target.c.
 */
#ifndef CORE_CALL_H
#define CORE_CALL_H

#include "core/box.h"
#include "core/group.h"
#include "core/route.h"

enum { SIDE_A, SIDE_B };	/* who calls, who is called */

enum call_state {
	CALL_NEW, CALL_CALLING, CALL_RINGING, CALL_EARLY, CALL_TALKING,
	CALL_WAITING, CALL_PREEMPTED, CALL_ENDED
};

enum call_machine_event {
	C_START, C_PROCEEDING, C_ALERTING, C_PROGRESS, C_ANSWERED, C_DIGIT,
	C_FLASH, C_HOLD, C_RELEASED,
	C_ABORT,	/* data: the release; by us: operator, shutdown, ... */
	C_PREEMPT,	/* an emergency call takes our circuit */
	C_CIRCUIT,	/* a circuit may have become free */
	C_CONNECT,	/* a transfer's second call was answered */
	C_HANDED_OVER,	/* its far ends go on without us */
	C_COUNT
};

/* What every event carries that comes from a leg. */
struct call_said {
	uint8_t side, attempt;
	union {
		struct { char digit; unsigned ms; } digit;
		struct { enum answer_method method; unsigned confidence; } answer;
		bool held;
		struct release release;
	};
};

/* One call counted on a limit. */
struct hold {
	struct limit *limit;
	bool in;
	uint8_t side;
	unsigned kbit;
};

struct call {
	struct list_head node;		/* box->calls, oldest first */
	struct list_head wait_node;	/* box->waiting */
	struct box *box;
	const struct config *conf;	/* as it was when the call began */
	struct fsm fsm;
	char id[24];			/* for the log */
	struct call_record record;
	struct leg *leg[2];
	char caller[48];		/* side A's name: after a transfer not the
					   record's */
	struct trunk *trunk[2];		/* NULL: that side is a line, or gone */
	uint8_t attempt;		/* how many second legs there have been */
	struct leg_offer offer;		/* as it came */
	struct plan plan;
	unsigned next;			/* target to try now */
	uint32_t failed;		/* BIT(target): a trunk that refused */
	struct hunter hunter;
	struct release refusal;		/* why the last target could not serve */
	struct hold *holds;
	size_t hold_count;
	struct media_end *joined[2];	/* ends that we joined, as they are */
	uint64_t offered;		/* when the present second leg was */
	struct {
		char line[48];		/* that has handed side A on; "" none */
		struct party party;	/* side A, as it is to be shown there */
		bool rings;		/* it is rung back now */
	} recall;
};

extern const struct fsm_type call_type;

struct call *call_new(struct box *, struct leg *, struct trunk *,
		      const struct leg_offer *);
void call_post(struct call *, enum call_machine_event);
void call_abort(struct call *, enum cause, const char *why);
void call_changed(struct call *);
bool call_is_waiting(const struct call *);

/* ----------------------------------------------------- limits (call_hold.c) */

int call_take(struct call *, struct limit *, bool in, int side);
void call_give_side(struct call *, int side);
/* One side of `keep` counts on what a side of `gone` has counted on. */
void call_move_holds(struct call *keep, int at, struct call *gone, int from);
/* Gives back what it counts there; the limit is about to go. */
void call_forget_limit(struct call *, const struct limit *);
/* Counts the first side: the box, and its trunk or its line's groups. 0, or
 * -EBUSY and call->refusal. */
int call_take_first(struct call *);
/* Count the second side; forced: whatever the limit says. As above. */
int call_take_trunk(struct call *, struct trunk *, bool forced);
int call_take_line(struct call *, struct line *);
/* May a call go to this group? As above, counts nothing. */
int call_check_group(struct call *, struct group *);

/* ------------------------------------------------- voice path (call_path.c) */

void call_join(struct call *);
void call_split(struct call *);
/* Media itself carries the digits between both sides. */
bool call_relays_digits(const struct call *);
/* Ringback to a caller who has long been answered: his call was transferred. */
void call_ringback(struct call *, bool on);
/* Detaches the leg of a side: the call knows it no more. NULL: none. */
struct leg *call_detach(struct call *, int side);
/* Keeps what the record wants of a leg that is about to go. */
void call_note_stats(struct call *, const struct leg *);

/* ------------------------------------------- transfer (call_transfer.c) */

/*
 * Joins the far ends of two calls: `ours` is one's side of the first, `held` one's
 * side of the second, which talks; the first may still be ringing. The far end of
 * the second takes the place of `ours` in the first call, which goes on, and the
 * second call ends. What the two far ends count on they go on counting on; both
 * legs given are forgotten as by a release, without being told. False, and nothing
 * is changed: one of the two is not so far, is gone, or is an emergency call.
 */
bool call_transfer(struct leg *ours, struct leg *held);
/* The target of a transfer has failed: rings the line back that made it, where
 * it is idle; once. False: there is none. */
bool call_ring_back(struct call *, const struct release *why);
/* A line has connected two far ends, which talk: where both are on one trunk
 * that shall connect them itself, this one's is asked to (call_hand_over.c). */
void call_hand_over(struct call *, struct leg *);
/* Two legs of one line change places: each has the other's call. */
void legs_exchange(struct leg *, struct leg *);

/* ----------------------------------------- transfer by a far end (call_refer.c) */

/* A call that was made for a party of another one, which still talks there. */
bool call_is_referral(const struct call *);
/* It is answered: the party is connected. */
void call_connect(struct call *);
/* The line that calls; NULL: none. In a call made for a party: that one. */
struct line *call_line(const struct call *);
/* The leg that asked for the transfer goes: true, its partner was connected with
 * the second call at once, and the leg is forgotten. */
bool referral_left(struct leg *by);
/* It, or its partner, goes without: the second call is given up. */
void referral_cancel(struct leg *by, const char *why);
/* What the partner of a leg would dial to reach a number; false: it cannot, or
 * may not (call_redirect.c). */
bool call_reaches(struct call *, const struct leg *by, const char *number,
		  char dialled[PARTY_NUMBER_SIZE]);

/* ------------------------------------------------ second leg (call_target.c) */

enum target_result {
	TARGET_OFFERED,
	TARGET_NONE,	/* all tried; call->refusal says why */
	TARGET_WAIT,	/* an emergency call waits for a circuit */
};
/* Offers the call to the next target that takes it. */
enum target_result call_next_target(struct call *);
/* After the second leg failed: is there another way to try? */
bool call_may_reroute(struct call *, enum cause);

#endif
