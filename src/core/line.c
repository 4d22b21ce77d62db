/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "core/line.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "core/emergency.h"
#include "core/reload.h"
#include "core/times.h"

struct line *box_line_new(struct box *box, const struct config_line *conf)
{
	struct line *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->box = box;
	l->config = box->conf;
	l->conf = conf;
	l->kind = conf->kind ? conf->kind : PORT_FXS;
	l->busied_out = conf->busied_out;
	l->playing = -1;
	snprintf(l->name, sizeof(l->name), "%s", conf->name);
	snprintf(l->fault, sizeof(l->fault), "%s has no port yet", conf->port);
	l->leg.ops = &line_leg_ops;
	l->leg.kind = "line";
	snprintf(l->leg.name, sizeof(l->leg.name), "%s", conf->name);
	l->second = l->leg;
	l->second.ops = &line_second_ops;
	fsm_init(&l->fsm, l->kind == PORT_FXO ? &line_fxo_type : &line_fxs_type,
		 l->name, l, &box->queue, box->timers, LINE_OUT);
	l->since = box->timers->now_ms;
	list_add_before(&box->lines, &l->node);
	return l;
}

/* FXS and FXO have their tables; a B channel's line is the ISDN room's. */
void line_set_end(struct line *l, struct media_end *end)
{
	struct port_state state = { 0 };

	if (!end)
		return;
	l->end = l->leg.end = end;
	if (!end->media->ops->state(end, &state) && state.kind)
		l->kind = state.kind;
	l->fsm.type = l->kind == PORT_FXO ? &line_fxo_type : &line_fxs_type;
	l->off_hook = l->kind == PORT_FXO && state.off_hook;
	l->fault[0] = '\0';
	if (l->messages_known)
		line_show_messages(l);
	if (state.alarm) {
		int alarm = state.alarm;

		line_alarm(l, &alarm);
		line_entered(l);
		return;
	}
	line_post(l, L_CLEARED);
}

bool line_drop_end(struct line *l)
{
	if (!l->end || l->fsm.state != LINE_OUT || l->leg.call)
		return false;
	l->end = l->leg.end = NULL;
	l->detecting = 0;
	l->playing = -1;
	l->off_hook = l->ringing = false;
	return true;
}

void line_set_fault(struct line *l, const char *why)
{
	snprintf(l->fault, sizeof(l->fault), "%s", why);
	log_warning("line %s: out of service: %s", l->name, why);
	line_entered(l);
}

struct media_end *line_end(const struct line *l)
{
	return l->end;
}

struct line *box_line(struct box *box, const char *name)
{
	struct list_head *n;

	list_for_each(n, &box->lines) {
		struct line *l = list_entry(n, struct line, node);

		if (!strcmp(l->name, name))
			return l;
	}
	return NULL;
}

void line_free(struct line *l)
{
	timer_stop(&l->beep);
	timer_stop(&l->messages_timer);
	fsm_fini(&l->fsm);
	measure_free(l);
	list_remove(&l->node);
	free(l);
}

void line_retire(struct line *l)
{
	struct media_end *end = l->end;

	fsm_fini(&l->fsm);
	if (!end) {
		line_free(l);
		return;
	}
	l->end = l->leg.end = NULL;
	list_remove(&l->node);
	list_add_before(&l->box->closing, &l->node);
	end->media->ops->free(end);
}

/* ---------------------------------------------------------------- standing */

enum hunt_result line_hunted(const struct line *l, bool emergency)
{
	if (!l->end || l->fsm.state == LINE_OUT || l->busied_out)
		return HUNT_ALL_DOWN;
	if (line_is_guarded(l))
		return HUNT_GUARD;
	if (line_yields(l) && (emergency || !emergency_claims_line(l->box, l)))
		return HUNT_YIELDS;
	if (l->fsm.state != LINE_IDLE || l->leg.call)
		return HUNT_ALL_BUSY;
	if (!emergency && emergency_claims_line(l->box, l))
		return HUNT_ALL_BUSY;
	return HUNT_FOUND;
}

bool line_is_quiet(const struct line *l)
{
	return !l->leg.call && !l->second.call && !l->off_hook && !l->ringing && !l->measure;
}

/* Ending a call frees an FXO line that is off hook. One that rings goes on
 * ringing, and a telephone on an FXS line stays off hook. */
bool line_can_be_taken(const struct line *l)
{
	return l->kind == PORT_FXO && l->off_hook;
}

unsigned line_resting_state(const struct line *l)
{
	if (!l->end || l->fault[0])
		return LINE_OUT;
	return l->busied_out ? LINE_BUSIED : LINE_IDLE;
}

void line_told(struct line *l)
{
	const struct box_observer *o = l->box->observer;

	if (o && o->line_changed)
		o->line_changed(l->box->observer_arg, l);
}

void line_entered(struct line *l)
{
	l->since = l->box->timers->now_ms;
	line_told(l);
}

void line_rested(struct line *l)
{
	l->digits[0] = '\0';
	l->caller = (struct party){ 0 };
	l->reversed = false;
	l->glares = 0;
	l->digit_path = DIGITS_IN_AUDIO;
	l->offer = (struct leg_offer){ 0 };
	line_entered(l);
	reload_look(l->box);
	emergency_circuit_free(l->box);
	line_send_messages(l);
}

