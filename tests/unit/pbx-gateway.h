/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * pbx-gateway.h - runs tipring-pbx and plays the gateway at the near end of its
 * line 1, in one thread.
 */
#ifndef PBX_GATEWAY_H
#define PBX_GATEWAY_H

#include <spandsp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "tipring/driver.h"

#define SAMPLES 160000

/* The gateway's end of one line. */
struct gateway {
	char directory[40], path[80];	/* path: of what a test writes */
	struct line_port *port;
	pid_t child;
	int status, output;
	char text[8192];		/* all that the child said */
	size_t text_size;
	struct line_event event[64];
	unsigned events, taken;
	int16_t heard[SAMPLES];
	size_t heard_count;
	double hz[2];			/* what is said: two frequencies, or */
	double phase[2], level;
	const int16_t *samples;
	size_t sample_count, sample_at;
	unsigned on_ms, off_ms;		/* cadence */
	uint64_t said;			/* samples */
	dtmf_rx_state_t *dtmf;
	char digits[64];
};

extern struct gateway gw;

int gateway_setup(void **state);
int gateway_teardown(void **state);
uint64_t gateway_now(void);	/* ms */

/* Starts the program; script NULL: no --script. */
void gateway_start(const char *script, const char *const more[]);
void gateway_open(enum port_kind kind);
/* Says a tone from now on; off_ms 0: continuous. */
void gateway_tone(double a, double b, unsigned on_ms, unsigned off_ms);
void gateway_turn(void);
void gateway_run(unsigned ms);

/* Each fails the test when it takes longer. */
int until_event(enum line_event_type, unsigned ms);	/* its value */
void until_digits(const char *digits, unsigned ms);	/* heard: DTMF */
void until_text(const char *text, unsigned ms);		/* from the program */
void until_end(int status, unsigned ms);		/* of the program */

#endif
