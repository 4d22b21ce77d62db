/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * measure.h - a line that nobody uses is measured: line_fxo_measure.c,
 * line_fxs_measure.c. Calls go before: whoever wants the line has it.
 */
#ifndef CORE_MEASURE_H
#define CORE_MEASURE_H

#include "tipring/media.h"

#define MEASURE_SETTINGS 32	/* impedances of a card, at most */

struct box;
struct line;

enum measured_tone { TONE_NOT_AWAITED, TONE_NOT_HEARD, TONE_COUNTRYS, TONE_OTHER };

/* What was found out. A level of PROBE_NOTHING and has_... false tell apart
 * silence and what was not measured. */
struct measurement {
	enum port_kind kind;
	bool complete;
	char why[192];			/* not complete: what ended it */
	bool by_phone;			/* FXS: the telephone was off hook */
	struct port_readings on_hook, off_hook;
	bool has_idle, has_quiet, has_echo;
	struct media_probed idle;	/* on hook */
	enum measured_tone tone;
	struct media_probed dial;	/* where a tone was heard */
	char digits[PARTY_NUMBER_SIZE];	/* that stopped it */
	struct media_probed quiet;	/* off hook */
	struct media_probed echo;	/* as the card is set */
	unsigned settings;		/* of its impedance: what each would give */
	struct media_probed setting[MEASURE_SETTINGS];

	/* the machine's: how far it is */
	uint64_t since;			/* off hook; then, silent */
	bool changed;			/* the card's impedance */
	bool muted;			/* its canceller */
};

/* Begins; box_observer's measured() tells the end. -ENOENT, -EBUSY, -ENOLINK
 * (out of service), -ENOTSUP (a B channel), -ENOMEM; why: in words. */
int box_measure(struct box *, const char *line, char *why, size_t size);
/* Ends one that runs; nothing, if none does. */
void box_measure_stop(struct box *, const char *line, const char *why);

/* ------------------------------------------------------------ core's own */

/* FXO: it would leave its measurement for a call. */
bool line_yields(const struct line *);
/* What its port lets itself be asked. */
void measure_readings(struct line *, struct port_readings *);
int measure_probe(struct line *, enum media_probe);
/* The same as box_measure_stop(). */
void measure_stop(struct line *, const char *why);
/* Tells; why NULL: it is complete. The line's port is as it was. */
void measure_done(struct line *, const char *why);
void measure_free(struct line *);

#endif
