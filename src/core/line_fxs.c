/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * line_fxs.c - the state machine of an FXS line: we give battery and ring; a
 * telephone or a PBX trunk port closes the loop. The called side, with DID,
 * is done in line_fxs_called.c.
 *
 *  it calls                                   it is called
 *
 *  IDLE --off hook--> DIAL_TONE               IDLE --offer--> RINGING
 *   |                    | digit                               | off hook
 *   | hotline            v                 (NTT: ANNOUNCING and  |
 *   |                 DIALLING              CALLERID_SEND first) |
 *   |                    | complete           DID_WINK <-------+------> DID_SEND
 *   `-----------------> CALLING                 |  | flash or     dialled |
 *                        | progress     on hook |  | no wink -------------+
 *                        v                      v                        |
 *                      EARLY         DID_OPEN --dialled--> DID_ANSWER    |
 *                        |                                    | off hook |
 *                        `---answer---> TALKING <-------------+----------'
 *                                          |
 *  refused, ended by the far end, no digit v
 *      TONE --time--> HOWLER --time--> LOCKED --on hook--> IDLE
 *      a flash there: IDLE and at once off hook, for the next call
 *
 *  a flash there holds the call, and the transfer code goes from DIAL_TONE or
 *  DIALLING to HANDING, from there with the number by CALLING to DIAL_TONE:
 *  line_fxs_hand.c
 *
 *  a flash holds a call, changes to the other, takes one that waits; hanging up
 *  then connects the other two: line_second.c, where the held one rings back in
 *  RECALL
 *
 *  DIAL_TONE --measure--> MEASURED --done, digit--> DIAL_TONE
 *  on hook: from every state of a call to IDLE (BUSIED, OUT)
 *  BUSIED --off hook--> BARRED: congestion, only emergency numbers are heard
 *  alarm: from every state to OUT; its end to IDLE, or LOCKED when off hook
 *
 * When the far end ends a call, the line gets a break of its battery, by which
 * a PBX trunk port releases, and then the tone that a person needs.
 */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "core/dial.h"
#include "core/emergency.h"
#include "core/line_fxs.h"

void fxs_go(struct line *l, unsigned state)
{
	fsm_go(&l->fsm, state);
}

void fxs_rest(struct line *l)
{
	fxs_go(l, line_resting_state(l));
}

/* The line is silent, nobody listens, it does not ring. */
static void quiet(struct line *l)
{
	line_play(l, -1);
	line_detect(l, 0);
	line_stop_ringing(l);
	line_reverse(l, false);
}

/* FXS_TONE, or what follows it where its time is set to 0. */
void fxs_go_tone(struct line *l, enum tone_id tone)
{
	if (!line_ms(l, TIMER_RELEASE_TONE) && fxs_second_resume(l))
		return;
	l->after_tone = tone;
	if (line_ms(l, TIMER_RELEASE_TONE))
		fxs_go(l, FXS_TONE);
	else
		fxs_go(l, line_ms(l, TIMER_HOWLER) ? FXS_HOWLER : FXS_LOCKED);
}

/* ------------------------------------------------------------------ resting */

static void resting_enter(void *self)
{
	struct line *l = self;

	fxs_second_drop(l, l->fsm.state == FXS_OUT ? CAUSE_DESTINATION_OUT_OF_ORDER :
			CAUSE_NORMAL, l->fsm.state == FXS_OUT ? l->fault : "hung up");
	quiet(l);
	line_rested(l);
}

static bool loop_is_closed(struct line *l)
{
	struct port_state s = { 0 };

	return l->end && !l->end->media->ops->state(l->end, &s) && s.off_hook;
}

static void out_event(void *self, int event, const void *data)
{
	struct line *l = self;

	if (event == L_ALARM) {
		line_alarm(l, data);
		line_entered(l);
	} else if (event == L_OFFER) {
		line_release(l, CAUSE_DESTINATION_OUT_OF_ORDER, "%s is out of service",
			     l->name);
	} else if ((event == L_CLEARED || event == L_REVIEW) &&
		   line_reviewed(l, event)) {
		fxs_go(l, loop_is_closed(l) ? FXS_LOCKED : line_resting_state(l));
	}
}

/* An offer that was on its way when the other side moved first. */
static bool refuse_offer(struct line *l, int event, const void *data)
{
	if (event != L_OFFER)
		return false;
	if (line_offer_stands(l, data) && !fxs_taken_back(l))
		line_release(l, CAUSE_BUSY, "%s went off hook at the same moment",
			     l->name);
	return true;
}

