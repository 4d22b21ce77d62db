/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * line_fxo.h - the states of an FXO line, and what line_fxo.c's table calls.
 */
#ifndef CORE_LINE_FXO_H
#define CORE_LINE_FXO_H

#include "core/line.h"

enum {
	FXO_OUT = LINE_OUT, FXO_IDLE = LINE_IDLE, FXO_BUSIED = LINE_BUSIED,
	FXO_RINGING = LINE_FIRST_OWN, FXO_OFFERED, FXO_IGNORED,
	FXO_ANNOUNCED, FXO_CALLERID_ANSWER, FXO_CALLERID_WAIT,
	FXO_PIN, FXO_SECOND_TONE, FXO_SECOND_DIGITS, FXO_SECOND_CALLING, FXO_REFUSING,
	FXO_SEIZING, FXO_RESEIZE, FXO_TONE_WAIT, FXO_PAUSE, FXO_DIALLING,
	FXO_PROGRESS, FXO_TALKING, FXO_GUARD,
	FXO_M_HOOK, FXO_M_SEIZE, FXO_M_TONE, FXO_M_DIAL, FXO_M_QUIET, FXO_M_ECHO, FXO_M_REST,
};

/* line_fxo.c */
void fxo_go(struct line *, unsigned state);
void fxo_rest(struct line *);
void fxo_hang_up(struct line *);
/* True: the event was that and is dealt with; return at once. */
bool fxo_refuse_offer(struct line *, int event, const void *data);
/* Alarms, and a release of a call that the line has already left. */
bool fxo_first(struct line *, int event, const void *data);

/* line_fxo_hear.c: from an off-hook line, what ends its call */

/* Begins: forgets what was heard before, listens for tones and `also`. */
void fxo_listen(struct line *, unsigned also);
/* True: the event ended the call and the line is on hook. */
bool fxo_supervise(struct line *, int event, const void *data);
/* One digit from the far side, by the line's way of dialling. */
void fxo_send_digit(struct line *, const struct line_digit *);

/* line_fxo_learn.c: what is not configured, but was learned or may be */

/* Begins a call's listening: tones of this line alone. */
void fxo_learn_start(struct line *);
void fxo_learn_hear(struct line *, const struct media_event *);
void fxo_learn_break(struct line *, int ms);
/* The call ends; before the line goes on hook. */
void fxo_learn_ended(struct line *, const char *why);
/* Battery breaks of so many ms end a call. */
uint64_t fxo_break_ms(const struct line *);

/* line_fxo_in.c: it rings */
void fxo_forget(struct line *);		/* the last caller's ID */
/* Gives the line, which our seizure has answered, to its caller. */
void fxo_serve_glare(struct line *);
uint64_t fxo_ringing_time(void *), fxo_gap_time(void *);
uint64_t fxo_first_digit_time(void *), fxo_inter_digit_time(void *);
uint64_t fxo_refusing_time(void *);
void fxo_ringing_enter(void *), fxo_offered_enter(void *), fxo_ignored_enter(void *);
void fxo_pin_enter(void *), fxo_pin_event(void *, int, const void *);
void fxo_second_tone_enter(void *), fxo_second_digits_enter(void *);
void fxo_second_calling_enter(void *), fxo_refusing_enter(void *);
void fxo_ringing_event(void *, int, const void *);
void fxo_offered_event(void *, int, const void *);
void fxo_ignored_event(void *, int, const void *);
void fxo_second_dial_event(void *, int, const void *);
void fxo_second_calling_event(void *, int, const void *);
void fxo_refusing_event(void *, int, const void *);

/* line_fxo_announced.c: caller ID before it rings, to be answered */
uint64_t fxo_announced_time(void *), fxo_callerid_time(void *);
void fxo_announced_enter(void *), fxo_callerid_answer_enter(void *);
void fxo_callerid_wait_enter(void *);
void fxo_announced_event(void *, int, const void *);
void fxo_callerid_answer_event(void *, int, const void *);
void fxo_callerid_wait_event(void *, int, const void *);

/* line_fxo_out.c: we seize it */
uint64_t fxo_seizing_time(void *), fxo_tone_wait_time(void *), fxo_pause_time(void *);
void fxo_seizing_enter(void *), fxo_reseize_enter(void *);
void fxo_tone_wait_enter(void *), fxo_pause_enter(void *);
void fxo_dialling_enter(void *), fxo_progress_enter(void *);
void fxo_seizing_event(void *, int, const void *);
void fxo_reseize_event(void *, int, const void *);
void fxo_before_dialling_event(void *, int, const void *);
void fxo_dialling_event(void *, int, const void *);
void fxo_progress_event(void *, int, const void *);

/* line_fxo_measure.c: nobody uses it */
uint64_t fxo_m_settle_time(void *);
void fxo_m_hook_enter(void *), fxo_m_seize_enter(void *), fxo_m_tone_enter(void *);
void fxo_m_dial_enter(void *), fxo_m_quiet_enter(void *), fxo_m_echo_enter(void *);
void fxo_m_rest_enter(void *);
void fxo_m_hook_event(void *, int, const void *), fxo_m_seize_event(void *, int, const void *);
void fxo_m_tone_event(void *, int, const void *), fxo_m_dial_event(void *, int, const void *);
void fxo_m_quiet_event(void *, int, const void *), fxo_m_echo_event(void *, int, const void *);
void fxo_m_rest_event(void *, int, const void *);

#endif
