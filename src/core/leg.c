/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * leg.c - what legs tell their call. It is queued for the call's machine,
 * except for what must hold at once: a released leg is forgotten, a voice end
 * that goes is out of its join.
 */
#include "tipring/leg.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/call.h"

static void say(struct leg *leg, enum call_machine_event event, struct call_said *s)
{
	struct call *call = leg->call;

	if (!call)
		return;
	s->side = leg->outgoing ? SIDE_B : SIDE_A;
	s->attempt = call->attempt;
	fsm_post(&call->fsm, event, s, sizeof(*s));
}

void leg_proceeding(struct leg *leg)
{
	struct call_said s = { 0 };

	say(leg, C_PROCEEDING, &s);
}

void leg_alerting(struct leg *leg)
{
	struct call_said s = { 0 };

	say(leg, C_ALERTING, &s);
}

void leg_progress(struct leg *leg)
{
	struct call_said s = { 0 };

	say(leg, C_PROGRESS, &s);
}

void leg_answered(struct leg *leg, enum answer_method method, unsigned confidence)
{
	struct call_said s = { .answer = { method, confidence } };

	leg->up = true;
	say(leg, C_ANSWERED, &s);
}

void leg_digit(struct leg *leg, char digit, unsigned ms)
{
	struct call_said s = { .digit = { digit, ms } };

	say(leg, C_DIGIT, &s);
}

void leg_flash(struct leg *leg)
{
	struct call_said s = { 0 };

	say(leg, C_FLASH, &s);
}

void leg_hold(struct leg *leg, bool held)
{
	struct call_said s = { .held = held };

	say(leg, C_HOLD, &s);
}

void leg_released(struct leg *leg, const struct release *r)
{
	struct call_said s = { .release = *r };
	struct call *call = leg->call;
	int side = leg->outgoing ? SIDE_B : SIDE_A;

	if (!call || referral_left(leg))
		return;
	s.side = (uint8_t)side;
	s.attempt = call->attempt;
	call_detach(call, side);
	fsm_post(&call->fsm, C_RELEASED, &s, sizeof(s));
}

void leg_end_changed(struct leg *leg)
{
	struct call *call = leg->call;

	if (!call)
		return;
	if (call->fsm.state == CALL_EARLY || call->fsm.state == CALL_TALKING)
		call_join(call);
	else
		call_split(call);
}

void release_set(struct release *r, enum cause cause, bool by_far_end,
		 const char *format, ...)
{
	va_list args;

	*r = (struct release){ .cause = cause, .by_far_end = by_far_end };
	va_start(args, format);
	vsnprintf(r->why, sizeof(r->why), format, args);
	va_end(args);
}