bool fxs_stale(const struct line *l, int event)
{
	return event == L_RELEASE && l->leg.call;
}

void fxs_place(struct line *l, const char *number)
{
	struct party from = { 0 };

	snprintf(from.number, sizeof(from.number), "%s", l->conf->number);
	snprintf(from.name, sizeof(from.name), "%s", l->conf->display_name);
	if (!from.number[0])
		from.presentation = PRESENTATION_UNAVAILABLE;
	line_call(l, number, &from);
	if (l->fsm.state == FXS_HANDING)
		line_post(l, L_HAND_ON);	/* when it has begun */
	fxs_go(l, FXS_CALLING);
}

static void idle_event(void *self, int event, const void *data)
{
	struct line *l = self;

	switch (event) {
	case L_OFF_HOOK:
		if (l->box->shutting_down)
			return;
		line_release(l, CAUSE_BUSY, "%s went off hook at the same moment",
			     l->name);
		if (l->conf->hotline[0] && !l->conf->hotline_ms)
			fxs_place(l, l->conf->hotline);
		else
			fxs_go(l, FXS_DIAL_TONE);
		return;
	case L_OFFER:
		if (line_offer_stands(l, data))
			fxs_go(l, fxs_announces(l) ? FXS_ANNOUNCING : FXS_RINGING);
		return;
	case L_MEASURE:
		fxs_measure_on_hook(l);
		return;
	case L_ALARM:
		line_alarm(l, data);
		fxs_go(l, FXS_OUT);
		return;
	default:
		if (line_reviewed(l, event))
			fxs_rest(l);
	}
}

static void busied_event(void *self, int event, const void *data)
{
	struct line *l = self;

	if (refuse_offer(l, event, data))
		return;
	if (event == L_OFF_HOOK)
		fxs_go(l, FXS_BARRED);
	else
		idle_event(self, event, data);
}

/* What every state with the loop closed does with these events. */
void fxs_off_hook_event(struct line *l, int event, const void *data)
{
	if (event == L_ON_HOOK && fxs_second_on_hook(l)) {
		return;
	} else if (event == L_ON_HOOK) {
		line_release(l, CAUSE_NORMAL, "%s hung up", l->name);
		fxs_rest(l);
	} else if (event == L_ALARM) {
		line_alarm(l, data);
		fxs_go(l, FXS_OUT);
	} else {
		refuse_offer(l, event, data);
	}
}

/* ------------------------------------------------------------------ dialling */

static uint64_t first_digit_time(void *self)
{
	const struct line *l = self;

	return l->conf->hotline_ms ? l->conf->hotline_ms :
	       line_ms(l, TIMER_FIRST_DIGIT);
}

static void dial_tone_enter(void *self)
{
	struct line *l = self;

	line_detect(l, DETECT_DIGITS);
	line_play(l, fxs_holds(l) || (l->messages && l->conf->mwi & MWI_STUTTER) ?
		  TONE_STUTTER : TONE_DIAL);
	line_entered(l);
}

static void refuse_dialled(struct line *l)
{
	log_info("line %s: %s is no number that may be dialled here", l->name, l->digits);
	fxs_go_tone(l, line_tone_for(l, CAUSE_UNALLOCATED));
}

void fxs_dialled(struct line *l, enum dial_verdict v, uint64_t wait_ms)
{
	switch (v) {
	case DIAL_PLACE:
		fxs_place(l, l->digits);
		return;
	case DIAL_REFUSE:
		refuse_dialled(l);
		return;
	case DIAL_CODE:
		fxs_go(l, FXS_HANDING);
		return;
	case DIAL_WAIT:
		if (l->fsm.state != FXS_DIALLING && l->fsm.state != FXS_HANDING)
			fxs_go(l, FXS_DIALLING);
		fsm_timer(&l->fsm, wait_ms);
	}
}

static void dial_event(void *self, int event, const void *data)
{
	struct line *l = self;
	const struct line_digit *d = data;
	enum dial_verdict v;
	uint64_t wait_ms = 0;

	switch (event) {
	case L_DIGIT:
		v = dial_digit(l, d->digit, fxs_hand_code(l), &wait_ms);
		if (!l->digits[0])
			return;		/* a lone '#' */
		fxs_dialled(l, v, wait_ms);
		return;
	case L_MEASURE:
		fxs_go(l, FXS_MEASURED);
		return;
	case L_FLASH:			/* begins anew */
		if (fxs_second_flash(l))
			return;
		l->digits[0] = '\0';
		fxs_go(l, FXS_DIAL_TONE);
		return;
	case FSM_TIMEOUT:
		if (l->fsm.state == FXS_DIALLING)
			fxs_dialled(l, dial_timeout(l), 0);
		else if (l->conf->hotline_ms)
			fxs_place(l, l->conf->hotline);
		else
			fxs_go_tone(l, TONE_CONGESTION);
		return;
	default:
		fxs_off_hook_event(l, event, data);
	}
}

