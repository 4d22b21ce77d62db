/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * line_fxs.h - the states of an FXS line, and what line_fxs.c's table calls.
 */
#ifndef CORE_LINE_FXS_H
#define CORE_LINE_FXS_H

#include "core/dial.h"
#include "core/line.h"

enum {
	FXS_OUT = LINE_OUT, FXS_IDLE = LINE_IDLE, FXS_BUSIED = LINE_BUSIED,
	FXS_DIAL_TONE = LINE_FIRST_OWN, FXS_DIALLING, FXS_CALLING, FXS_EARLY,
	FXS_TALKING, FXS_RINGING, FXS_DID_WINK, FXS_DID_SEND, FXS_DID_OPEN,
	FXS_DID_ANSWER, FXS_ANNOUNCING, FXS_CALLERID_SEND, FXS_TONE, FXS_HOWLER,
	FXS_LOCKED, FXS_BARRED, FXS_RECALL, FXS_MEASURED,
	FXS_HANDING,
};

/* line_fxs.c */
void fxs_go(struct line *, unsigned state);
void fxs_rest(struct line *);
/* TONE, or what follows it where its time is set to 0. */
void fxs_go_tone(struct line *, enum tone_id);
/* Calls the number: FXS_CALLING; from FXS_HANDING for the held party. */
void fxs_place(struct line *, const char *number);
/* What a verdict on the digits so far leads to; wait_ms: DIAL_WAIT, for the next. */
void fxs_dialled(struct line *, enum dial_verdict, uint64_t wait_ms);
void fxs_released(struct line *, const struct release *, bool connected);
/* What every state with the loop closed does with on hook and alarm. */
void fxs_off_hook_event(struct line *, int event, const void *data);
/* A release of a call that the line has already left. */
bool fxs_stale(const struct line *, int event);

/* line_second.c */

/* The second leg: held, waiting to be taken, or there is none. */
bool fxs_holds(const struct line *);
bool fxs_waits(const struct line *);
/* A flash, hang-up or end of the first call, while the second leg matters, or
 * may come to; true: it is dealt with, and nothing is left to do. */
bool fxs_second_flash(struct line *);
bool fxs_second_on_hook(struct line *);
bool fxs_second_resume(struct line *);
void fxs_second_drop(struct line *, enum cause, const char *why);
void fxs_recall_enter(void *);
void fxs_recall_event(void *, int, const void *);
uint64_t fxs_recall_time(void *);

/* line_fxs_hand.c */

/* The code that hands the held call on; "": none is held. */
const char *fxs_hand_code(const struct line *);
void fxs_handing_enter(void *), fxs_handing_event(void *, int, const void *);
void fxs_hand_on(struct line *);
/* On hook: who came back did so when it was on its way there. */
bool fxs_was_gone(const struct line *);
/* An offer to a line off hook: true, it was of whom it has handed on. */
bool fxs_taken_back(struct line *);

/* line_fxs_called.c */
struct cadence;
/* Rings with this caller; false: it cannot, and the call is released. */
/* Who is told to the telephone, as it would be dialled there; no cadence. */
struct media_ring fxs_caller(const struct line *, const struct party *);
bool fxs_ring(struct line *, const struct party *from, const char *alert);
uint64_t fxs_wink_time(void *);
void fxs_ringing_enter(void *), fxs_did_enter(void *), fxs_did_send_enter(void *);
void fxs_ringing_event(void *, int, const void *);
void fxs_did_wink_event(void *, int, const void *);
void fxs_did_send_event(void *, int, const void *);
void fxs_did_open_event(void *, int, const void *);
void fxs_answered(struct line *);

/* line_fxs_announced.c: what goes before ringing */
bool fxs_announces(const struct line *);
uint64_t fxs_announcing_time(void *), fxs_callerid_time(void *);
void fxs_announcing_enter(void *), fxs_callerid_send_enter(void *);
void fxs_announced_event(void *, int, const void *);

/* line_fxs_measure.c */
void fxs_measure_on_hook(struct line *);
uint64_t fxs_measured_time(void *);
void fxs_measured_enter(void *);
void fxs_measured_event(void *, int, const void *);

#endif
