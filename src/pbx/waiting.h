/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * waiting.h - what a telephone does about a call that waits: it knows CAS (ETSI:
 * DT-AS, 2130 and 2750 Hz for 80 ms), answers it by DTMF with its handset muted,
 * and reads who calls. Most telephones do nothing of that.
 */
#ifndef PBX_WAITING_H
#define PBX_WAITING_H

#include <spandsp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WAITING_BLOCK 80	/* samples */

enum waiting_step { WAITING_LISTENS, WAITING_PAUSES, WAITING_ANSWERS, WAITING_READS };

struct waiting {
	char digit;		/* its answer; 0: none */
	enum waiting_step step;
	int16_t block[WAITING_BLOCK];
	unsigned fill, tones;	/* samples; blocks of both tones so far */
	unsigned left;		/* samples of PAUSES and READS */
	dtmf_tx_state_t *dtmf;
};

bool waiting_init(struct waiting *);	/* false: no memory */
void waiting_fini(struct waiting *);
void waiting_reset(struct waiting *);	/* it hung up */

/* What came from the gateway; true: that was the end of CAS. */
bool waiting_hear(struct waiting *, const int16_t *, size_t n);
/* Replaces what the handset says; false: it goes on. */
bool waiting_say(struct waiting *, int16_t *, size_t n);

#endif