static uint64_t inter_digit_time(void *self)
{
	return line_ms(self, TIMER_INTER_DIGIT);
}

static void dialling_enter(void *self)
{
	line_play(self, -1);
	line_entered(self);
}

/* A busied-out line gets no dial tone, but an emergency call. */
static void barred_enter(void *self)
{
	struct line *l = self;

	line_detect(l, DETECT_DIGITS);
	line_play(l, TONE_CONGESTION);
	line_entered(l);
}

static void barred_event(void *self, int event, const void *data)
{
	struct line *l = self;
	const struct line_digit *d = data;
	size_t length = strlen(l->digits);

	if (event == L_DIGIT && length + 1 < sizeof(l->digits)) {
		l->digits[length] = d->digit;
		l->digits[length + 1] = '\0';
		if (emergency_is(l->box, l->digits)) {
			line_play(l, -1);
			fxs_place(l, l->digits);
		}
	} else if (event == FSM_TIMEOUT) {
		fxs_go(l, FXS_LOCKED);
	} else {
		fxs_off_hook_event(l, event, data);
	}
}

/* ----------------------------------------------------------------- its call */

static void calling_enter(void *self)
{
	line_play(self, -1);
	line_detect(self, DETECT_DIGITS);
	line_entered(self);
}

/* Ended by the far end or by us. `connected`: the PBX that closed the loop was
 * connected or being so, and shall release. A caller who was not served shall
 * hear why: no break before the tone. */
void fxs_released(struct line *l, const struct release *r, bool connected)
{
	line_play(l, -1);
	line_reverse(l, false);
	if (connected && fxs_second_resume(l))
		return;
	if (connected)
		l->end->media->ops->battery(l->end, (int)line_ms(l, TIMER_CPC));
	fxs_go_tone(l, line_tone_for(l, r->cause));
}

static void call_event(void *self, int event, const void *data)
{
	struct line *l = self;
	const struct line_digit *d = data;

	if (fxs_stale(l, event))
		return;
	switch (event) {
	case L_ALERT:
		if (l->fsm.state == FXS_CALLING)
			line_play(l, TONE_RINGBACK);
		return;
	case L_PROGRESS:
		if (l->fsm.state == FXS_CALLING)
			fxs_go(l, FXS_EARLY);
		return;
	case L_ANSWER:
		if (l->fsm.state != FXS_TALKING)
			fxs_go(l, FXS_TALKING);
		return;
	case L_DIGIT:
		leg_digit(&l->leg, d->digit, d->ms);
		return;
	case L_SEND_DIGIT:
		if (l->end)
			l->end->media->ops->digit(l->end, d->digit, d->ms);
		return;
	case L_FLASH:
		if (l->conf->flash && !fxs_second_flash(l))
			leg_flash(&l->leg);
		return;
	case L_RELEASE:
		fxs_released(l, data, l->fsm.state == FXS_TALKING);
		return;
	case L_HAND_ON:
		fxs_hand_on(l);
		return;
	case L_PROCEED:
	case L_SEND_FLASH:
		return;
	default:
		fxs_off_hook_event(l, event, data);
	}
}

static void early_enter(void *self)
{
	line_play(self, -1);
	line_entered(self);
}

static void talking_enter(void *self)
{
	struct line *l = self;

	line_play(l, -1);
	if (l->digit_path != DIGITS_BY_LEG)
		line_detect(l, 0);
	l->digits[0] = '\0';
	if (!l->leg.outgoing && l->conf->polarity_answer)
		line_reverse(l, true);
	line_entered(l);
}

/* ----------------------------------------------------------- after the call */

static uint64_t tone_time(void *self)
{
	return line_ms(self, TIMER_RELEASE_TONE);
}

static void tone_enter(void *self)
{
	struct line *l = self;

	line_detect(l, 0);
	line_play(l, (int)l->after_tone);
	line_entered(l);
}

static uint64_t howler_time(void *self)
{
	return line_ms(self, TIMER_HOWLER);
}

