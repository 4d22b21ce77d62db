/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * fxo.c - the side that is a telephone: it closes the loop, breaks it for
 * pulses and flash, and sees battery, polarity and ringing.
 */
#include "drivers/sim/port.h"

#include <errno.h>
#include <string.h>

#define DIGIT_US 750000		/* between digits */
#define PAUSE_US 500000		/* 'w' */
#define LOSS_US 1000000		/* no battery for so long: an alarm, like a card */

static void battery_lost(struct line_port *p, uint64_t at)
{
	struct sim_fxo *f = &p->fxo;

	f->battery_lost = at;
	sim_start(p, DUE_LOSS, at + LOSS_US);
	if (f->off_hook && f->seized) {
		f->broken = true;
		sim_event(p, LINE_EVENT_BREAK, 1, at);
	}
}

static void battery_back(struct line_port *p, uint64_t at)
{
	struct sim_fxo *f = &p->fxo;
	uint64_t ms = (at - f->battery_lost) / 1000;

	sim_stop(p, DUE_LOSS);
	if (f->broken)
		sim_event(p, LINE_EVENT_BREAK_END, ms ? (int)ms : 1, at);
	f->broken = false;
	if (f->lost)
		sim_event(p, LINE_EVENT_ALARM_CLEARED, 0, at);
	f->lost = false;
}

void sim_fxo_apply(struct line_port *p, uint32_t changed, uint64_t at)
{
	uint32_t now = p->remote;

	if (changed & WIRE_BATTERY) {
		if (now & WIRE_BATTERY)
			battery_back(p, at);
		else
			battery_lost(p, at);
	}
	if (changed & WIRE_REVERSED)
		sim_event(p, LINE_EVENT_POLARITY, !!(now & WIRE_REVERSED), at);
	if (changed & WIRE_RINGING)
		sim_event(p, now & WIRE_RINGING ? LINE_EVENT_RING_ON :
			  LINE_EVENT_RING_OFF, 0, at);
	if (changed & WIRE_LAMP)
		sim_event(p, LINE_EVENT_MESSAGES, !!(now & WIRE_LAMP), at);
	if (now & WIRE_CURRENT && p->fxo.off_hook && !p->fxo.seized) {
		p->fxo.seized = true;
		sim_event(p, LINE_EVENT_SEIZED, 0, at);
	}
}

static bool is_open(const struct line_port *p)
{
	return !(p->local & WIRE_LOOP);
}

static void pulse_end(struct line_port *p, uint64_t at)
{
	p->fxo.loop = LOOP_STEADY;
	sim_event(p, LINE_EVENT_DIALLED, 0, at);
}

/* What comes next, with the loop closed and no pulse left of a digit. */
static void next_digit(struct line_port *p, uint64_t at)
{
	struct sim_fxo *f = &p->fxo;
	char c = f->digits[f->position];

	if (!c) {
		pulse_end(p, at);
		return;
	}
	f->position++;
	if (c == 'w') {
		sim_start(p, DUE_LOOP, at + PAUSE_US);
		return;
	}
	f->pulses = c == '0' ? 10 : (unsigned)(c - '0');
	sim_drive(p, 0, WIRE_LOOP, at);
	sim_start(p, DUE_LOOP, at + f->open_us);
}

static void pulse_step(struct line_port *p, uint64_t at)
{
	struct sim_fxo *f = &p->fxo;

	if (is_open(p)) {
		sim_drive(p, WIRE_LOOP, 0, at);
		f->pulses--;
		sim_start(p, DUE_LOOP, at + (!f->pulses && f->digits[f->position] ?
					     DIGIT_US : f->closed_us));
	} else if (f->pulses) {
		sim_drive(p, 0, WIRE_LOOP, at);
		sim_start(p, DUE_LOOP, at + f->open_us);
	} else {
		next_digit(p, at);
	}
}

void sim_fxo_due(struct line_port *p, enum sim_due which, uint64_t at)
{
	struct sim_fxo *f = &p->fxo;

	if (which == DUE_LOSS) {
		f->lost = true;
		sim_event(p, LINE_EVENT_ALARM, ALARM_NO_BATTERY, at);
	} else if (which == DUE_LOOP && f->loop == LOOP_PULSE) {
		pulse_step(p, at);
	} else if (which == DUE_LOOP && f->loop == LOOP_FLASH) {
		f->loop = LOOP_STEADY;
		sim_drive(p, WIRE_LOOP, 0, at);
	}
}

/* The battery was lost with the peer: that alarm stands for this one. */
void sim_fxo_reset(struct line_port *p)
{
	p->fxo.seized = p->fxo.broken = p->fxo.lost = false;
	sim_stop(p, DUE_LOSS);
}

int sim_hook(struct line_port *p, bool off_hook)
{
	struct sim_fxo *f = &p->fxo;
	uint64_t now = wire_now();

	if (p->kind != PORT_FXO)
		return -ENOTSUP;
	if (!p->far)
		sim_listen(p);
	if (off_hook && f->off_hook)
		return 0;
	f->off_hook = off_hook;
	f->seized = f->broken = false;
	f->loop = LOOP_STEADY;
	sim_stop(p, DUE_LOOP);
	sim_drive(p, off_hook ? WIRE_LOOP : 0, WIRE_LOOP, now);
	sim_arm(p);
	return 0;
}

int sim_flash(struct line_port *p, int ms)
{
	uint64_t now = wire_now();

	if (p->kind != PORT_FXO)
		return -ENOTSUP;
	if (!p->fxo.off_hook || ms < 0 || ms > 10000)
		return -EINVAL;
	if (p->fxo.loop != LOOP_STEADY)
		return -EBUSY;
	p->fxo.loop = LOOP_FLASH;
	sim_drive(p, 0, WIRE_LOOP, now);
	sim_start(p, DUE_LOOP, now + 1000ull * (ms ? (unsigned)ms : p->fxo.flash_ms));
	sim_arm(p);
	return 0;
}

int sim_pulse(struct line_port *p, const char *digits)
{
	struct sim_fxo *f = &p->fxo;

	if (p->kind != PORT_FXO)
		return -ENOTSUP;
	if (!f->off_hook || !*digits || strlen(digits) >= sizeof(f->digits) ||
	    strspn(digits, "0123456789w") != strlen(digits))
		return -EINVAL;
	if (f->loop != LOOP_STEADY)
		return -EBUSY;
	strcpy(f->digits, digits);
	f->position = f->pulses = 0;
	f->loop = LOOP_PULSE;
	next_digit(p, wire_now());
	sim_arm(p);
	return 0;
}
