/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * line_fxo.c - the state machine of an FXO line: we are the telephone on a PBX
 * extension or an exchange line. What each state does stands in line_fxo_in.c
 * (it rings) and line_fxo_out.c (we seize it); what is heard while off hook in
 * line_fxo_hear.c.
 *
 *  it rings                                   we seize it
 *
 *  IDLE --ring--> RINGING                     IDLE --offer--> SEIZING
 *                    | caller ID, its time                       | seized
 *                    | over, or the second ring         dial     v
 *        two-stage   |  else                  none  TONE_WAIT or PAUSE
 *      .-------------+------.                  |                 |
 *      v                    v                  |                 v
 *  PIN, SECOND_TONE      OFFERED               |              DIALLING
 *      | digit              | | refused        |                 | dialled
 *      v               answer | `--> IGNORED   |                 v
 *  SECOND_DIGITS            | |        |       `------------> PROGRESS
 *      | complete           | | no further ring                  |
 *      v                    | v        v                         | answered
 *  SECOND_CALLING           | IDLE   IDLE                        |
 *      | | refused          |                                    |
 *      | v                  v                                    |
 *      | REFUSING        TALKING <-------------------------------'
 *      |    |               |
 *      |    | time          | the far end or the line ends it
 *      |    v               v
 *      |  GUARD (on hook) --time--> IDLE (BUSIED, OUT); ring --> RINGING
 *      `--answer--> TALKING
 *
 *  glare, a ring while SEIZING: glare = "incoming" gives the line to the caller
 *  (as two-stage, or SECOND_CALLING to ring_to, for our off-hook has answered
 *  it), and the offer goes elsewhere; "outgoing" hangs up, rests in RESEIZE for
 *  the guard time and seizes once more.
 *  NTT's caller ID goes before RINGING: line_fxo_announced.c.
 *  measured, while nobody uses it: line_fxo_measure.c.
 *  alarm: from every state to OUT.
 */
#include "core/line_fxo.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"

void fxo_go(struct line *l, unsigned state)
{
	fsm_go(&l->fsm, state);
}

void fxo_rest(struct line *l)
{
	fxo_go(l, line_resting_state(l));
}

/* The end of everything that took the line off hook. */
void fxo_hang_up(struct line *l)
{
	fxo_go(l, FXO_GUARD);
}

bool line_is_guarded(const struct line *l)
{
	return l->kind == PORT_FXO && l->fsm.state == FXO_GUARD;
}

bool line_is_freeing(const struct line *l)
{
	return line_is_guarded(l) || (l->kind == PORT_FXO && !l->leg.call &&
		l->fsm.state >= FXO_SEIZING && l->fsm.state <= FXO_TALKING);
}

/* An offer that a ring or a fault came before. It says which call it is of:
 * the leg may have another one by now. */
bool fxo_refuse_offer(struct line *l, int event, const void *data)
{
	if (event != L_OFFER)
		return false;
	if (line_offer_stands(l, data))
		line_release(l, CAUSE_CHANNEL_UNAVAILABLE,
			     "glare: %s rang as it was to be seized", l->name);
	return true;
}

bool fxo_first(struct line *l, int event, const void *data)
{
	if (event == L_RELEASE && l->leg.call)
		return true;
	if (event != L_ALARM)
		return false;
	line_alarm(l, data);
	fxo_go(l, FXO_OUT);
	return true;
}

/* ------------------------------------------------------------------ resting */

/* What comes before the first ring without a warning, or with tones alone. */
static unsigned idle_detect(const struct line *l)
{
	return l->conf->callerid && l->fsm.state == FXO_IDLE &&
	       l->conf->way.alert >= ALERT_DTAS ? DETECT_CALLERID : 0;
}

static uint64_t no_time(void *self)
{
	return 0;
}

static void resting_enter(void *self)
{
	struct line *l = self;

	line_play(l, -1);
	line_hook(l, false);
	line_detect(l, idle_detect(l));
	line_rested(l);
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
		fxo_rest(l);
	}
}

/* Exchanges that announce caller ID by a reversal send it before the ring. */
static void idle_polarity(struct line *l)
{
	if (!l->conf->callerid || idle_detect(l))
		return;
	if (l->conf->way.standard == CALLERID_JAPAN) {
		fxo_go(l, FXO_ANNOUNCED);
		return;
	}
	/* Some exchanges use both ways. */
	if (l->conf->way.alert != ALERT_POLARITY &&
	    l->conf->way.standard != CALLERID_ETSI)
		return;
	line_detect(l, DETECT_CALLERID);
	fsm_timer(&l->fsm, line_ms(l, TIMER_RING_GAP));
}

static void idle_event(void *self, int event, const void *data)
{
	struct line *l = self;

	if (fxo_first(l, event, data))
		return;
	switch (event) {
	case L_RING_ON:
		if (l->box->shutting_down)
			return;
		line_release(l, CAUSE_CHANNEL_UNAVAILABLE,
			     "glare: %s rang as it was to be seized", l->name);
		fxo_go(l, FXO_RINGING);
		return;
	case L_POLARITY:
		idle_polarity(l);
		return;
	case L_CALLERID:		/* a ring should follow */
		l->caller = *(const struct party *)data;
		fsm_timer(&l->fsm, line_ms(l, TIMER_RING_GAP));
		return;
	case FSM_TIMEOUT:		/* none did */
		l->caller = (struct party){ 0 };
		line_detect(l, idle_detect(l));
		return;
	case L_OFFER:
		if (line_offer_stands(l, data))
			fxo_go(l, FXO_SEIZING);
		return;
	case L_MEASURE:
		if (l->caller.number[0])
			measure_done(l, "a call was announced");
		else
			fxo_go(l, FXO_M_HOOK);
		return;
	default:
		if (line_reviewed(l, event))
			fxo_rest(l);
	}
}

static void busied_event(void *self, int event, const void *data)
{
	struct line *l = self;

	if (fxo_first(l, event, data) || fxo_refuse_offer(l, event, data))
		return;
	if (event == L_MEASURE)
		fxo_go(l, FXO_M_HOOK);
	else if (line_reviewed(l, event))
		fxo_rest(l);
}

/* ------------------------------------------------------------------ talking */

static void talking_enter(void *self)
{
	struct line *l = self;

	line_play(l, -1);
	line_hook(l, true);
	fxo_listen(l, 0);
	l->connected_at = l->box->timers->now_ms;
	line_entered(l);
}

static void talking_event(void *self, int event, const void *data)
{
	struct line *l = self;
	const struct line_digit *d = data;
	const struct media_ops *media = l->end->media->ops;

	if (fxo_first(l, event, data) || fxo_supervise(l, event, data))
		return;
	switch (event) {
	case L_DIGIT:
		leg_digit(&l->leg, d->digit, d->ms);
		return;
	case L_SEND_DIGIT:
		fxo_send_digit(l, d);
		return;
	case L_SEND_FLASH:
		media->flash(l->end, 0);
		return;
	case L_RELEASE:
		fxo_learn_ended(l, ((const struct release *)data)->why);
		fxo_hang_up(l);
		return;
	}
}

/* -------------------------------------------------------------------- guard */

static uint64_t guard_time(void *self)
{
	return line_ms(self, TIMER_GUARD);
}

static void guard_enter(void *self)
{
	struct line *l = self;

	line_play(l, -1);
	line_detect(l, 0);
	line_hook(l, false);
	line_entered(l);
}

static void guard_event(void *self, int event, const void *data)
{
	struct line *l = self;

	if (fxo_first(l, event, data) || fxo_refuse_offer(l, event, data))
		return;
	if (event == L_RING_ON && !l->box->shutting_down) {
		fxo_forget(l);
		fxo_go(l, FXO_RINGING);
	} else if (event == FSM_TIMEOUT) {
		fxo_rest(l);
	}
}

#define RESTING (BIT(FXO_OUT) | BIT(FXO_IDLE) | BIT(FXO_BUSIED))
#define EVERY (BIT(L_ALARM) | BIT(L_OFFER))
#define REVIEWED (EVERY | BIT(L_REVIEW) | BIT(L_CLEARED))
#define RINGS (BIT(L_RING_ON) | BIT(L_RING_OFF))
/* What an off-hook line may do at any time, and what then does not matter. */
#define CLOSED (EVERY | BIT(L_BREAK) | BIT(L_BREAK_END) | BIT(L_POLARITY) | \
		BIT(L_HEARD) | BIT(L_SEIZED) | RINGS | BIT(L_RELEASE) | \
		BIT(L_CALLERID) | BIT(L_DIALLED))
#define TOLD (BIT(L_PROCEED) | BIT(L_ALERT) | BIT(L_PROGRESS) | BIT(L_ANSWER) | \
	      BIT(L_SEND_DIGIT) | BIT(L_SEND_FLASH))
#define AWAY (BIT(FXO_OUT) | BIT(FXO_GUARD))
#define GLARE (BIT(FXO_PIN) | BIT(FXO_RESEIZE) | BIT(FXO_SECOND_TONE) | BIT(FXO_SECOND_CALLING))
/* A line that is measured, and where it goes when something wants it. */
#define MEASURED (CLOSED | BIT(L_PROBED) | BIT(L_MEASURE_STOP))
#define YIELDED (AWAY | RESTING | BIT(FXO_RESEIZE) | BIT(FXO_SEIZING))

static const struct fsm_state states[] = {
	[FXO_OUT] = { "out of service", REVIEWED, RESTING, NULL, resting_enter,
		out_event },
	[FXO_IDLE] = { "idle", REVIEWED | RINGS | BIT(L_POLARITY) | BIT(L_CALLERID) |
		BIT(L_MEASURE) | BIT(L_MEASURE_STOP),
		RESTING | BIT(FXO_M_HOOK) | BIT(FXO_RINGING) | BIT(FXO_SEIZING) | BIT(FXO_ANNOUNCED), no_time,
		resting_enter, idle_event },
	[FXO_BUSIED] = { "busied out", REVIEWED | RINGS | BIT(L_POLARITY) | BIT(L_MEASURE),
		RESTING | BIT(FXO_M_HOOK), NULL, resting_enter, busied_event },
	[FXO_RINGING] = { "ringing", EVERY | RINGS | BIT(L_CALLERID) |
		BIT(L_POLARITY) | BIT(L_HEARD),
		RESTING | BIT(FXO_OFFERED) | BIT(FXO_PIN) | BIT(FXO_SECOND_TONE) |
		BIT(FXO_IGNORED), fxo_ringing_time, fxo_ringing_enter,
		fxo_ringing_event },
	[FXO_OFFERED] = { "ringing, offered", EVERY | RINGS | TOLD | BIT(L_RELEASE) |
		BIT(L_CALLERID) | BIT(L_POLARITY) | BIT(L_HEARD),
		RESTING | BIT(FXO_TALKING) | BIT(FXO_IGNORED), fxo_gap_time,
		fxo_offered_enter, fxo_offered_event },
	[FXO_IGNORED] = { "ringing, not served", EVERY | RINGS | BIT(L_POLARITY) |
		BIT(L_CALLERID) | BIT(L_RELEASE), RESTING, fxo_gap_time,
		fxo_ignored_enter, fxo_ignored_event },
	[FXO_ANNOUNCED] = { "call announced", EVERY | RINGS | BIT(L_POLARITY),
		RESTING | BIT(FXO_CALLERID_ANSWER), fxo_announced_time,
		fxo_announced_enter, fxo_announced_event },
	[FXO_CALLERID_ANSWER] = { "hearing caller ID", CLOSED,
		AWAY | BIT(FXO_CALLERID_WAIT), fxo_callerid_time,
		fxo_callerid_answer_enter, fxo_callerid_answer_event },
	[FXO_CALLERID_WAIT] = { "call announced, heard", EVERY | RINGS |
		BIT(L_POLARITY) | BIT(L_CALLERID) | BIT(L_HEARD) | BIT(L_SEIZED) |
		BIT(L_BREAK) | BIT(L_BREAK_END),
		RESTING | BIT(FXO_RINGING), fxo_announced_time,
		fxo_callerid_wait_enter, fxo_callerid_wait_event },
	[FXO_PIN] = { "waiting for the PIN", CLOSED | BIT(L_DIGIT),
		AWAY | BIT(FXO_SECOND_TONE) | BIT(FXO_SECOND_CALLING) |
		BIT(FXO_REFUSING), fxo_first_digit_time, fxo_pin_enter,
		fxo_pin_event },
	[FXO_SECOND_TONE] = { "second dial tone", CLOSED | BIT(L_DIGIT),
		AWAY | BIT(FXO_SECOND_DIGITS) | BIT(FXO_SECOND_CALLING) |
		BIT(FXO_REFUSING), fxo_first_digit_time, fxo_second_tone_enter,
		fxo_second_dial_event },
	[FXO_SECOND_DIGITS] = { "second dialling", CLOSED | BIT(L_DIGIT),
		AWAY | BIT(FXO_SECOND_CALLING) | BIT(FXO_REFUSING),
		fxo_inter_digit_time, fxo_second_digits_enter,
		fxo_second_dial_event },
	[FXO_SECOND_CALLING] = { "calling", CLOSED | TOLD | BIT(L_DIGIT),
		AWAY | BIT(FXO_TALKING) | BIT(FXO_REFUSING), no_time,
		fxo_second_calling_enter, fxo_second_calling_event },
	[FXO_REFUSING] = { "refusal tone", CLOSED, AWAY, fxo_refusing_time,
		fxo_refusing_enter, fxo_refusing_event },
	[FXO_SEIZING] = { "seizing", CLOSED | TOLD,
		AWAY | GLARE | RESTING | BIT(FXO_TONE_WAIT) | BIT(FXO_PAUSE) |
		BIT(FXO_PROGRESS), fxo_seizing_time,
		fxo_seizing_enter, fxo_seizing_event },
	[FXO_RESEIZE] = { "seizing again", CLOSED | TOLD,
		AWAY | BIT(FXO_SEIZING) | BIT(FXO_RINGING), guard_time,
		fxo_reseize_enter, fxo_reseize_event },
	[FXO_TONE_WAIT] = { "waiting for dial tone", CLOSED | TOLD,
		AWAY | GLARE | BIT(FXO_DIALLING), fxo_tone_wait_time, fxo_tone_wait_enter,
		fxo_before_dialling_event },
	[FXO_PAUSE] = { "pause before dialling", CLOSED | TOLD,
		AWAY | GLARE | BIT(FXO_DIALLING), fxo_pause_time, fxo_pause_enter,
		fxo_before_dialling_event },
	[FXO_DIALLING] = { "dialling", CLOSED | TOLD, AWAY | BIT(FXO_PROGRESS), NULL,
		fxo_dialling_enter, fxo_dialling_event },
	[FXO_PROGRESS] = { "waiting for answer", CLOSED | TOLD,
		AWAY | BIT(FXO_TALKING), no_time, fxo_progress_enter,
		fxo_progress_event },
	[FXO_TALKING] = { "talking", CLOSED | TOLD | BIT(L_DIGIT), AWAY, no_time,
		talking_enter, talking_event },
	[FXO_GUARD] = { "guard", CLOSED, RESTING | BIT(FXO_RINGING), guard_time,
		guard_enter, guard_event },
	[FXO_M_HOOK] = { "measured, on hook", MEASURED,
		YIELDED | BIT(FXO_RINGING) | BIT(FXO_M_SEIZE), no_time,
		fxo_m_hook_enter, fxo_m_hook_event },
	[FXO_M_SEIZE] = { "measured, seizing", MEASURED, YIELDED | GLARE |
		BIT(FXO_M_TONE), fxo_seizing_time, fxo_m_seize_enter, fxo_m_seize_event },
	[FXO_M_TONE] = { "measured, dial tone", MEASURED, YIELDED | GLARE |
		BIT(FXO_M_DIAL) | BIT(FXO_M_QUIET), fxo_m_settle_time,
		fxo_m_tone_enter, fxo_m_tone_event },
	[FXO_M_DIAL] = { "measured, dialling", MEASURED, YIELDED | GLARE |
		BIT(FXO_M_QUIET), NULL, fxo_m_dial_enter, fxo_m_dial_event },
	[FXO_M_QUIET] = { "measured, noise", MEASURED, YIELDED | GLARE |
		BIT(FXO_M_ECHO), fxo_m_settle_time, fxo_m_quiet_enter,
		fxo_m_quiet_event },
	[FXO_M_ECHO] = { "measured, echo", MEASURED, YIELDED | GLARE |
		BIT(FXO_M_REST), NULL, fxo_m_echo_enter, fxo_m_echo_event },
	[FXO_M_REST] = { "measured, resting", MEASURED,
		YIELDED | BIT(FXO_RINGING) | BIT(FXO_M_SEIZE), guard_time,
		fxo_m_rest_enter, fxo_m_rest_event },
};

static const char *const events[L_COUNT] = {
	"off hook", "on hook", "flash", "digit", "dialled", "ring on", "ring off",
	"break", "break end", "polarity", "seized", "caller ID",
	"caller ID sent", "heard", "alarm",
	"alarm cleared", "offer", "proceeding", "alerting", "progress", "answer",
	"send digit", "send flash", "release", "review",
	"measure", "end of measuring", "probed",
};

const struct fsm_type line_fxo_type = {
	"fxo", states, events, sizeof(states) / sizeof(states[0]), L_COUNT,
};