/* The break first: a PBX trunk port that did not go by itself goes now. */
static void howler_enter(void *self)
{
	struct line *l = self;

	line_detect(l, 0);
	l->end->media->ops->battery(l->end, (int)line_ms(l, TIMER_CPC));
	line_play(l, TONE_HOWLER);
	line_entered(l);
}

static void locked_enter(void *self)
{
	struct line *l = self;

	quiet(l);
	log_info("line %s: off hook without a call, locked out until it hangs up",
		 l->name);
	line_entered(l);
}

static void after_event(void *self, int event, const void *data)
{
	struct line *l = self;

	if (event == L_FLASH && fxs_second_flash(l)) {
		return;
	} else if (event == L_FLASH) {	/* who wants to dial again */
		fxs_rest(l);
		fsm_post(&l->fsm, L_OFF_HOOK, NULL, 0);
	} else if (event != FSM_TIMEOUT) {
		fxs_off_hook_event(l, event, data);
	} else if (fxs_second_resume(l)) {
		return;
	} else if (l->fsm.state == FXS_TONE && line_ms(l, TIMER_HOWLER)) {
		fxs_go(l, FXS_HOWLER);
	} else {
		fxs_go(l, FXS_LOCKED);
	}
}

#define RESTING (BIT(FXS_OUT) | BIT(FXS_IDLE) | BIT(FXS_BUSIED))
#define AFTER (BIT(FXS_TONE) | BIT(FXS_HOWLER) | BIT(FXS_LOCKED))
/* Where a held call may be gone back to, or rung back for. */
#define BACK (BIT(FXS_TALKING) | BIT(FXS_RECALL))
#define OFF_HOOK (BIT(L_ON_HOOK) | BIT(L_ALARM) | BIT(L_OFFER))
#define REVIEWED (BIT(L_REVIEW) | BIT(L_CLEARED) | BIT(L_ALARM) | BIT(L_OFFER))
#define CALL (OFF_HOOK | BIT(L_PROCEED) | BIT(L_ALERT) | BIT(L_PROGRESS) | \
	      BIT(L_ANSWER) | BIT(L_RELEASE) | BIT(L_DIGIT) | BIT(L_FLASH) | \
	      BIT(L_SEND_DIGIT) | BIT(L_SEND_FLASH))

