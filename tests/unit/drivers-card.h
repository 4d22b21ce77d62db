/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * drivers-card.h - a DAHDI channel of a card that is played, below open, ioctl, read
 * and write, which the linker wraps (see drivers.mk).
 */
#ifndef TESTS_UNIT_DRIVERS_CARD_H
#define TESTS_UNIT_DRIVERS_CARD_H

#include <dahdi/user.h>
#include <sys/types.h>

#include "drivers/dahdi/dahdi.h"
#include "drivers/dahdi/wctdm.h"

#define CARD_FD 1000000
#define ELAST_ERRNO 500
#define CARD_EVENTS 4096

extern struct card {
	int sigtype, rxbits, alarms;
	bool battery;		/* FXO: rxisoffhook */
	bool gains, lamps, reverses;
	int reversed;		/* as set last */
	int on_hook_ms;
	struct dahdi_ring_cadence cadence;
	int hook, hook_errno;	/* as asked last, -1 nothing yet */
	int gain[2];		/* as set, rx and tx */
	unsigned gains_asked;
	unsigned lamp_kinds;
	bool tells;		/* its voltages and registers */
	struct wctdm_stats stats;
	struct wctdm_regs regs;
	struct wctdm_echo_coefs tune;
	unsigned tunes;		/* times it was set */
	int messages;
	int canceller;		/* taps, -1 never asked */
	int events[CARD_EVENTS];
	unsigned first, last;
	int removed;		/* errno */
	int read_errno;
	ssize_t read_size;
	unsigned wrote;
	int dials;		/* digits are on their way */
	int write_errno;
	int open_errno, specify_errno, zone_errno;
	struct dahdi_params set;
} card;

/* Plugged in and idle; it can nothing but the least. */
void new_card(enum port_kind);
int try_open(struct line_port **, int rx_gain, int tx_gain, char *why);	/* why[256] */
struct line_port *open_card(void);
unsigned capabilities(struct line_port *);
void queue(int event);

#endif
