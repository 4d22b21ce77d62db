/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * line.h - one line of the PBX: its port, what it says and hears, and what it
 * does by itself. FXS lines (exchange.c) are an exchange's or a PBX's
 * extension ports, FXO lines (phone.c) telephones or a PBX's trunk ports, B
 * channels (span.c) those of a digital trunk.
 */
#ifndef PBX_LINE_H
#define PBX_LINE_H

#include <spandsp.h>

#include "pbx/callerid.h"
#include "pbx/hear.h"
#include "pbx/model.h"
#include "pbx/pbx.h"
#include "pbx/plan.h"
#include "pbx/source.h"
#include "pbx/waiting.h"
#include "pbx/wav.h"

#define LINE_DIGITS 64
#define LINE_BURSTS 15

/*
 * An exchange line:
 *
 *   IDLE --ring--> ALERTING --off hook--> TALKING --release--> CLEARED
 *    |                                       ^                    |
 *    +--off hook--> COLLECTING --digits--> PROGRESS --answer------+
 *   on hook: from every state to IDLE
 *   NTT's caller ID: IDLE --ring--> ANNOUNCING --off hook--> TELLING --on
 *   hook--> ALERTING
 *
 * A phone: IDLE, ALERTING (it rings), TALKING (off hook).
 */
enum line_state { LINE_IDLE, LINE_ALERTING, LINE_COLLECTING, LINE_PROGRESS,
		  LINE_TALKING, LINE_CLEARED, LINE_ANNOUNCING, LINE_TELLING };

struct options_line;
struct q931_call;

struct pbx_line {
	struct pbx *pbx;
	char name[PORT_NAME_SIZE];
	enum port_kind kind;
	const struct line_driver *driver;
	struct line_port *port;
	enum audio_format format;
	struct loop_watch *watch;
	int audio_fd;		/* a clock that lines share; -1: none */
	short audio_mask;	/* else: of the descriptor that events have, too */
	bool times_breaks;	/* BREAK_END tells how long it was */
	bool connected;		/* there is a gateway, and no alarm */
	enum line_state state;
	bool off_hook;		/* the loop is closed, whoever closed it */
	bool seized;		/* phone: current flows */
	bool reversed;

	struct source out;
	bool holds;		/* out is what a held party hears */
	struct source callerid;	/* goes before it */
	dtmf_tx_state_t *dtmf_tx;
	char dial[LINE_DIGITS];	/* phone: dialled once current flows */
	unsigned dial_at, dial_pause;	/* samples */
	bool dialling, dial_sounds, dial_pulses;

	dtmf_rx_state_t *dtmf_rx;
	struct hear hear;
	struct callerid_way way;
	struct callerid_reader *reader;
	bool reads;		/* the phone rang: caller ID may come */
	bool monitors;		/* the phone reads on hook all the time */
	struct waiting waiting;	/* phone: what it does about call waiting */
	struct model *model;
	struct wav_writer *record;
	char record_file[256];

	char digits[LINE_DIGITS];	/* since the loop closed */
	struct plan plan;
	const struct plan_entry *planned;	/* what PROGRESS waits for */
	bool dial_tone;		/* by itself, when seized */
	int answer_ms;		/* phone: answers by itself after; -1: never */
	struct party from;	/* of this ringing */
	bool has_from;
	unsigned bursts;
	struct pbx_span *span;	/* B channel: its span */
	unsigned slot;
	struct q931_call *call;	/* libpri's; NULL: none */
	struct party as;	/* B channel: who answers, as it is told */
	bool heard;		/* our call: the gateway has answered its SETUP */
	struct q931_call *held;	/* likewise: on hold, without a B channel */
	struct timer timer;	/* what the state does next by itself */
	struct timer sound_timer;	/* caller ID */
	struct timer cadence_timer;	/* phone: no ring for so long */
	unsigned bursts_ms[LINE_BURSTS];	/* on, off, on: of this cadence */
	unsigned burst_count;
	uint64_t burst_at;	/* samples: the last change */
};

/* 0 or -errno and a sentence. The line is added to the PBX. */
int line_open(struct pbx *, const struct options_line *, const char *directory,
	      const struct model_conf *, char *why, size_t size);
/* Hangs up, stops ringing, closes. */
void line_close(struct pbx_line *);
/* How caller ID goes on it, sent or read. */
void line_set_callerid(struct pbx_line *, struct callerid_way);

void line_turn(struct pbx_line *);	/* the clock ticked */

/* What is said; each replaces what was. */
void line_say_nothing(struct pbx_line *);
void line_say_tone(struct pbx_line *, enum tone_id);
void line_say_samples(struct pbx_line *, int16_t *samples, size_t count);
/* Says what a held party hears: now and then a soft beep. */
void line_say_hold(struct pbx_line *);
/* 0 or -errno and a sentence: the file cannot be played. */
int line_play(struct pbx_line *, const char *file, char *why, size_t size);
int line_record(struct pbx_line *, const char *file, char *why, size_t size);

/* Digits with 'w' pauses; waits for loop current. -EINVAL, -EBUSY. */
int line_dial(struct pbx_line *, const char *digits, bool pulse);
void line_dial_stop(struct pbx_line *);

/* In one line, for people. */
void line_text(const struct pbx_line *, char *text, size_t size);

/* The loop has closed or opened: what was heard before is another call's. */
void line_off_hook(struct pbx_line *, bool off_hook);
void line_digit(struct pbx_line *, char digit);

/* exchange.c */
void exchange_event(struct pbx_line *, const struct line_event *);
void exchange_digit(struct pbx_line *);
/* from NULL: no caller ID. -EBUSY: off hook; -ENOTSUP: the country's caller ID
 * cannot be sent. */
int exchange_ring(struct pbx_line *, const struct party *from);
void exchange_stop_ring(struct pbx_line *);
int exchange_progress(struct pbx_line *, enum tone_id);	/* -ENOTCONN: on hook */
int exchange_answer(struct pbx_line *, bool reverse);
int exchange_release(struct pbx_line *);
void exchange_burst_end(struct pbx_line *);

/* phone.c */
void phone_event(struct pbx_line *, const struct line_event *);
/* Caller ID has come. */
void phone_caller(struct pbx_line *);
int phone_hook(struct pbx_line *, bool off_hook);

#endif