static const struct fsm_state states[] = {
	[FXS_OUT] = { "out of service", REVIEWED, RESTING | BIT(FXS_LOCKED), NULL,
		resting_enter, out_event },
	[FXS_IDLE] = { "idle", REVIEWED | BIT(L_OFF_HOOK) | BIT(L_MEASURE),
		RESTING | BIT(FXS_DIAL_TONE) | BIT(FXS_CALLING) | BIT(FXS_RINGING) |
		BIT(FXS_ANNOUNCING), NULL, resting_enter, idle_event },
	[FXS_BUSIED] = { "busied out", REVIEWED | BIT(L_OFF_HOOK) | BIT(L_MEASURE),
		RESTING | BIT(FXS_BARRED), NULL, resting_enter, busied_event },
	[FXS_DIAL_TONE] = { "dial tone", OFF_HOOK | BIT(L_DIGIT) | BIT(L_FLASH) | BIT(L_MEASURE),
		RESTING | AFTER | BIT(FXS_DIAL_TONE) | BIT(FXS_DIALLING) | BIT(FXS_CALLING) |
		BIT(FXS_MEASURED) | BIT(FXS_HANDING) | BACK, first_digit_time, dial_tone_enter, dial_event },
	[FXS_DIALLING] = { "dialling", OFF_HOOK | BIT(L_DIGIT) | BIT(L_FLASH),
		RESTING | AFTER | BIT(FXS_DIAL_TONE) | BIT(FXS_CALLING) |
		BIT(FXS_HANDING) | BACK, inter_digit_time, dialling_enter, dial_event },
	[FXS_HANDING] = { "dialling, transfer", OFF_HOOK | BIT(L_DIGIT) | BIT(L_FLASH),
		RESTING | AFTER | BIT(FXS_CALLING) | BACK, first_digit_time,
		fxs_handing_enter, fxs_handing_event },
	[FXS_CALLING] = { "calling", CALL | BIT(L_HAND_ON),
		RESTING | AFTER | BIT(FXS_EARLY) | BIT(FXS_DIAL_TONE) | BACK, NULL, calling_enter,
		call_event },
	[FXS_EARLY] = { "early media", CALL, RESTING | AFTER | BACK, NULL,
		early_enter, call_event },
	[FXS_TALKING] = { "talking", CALL, RESTING | AFTER | BACK | BIT(FXS_DIAL_TONE),
		NULL, talking_enter,
		call_event },
	[FXS_RINGING] = { "ringing", BIT(L_OFF_HOOK) | BIT(L_RELEASE) | BIT(L_ALARM),
		RESTING | BIT(FXS_TALKING) | BIT(FXS_DID_WINK) | BIT(FXS_DID_SEND), NULL,
		fxs_ringing_enter, fxs_ringing_event },
	[FXS_DID_WINK] = { "waiting for wink", OFF_HOOK | BIT(L_FLASH) | BIT(L_RELEASE),
		RESTING | AFTER | BIT(FXS_DID_SEND) | BIT(FXS_DID_OPEN), fxs_wink_time,
		fxs_did_enter, fxs_did_wink_event },
	[FXS_DID_SEND] = { "sending digits", OFF_HOOK | BIT(L_DIALLED) | BIT(L_RELEASE),
		RESTING | AFTER | BIT(FXS_TALKING), NULL, fxs_did_send_enter,
		fxs_did_send_event },
	[FXS_DID_OPEN] = { "sending digits on hook", BIT(L_OFF_HOOK) | BIT(L_DIALLED) |
		BIT(L_RELEASE) | BIT(L_ALARM),
		RESTING | BIT(FXS_DID_ANSWER) | BIT(FXS_TALKING), NULL, fxs_did_send_enter,
		fxs_did_open_event },
	[FXS_DID_ANSWER] = { "waiting for answer", BIT(L_OFF_HOOK) | BIT(L_RELEASE) |
		BIT(L_ALARM), RESTING | BIT(FXS_TALKING), NULL, fxs_did_enter,
		fxs_did_open_event },
	[FXS_ANNOUNCING] = { "announcing caller ID", BIT(L_OFF_HOOK) | BIT(L_RELEASE) |
		BIT(L_ALARM) | BIT(L_CALLERID_SENT),
		RESTING | BIT(FXS_CALLERID_SEND) | BIT(FXS_RINGING), fxs_announcing_time,
		fxs_announcing_enter, fxs_announced_event },
	[FXS_CALLERID_SEND] = { "sending caller ID", BIT(L_ON_HOOK) | BIT(L_RELEASE) |
		BIT(L_ALARM) | BIT(L_CALLERID_SENT) | BIT(L_FLASH),
		RESTING | AFTER | BIT(FXS_RINGING) | BIT(FXS_TALKING), fxs_callerid_time,
		fxs_callerid_send_enter, fxs_announced_event },
	[FXS_TONE] = { "release tone", OFF_HOOK | BIT(L_FLASH), RESTING | AFTER | BACK,
		tone_time, tone_enter,
		after_event },
	[FXS_HOWLER] = { "howler", OFF_HOOK | BIT(L_FLASH), RESTING | AFTER | BACK, howler_time,
		howler_enter, after_event },
	[FXS_LOCKED] = { "locked out", OFF_HOOK | BIT(L_FLASH), RESTING | BACK, NULL,
		locked_enter,
		after_event },
	[FXS_RECALL] = { "ringing, held call", BIT(L_OFF_HOOK) | BIT(L_RELEASE) |
		BIT(L_ALARM) | BIT(L_SEND_DIGIT) | BIT(L_SEND_FLASH),
		RESTING | BIT(FXS_TALKING), fxs_recall_time,
		fxs_recall_enter, fxs_recall_event },
	[FXS_BARRED] = { "busied out, off hook", OFF_HOOK | BIT(L_DIGIT),
		RESTING | BIT(FXS_LOCKED) | BIT(FXS_CALLING), first_digit_time,
		barred_enter, barred_event },
	[FXS_MEASURED] = { "measured", OFF_HOOK | BIT(L_DIGIT) | BIT(L_FLASH) |
		BIT(L_PROBED) | BIT(L_MEASURE_STOP), RESTING | BIT(FXS_DIAL_TONE) | BACK,
		fxs_measured_time, fxs_measured_enter, fxs_measured_event },
};

static const char *const events[L_COUNT] = {
	"off hook", "on hook", "flash", "digit", "dialled", "ring on", "ring off",
	"break", "break end", "polarity", "seized", "caller ID",
	"caller ID sent", "heard", "alarm",
	"alarm cleared", "offer", "proceeding", "alerting", "progress", "answer",
	"send digit", "send flash", "release", "review",
	"measure", "end of measuring", "probed", "hand on",
};

const struct fsm_type line_fxs_type = {
	"fxs", states, events, sizeof(states) / sizeof(states[0]), L_COUNT,
};