static const char *alarm_words(int alarm)
{
	switch (alarm) {
	case ALARM_NO_FAR_END: return "nobody holds the other end of the line";
	case ALARM_NO_BATTERY: return "no battery: is a line plugged in?";
	case ALARM_RED: return "red alarm of the card or span";
	case ALARM_YELLOW: return "yellow alarm: the span's far end does not hear us";
	case ALARM_BLUE: return "blue alarm: all ones come on the span";
	case ALARM_REMOVED: return "the device is gone";
	case ALARM_SILENT: return "the card gives no audio";
	case ALARM_POWER: return "fault of ringing or battery supply";
	}
	return "alarm";
}

void line_alarm(struct line *l, const void *data)
{
	const int *alarm = data;
	const char *words = alarm_words(alarm ? *alarm : 0);

	/* The port's state and its first event may tell the same. */
	if (!strcmp(l->fault, words))
		return;
	snprintf(l->fault, sizeof(l->fault), "%s", words);
	log_warning("line %s: out of service: %s", l->name, l->fault);
	if (l->leg.call)
		l->failed++;
	line_release(l, CAUSE_DESTINATION_OUT_OF_ORDER, "%s: %s", l->name, l->fault);
}

bool line_reviewed(struct line *l, int event)
{
	if (event == L_CLEARED && l->fault[0] && l->end) {
		log_info("line %s: in service again", l->name);
		l->fault[0] = '\0';
	}
	return line_resting_state(l) != l->fsm.state;
}

void line_post(struct line *l, enum line_machine_event event)
{
	fsm_post(&l->fsm, event, NULL, 0);
}

/* ------------------------------------------------- orders to the line's port */

static const struct media_ops *media_of(const struct line *l)
{
	return l->end->media->ops;
}

static void check(struct line *l, int rc, const char *what)
{
	if (rc)
		log_warning("line %s: cannot %s: %s", l->name, what, strerror(-rc));
}

void line_detect(struct line *l, unsigned what)
{
	if (!l->end || l->detecting == what)
		return;
	l->detecting = what;
	check(l, media_of(l)->detect(l->end, what), "listen");
}

void line_play(struct line *l, int tone)
{
	if (!l->end || l->playing == tone)
		return;
	l->playing = tone;
	check(l, media_of(l)->play(l->end, tone < 0 ? NULL :
				   &l->config->country.tones[tone]), "play a tone");
}

void line_hook(struct line *l, bool off_hook)
{
	if (!l->end || l->off_hook == off_hook)
		return;
	l->off_hook = off_hook;
	check(l, media_of(l)->hook(l->end, off_hook),
	      off_hook ? "go off hook" : "go on hook");
}

void line_stop_ringing(struct line *l)
{
	if (!l->end || !l->ringing)
		return;
	l->ringing = false;
	check(l, media_of(l)->ring(l->end, NULL), "stop ringing");
}

void line_reverse(struct line *l, bool reversed)
{
	if (!l->end || l->reversed == reversed)
		return;
	l->reversed = reversed;
	check(l, media_of(l)->polarity(l->end, reversed), "reverse the polarity");
}

uint64_t line_ms(const struct line *l, enum timer_id id)
{
	return times_ms(l->config, id);
}

/* ---------------------------------------------------------------- its call */

void line_call(struct line *l, const char *called, const struct party *calling)
{
	l->offer = (struct leg_offer){
		.calling = *calling,
		.complete = true,
		.ring_s = l->config->timers[TIMER_RING],
	};
	snprintf(l->offer.called, sizeof(l->offer.called), "%s", called);
	/* Who rang an extension is sent on by it, whoever it belongs to. */
	if (l->kind == PORT_FXO && l->caller.number[0]) {
		snprintf(l->offer.diverting.number,
			 sizeof(l->offer.diverting.number), "%s", l->conf->number);
		l->offer.diversion = DIVERSION_UNCONDITIONAL;
	}
	l->calls_in++;
	l->leg.end = l->end;
	l->leg.digits_by_event = l->conf->dtmf_relay;
	box_incoming(l->box, &l->leg, NULL, &l->offer);
}

void line_release(struct line *l, enum cause cause, const char *format, ...)
{
	struct release r;
	char why[sizeof(r.why)];
	va_list args;

	if (!l->leg.call)
		return;
	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	release_set(&r, cause, true, "%s", why);
	leg_released(&l->leg, &r);
}

/* Which tone is a national choice; these are the common ones (E.180 7). */
enum tone_id line_tone_for(const struct line *l, enum cause cause)
{
	const struct tone *tones = l->config->country.tones;

	switch (cause) {
	case CAUSE_NORMAL:
	case CAUSE_NORMAL_UNSPECIFIED:
	case CAUSE_BUSY:
	case CAUSE_REJECTED:
		return TONE_BUSY;
	case CAUSE_UNALLOCATED:
	case CAUSE_INVALID_NUMBER:
	case CAUSE_NUMBER_CHANGED:
		return tones[TONE_SIT].count ? TONE_SIT : TONE_CONGESTION;
	default:
		return TONE_CONGESTION;
	}
}

void line_set_digit_path(struct line *l, enum digit_path path)
{
	unsigned what = l->detecting & ~(unsigned)DETECT_DIGITS;
	bool relayed = l->digit_path == DIGITS_RELAYED;

	l->digit_path = path;
	if (path == DIGITS_BY_LEG)
		what |= DETECT_DIGITS;
	line_detect(l, what);
	if (l->end && relayed != (path == DIGITS_RELAYED))
		media_of(l)->relay_digits(l->end, path == DIGITS_RELAYED);
}
