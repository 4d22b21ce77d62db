/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * fxs.c - the side that gives battery and rings. It tells off-hook, pulses,
 * flash and on-hook apart by how long the loop is open, as a card's driver
 * does:
 *
 *              close                    open
 *   ON_HOOK ----------> OFF_HOOK ------------------> BROKEN
 *      ^                   ^  close within: 15 ms      |
 *      |                   |  nothing; 120 ms a pulse; |
 *      |                   |  flash_min nothing;       |
 *      |                   |  flash_max a flash        |
 *      |                   +---------------------------+
 *      |        longer                                 |
 *      +-----------------------------------------------+
 */
#include "drivers/sim/port.h"

#include <errno.h>

#define PULSE_MIN_MS 15		/* shorter is a bounce */
/* 8 pulses a second, open for 75 % of it: 94 ms. What is longer and shorter than
 * a flash is neither: it must not be taken for a 1. */
#define PULSE_MAX_MS 120
#define DIGIT_MS 250		/* after the last pulse of a digit */

/* ms of an open loop that is a hang-up. */
static unsigned hang_up_ms(const struct sim_fxs *f)
{
	return f->flash_max > f->flash_min ? f->flash_max : f->flash_min;
}

static void stop_ringing(struct line_port *p, uint64_t at)
{
	p->fxs.ringing = false;
	sim_stop(p, DUE_RING);
	if (p->local & WIRE_RINGING)
		sim_drive(p, 0, WIRE_RINGING, at);
}

static void current(struct line_port *p, uint64_t at)
{
	bool flows = p->remote & WIRE_LOOP && p->local & WIRE_BATTERY;

	if (flows != !!(p->local & WIRE_CURRENT))
		sim_drive(p, flows ? WIRE_CURRENT : 0, WIRE_CURRENT, at);
}

static void loop_closed(struct line_port *p, uint64_t at)
{
	struct sim_fxs *f = &p->fxs;
	uint64_t ms = (at - f->opened) / 1000;

	if (f->hook == FXS_ON_HOOK) {
		f->hook = FXS_OFF_HOOK;
		if (f->ringing)
			stop_ringing(p, at);
		sim_event(p, LINE_EVENT_OFF_HOOK, 0, at);
		return;
	}
	if (f->hook != FXS_BROKEN)
		return;
	f->hook = FXS_OFF_HOOK;
	sim_stop(p, DUE_HOOK);
	if (ms >= f->flash_min) {
		f->pulses = 0;
		sim_event(p, LINE_EVENT_FLASH, (int)ms, at);
	} else if (ms > PULSE_MAX_MS) {
		f->pulses = 0;
	} else if (ms >= PULSE_MIN_MS) {
		f->pulses++;
	}
	if (f->pulses)
		sim_start(p, DUE_DIGIT, at + DIGIT_MS * 1000);
}

static void loop_opened(struct line_port *p, uint64_t at)
{
	struct sim_fxs *f = &p->fxs;

	if (f->hook != FXS_OFF_HOOK)
		return;
	f->hook = FXS_BROKEN;
	f->opened = at;
	sim_stop(p, DUE_DIGIT);
	sim_start(p, DUE_HOOK, at + hang_up_ms(f) * 1000);
}

void sim_fxs_apply(struct line_port *p, uint32_t changed, uint64_t at)
{
	if (!(changed & WIRE_LOOP))
		return;
	current(p, at);
	if (p->remote & WIRE_LOOP)
		loop_closed(p, at);
	else
		loop_opened(p, at);
}

static void digit_done(struct line_port *p, uint64_t at)
{
	unsigned n = p->fxs.pulses;

	p->fxs.pulses = 0;
	if (n <= 10)
		sim_event(p, LINE_EVENT_PULSE_DIGIT, '0' + (int)(n % 10), at);
}

static void next_step(struct line_port *p, uint64_t at)
{
	struct sim_fxs *f = &p->fxs;
	unsigned on;

	if (f->step >= f->cadence.count)
		f->step = f->cadence.loop;
	if (f->step >= f->cadence.count) {
		stop_ringing(p, at);
		sim_event(p, LINE_EVENT_BURST_END, 0, at);
		return;
	}
	on = f->step % 2 == 0;
	if (on && !(p->local & WIRE_RINGING)) {
		sim_drive(p, WIRE_RINGING, 0, at);
	} else if (!on && p->local & WIRE_RINGING) {
		sim_drive(p, 0, WIRE_RINGING, at);
		sim_event(p, LINE_EVENT_BURST_END, 0, at);
	}
	sim_start(p, DUE_RING, at + f->cadence.ms[f->step++] * 1000);
}

void sim_fxs_due(struct line_port *p, enum sim_due which, uint64_t at)
{
	switch (which) {
	case DUE_HOOK:
		p->fxs.hook = FXS_ON_HOOK;
		p->fxs.pulses = 0;
		sim_event(p, LINE_EVENT_ON_HOOK, 0, at);
		break;
	case DUE_DIGIT:
		digit_done(p, at);
		break;
	case DUE_RING:
		next_step(p, at);
		break;
	case DUE_BATTERY:
		sim_drive(p, WIRE_BATTERY, 0, at);
		current(p, at);
		break;
	default:
		break;
	}
}

void sim_fxs_reset(struct line_port *p)
{
	p->fxs.hook = FXS_ON_HOOK;
	p->fxs.pulses = 0;
	p->local &= ~(uint32_t)WIRE_CURRENT;
	sim_stop(p, DUE_HOOK);
	sim_stop(p, DUE_DIGIT);
}

/* A cadence that would spin: no time in what is repeated. */
static bool has_time(const struct cadence *c)
{
	unsigned sum = 0;

	if (c->count < 1 || c->count > CADENCE_STEPS)
		return false;
	if (c->loop >= c->count)
		return true;
	for (unsigned i = c->loop; i < c->count; i++)
		sum += c->ms[i];
	return sum >= 20;
}

int sim_ring(struct line_port *p, const struct cadence *cadence)
{
	uint64_t now = wire_now();

	if (p->kind != PORT_FXS)
		return -ENOTSUP;
	if (!cadence) {
		stop_ringing(p, now);
	} else {
		if (!has_time(cadence))
			return -EINVAL;
		if (p->fxs.hook != FXS_ON_HOOK)
			return -EBUSY;
		p->fxs.cadence = *cadence;
		p->fxs.step = 0;
		p->fxs.ringing = true;
		next_step(p, now);
	}
	if (!p->far)
		sim_listen(p);
	sim_arm(p);
	return 0;
}

int sim_battery(struct line_port *p, int break_ms)
{
	uint64_t now = wire_now();

	if (p->kind != PORT_FXS)
		return -ENOTSUP;
	if (break_ms <= 0 || break_ms > 3600000)
		return -EINVAL;
	sim_drive(p, 0, WIRE_BATTERY, now);
	current(p, now);
	sim_start(p, DUE_BATTERY, now + (uint64_t)break_ms * 1000);
	sim_arm(p);
	return 0;
}

int sim_polarity(struct line_port *p, bool reversed)
{
	if (p->kind != PORT_FXS)
		return -ENOTSUP;
	sim_drive(p, reversed ? WIRE_REVERSED : 0, WIRE_REVERSED, wire_now());
	sim_arm(p);
	return 0;
}
