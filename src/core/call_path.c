/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * call_path.c - the voice path between a call's two legs, and the one place
 * that decides which way digits take.
 */
#include <string.h>

#include "core/call.h"
#include "core/line.h"

/*
 * Digits of a line's call go
 *   in the audio   between two lines; where the line's dtmf_relay is off; and
 *                  where the line dials by pulses, so that a digit that the
 *                  far end sends as an event can be pulsed
 *   by media       where the far side takes events (RFC 4733): out of the
 *                  audio into events, and events into DTMF. leg_digit() of
 *                  either side is then only a report and goes nowhere
 *   by the legs    where the far side takes digits in its signalling (INFO):
 *                  the line detects, and the far leg's digit operation sends
 */
static enum digit_path digit_path(const struct line *l, const struct leg *far)
{
	if (line_of_leg(far) || !l->conf->dtmf_relay)
		return DIGITS_IN_AUDIO;
	if (l->kind == PORT_FXO && l->conf->dial_method == DIAL_PULSE)
		return DIGITS_IN_AUDIO;
	if (far->digits_by_event)
		return DIGITS_RELAYED;
	return far->ops->digit ? DIGITS_BY_LEG : DIGITS_IN_AUDIO;
}

bool call_relays_digits(const struct call *call)
{
	const struct leg *a = call->leg[SIDE_A], *b = call->leg[SIDE_B];

	if (!call->joined[SIDE_A] || !a || !b)
		return false;
	return (a->relays && b->digits_by_event) || (b->relays && a->digits_by_event);
}

/* A far leg that takes digits in its signalling alone needs them told. */
static void detect_for(struct leg *leg, const struct leg *far)
{
	bool tells = !line_of_leg(far) && !far->relays && !far->digits_by_event &&
		     far->ops->digit;

	leg->end->media->ops->detect(leg->end, tells ? DETECT_DIGITS : 0);
}

static void choose_digit_paths(struct call *call)
{
	for (int side = 0; side < 2; side++) {
		struct line *l = line_of_leg(call->leg[side]);

		if (l)
			line_set_digit_path(l, digit_path(l, call->leg[!side]));
		else if (call->leg[side]->relays)
			detect_for(call->leg[side], call->leg[!side]);
	}
}

void call_join(struct call *call)
{
	struct media_end *a = call->leg[SIDE_A] ? call->leg[SIDE_A]->end : NULL;
	struct media_end *b = call->leg[SIDE_B] ? call->leg[SIDE_B]->end : NULL;

	if (a == call->joined[SIDE_A] && b == call->joined[SIDE_B])
		return;
	call_split(call);
	if (!a || !b)
		return;
	call->joined[SIDE_A] = a;
	call->joined[SIDE_B] = b;
	a->media->ops->join(a, b);
	choose_digit_paths(call);
}

/* Ends that are about to be freed were taken out of the join by their leg's
 * leg_end_changed(). */
void call_split(struct call *call)
{
	struct media_end *a = call->joined[SIDE_A];

	if (!a)
		return;
	for (int side = 0; side < 2; side++) {
		struct line *l = line_of_leg(call->leg[side]);

		if (l && l->digit_path == DIGITS_RELAYED)
			line_set_digit_path(l, DIGITS_IN_AUDIO);
	}
	a->media->ops->split(a);
	call->joined[SIDE_A] = call->joined[SIDE_B] = NULL;
}

void call_ringback(struct call *call, bool on)
{
	struct leg *a = call->leg[SIDE_A];
	struct line *l = line_of_leg(a);

	if (!a || !a->end)
		return;
	if (l)
		line_play(l, on ? TONE_RINGBACK : -1);
	else
		a->end->media->ops->play(a->end, on ?
			&call->conf->country.tones[TONE_RINGBACK] : NULL);
}

void call_note_stats(struct call *call, const struct leg *leg)
{
	if (!leg || line_of_leg(leg))
		return;
	call->record.codec = leg->codec;
	call->record.srtp = leg->srtp;
	if (leg->end)
		leg->end->media->ops->stats(leg->end, &call->record.stats);
}

struct leg *call_detach(struct call *call, int side)
{
	struct leg *leg = call->leg[side];

	if (!leg)
		return NULL;
	referral_cancel(leg, "the call to be transferred has ended");
	call_note_stats(call, leg);
	call_split(call);
	call->leg[side] = NULL;
	leg->call = NULL;
	return leg;
}
