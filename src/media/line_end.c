/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "media/line_end.h"

#include <errno.h>
#include <string.h>

#include "media/law.h"
#include "media/rtp_end.h"

#define STALE 16		/* reads that empty a port's old audio */
#define SILENT_US 2000000	/* no samples for so long: the card is stuck */
#define PAUSE_MS 40		/* least, between digits that are relayed */
#define START_US 30000		/* a line waits no longer for the others' frame */

/* -------------------------------------------------------------- being active */

static bool wants_audio(const struct line_end *l)
{
	const struct end *e = &l->end;

	/* Of a silent card the first sample is waited for, call or none. */
	return l->silent || e->peer || e->player.playing || dialler_busy(&e->dialler) ||
	       listen_any(&e->listen) || callerid_sending(l->sender) ||
	       l->pulses[0] || l->ring_wait || e->dialling || l->waiting.state ||
	       l->probing;
}

bool line_end_runs(const struct line_end *l)
{
	return l->active && !l->silent && !l->gone;
}

void line_end_clock(struct line_end *l)
{
	struct end *e = &l->end;
	int64_t now = e->pump->now_us;

	if (!line_end_runs(l))
		e->samples += (uint64_t)((now - e->seen_us) / 125);
	e->seen_us = now;
}

static void activate(struct line_end *l)
{
	uint8_t raw[FRAME_MAX * sizeof(int16_t)];

	for (int i = 0; i < STALE; i++)
		if (l->driver->read(l->port, raw, FRAME_MAX) <= 0)
			break;
	l->silent = false;
	l->audio_us = l->end.pump->now_us;
	l->ref_n = 0;
	slipring_reset(&l->ring);
}

/* Lines whose frames begin with the first read begin together with those that run:
 * one turn serves all. Not for long if those have stopped. */
static bool must_wait(struct line_end *l)
{
	struct pump *p = l->end.pump;

	if (l->active || l->gone || !l->driver->begins_at_read ||
	    p->audio_us == p->now_us || p->now_us - p->audio_us > START_US)
		return false;
	return p->starts = true;
}

void line_end_start(struct line_end *l)
{
	if (l->starts)
		end_changed(&l->end);
}

static void settle(struct end *e)
{
	struct line_end *l = line_end(e);
	bool active = wants_audio(l);

	l->starts = active && must_wait(l);
	active = active && !l->starts;

	e->listen.digits_wanted = e->relay && e->peer &&
				  e->peer->class == &rtp_class &&
				  rtp_end_takes_events(e->peer);
	line_end_clock(l);
	if (active && !l->active && !l->gone)
		activate(l);
	l->active = active;
	watch_line(l, active);
	/* Who serves the peer, this line or the timer? */
	if (e->peer && e->peer->class == &rtp_class)
		end_changed(e->peer);
}

/* ------------------------------------------------------------------- a frame */

static void amplify(int16_t *s, size_t n, float gain)
{
	if (gain == 1.0f)
		return;
	for (size_t i = 0; i < n; i++)
		s[i] = osc_clip(s[i] * gain);
}

/* What the line's own digits become at the other side. */
static void relay(struct end *e, int16_t *s, size_t n)
{
	const struct digits *d = &e->listen.digits;

	for (unsigned i = 0; i < d->changes; i++) {
		if (d->change[i].began)
			dialler_open(&e->peer->dialler, d->change[i].digit,
				     PAUSE_MS);
		else
			dialler_close(&e->peer->dialler,
				      d->change[i].samples / 8);
	}
	digits_mute(&e->listen.digits, s, n);
}

static void receive(struct line_end *l, int16_t *s, const int16_t *ref, size_t n)
{
	struct end *e = &l->end;

	if (l->echo)
		echo_run(l->echo, ref, s, n);
	amplify(s, n, l->rx_gain);
	meter_add(&e->rx, s, n);
	e->samples += n;
	if (line_waiting_cuts(&l->waiting)) {
		line_waiting_hear(l, s, n);
		memset(s, 0, n * sizeof(*s));
	} else {
		end_listen(e, s, n);
	}
	if (!e->peer)
		return;
	if (e->listen.digits_wanted && !line_waiting_cuts(&l->waiting))
		relay(e, s, n);
	e->peer->class->push(e->peer, s, n);
}

static bool wait_over(unsigned *left, size_t n)
{
	bool waits = *left;

	*left -= n < *left ? (unsigned)n : *left;
	return waits && !*left;
}

static void transmit(struct line_end *l, int16_t *s, size_t n)
{
	struct end *e = &l->end;

	if (wait_over(&l->pulse_wait, n))
		line_port_pulse(l);
	if (wait_over(&l->ring_wait, n))
		line_port_ring(l);
	memset(s, 0, n * sizeof(*s));
	if (e->peer) {
		if (e->peer->class->pull)
			e->peer->class->pull(e->peer, s, n);
		else
			slipring_get(&l->ring, s, n);
	}
	if (line_waiting_sound(l, s, n)) {
		/* and nothing else */
	} else if (!dialler_busy(&e->dialler) && callerid_sending(l->sender)) {
		if (!callerid_sound(l->sender, s, n))
			line_port_called(l);
	} else {
		end_sound(e, s, n);
	}
	amplify(s, n, l->tx_gain);
	meter_add(&e->tx, s, n);
}

/* What met the n samples just read: the last n that were written. */
static void align(struct line_end *l, size_t n)
{
	if (n == l->ref_n)
		return;
	if (n > l->ref_n) {
		memmove(l->ref + n - l->ref_n, l->ref,
			l->ref_n * sizeof(l->ref[0]));
		memset(l->ref, 0, (n - l->ref_n) * sizeof(l->ref[0]));
	} else {
		memmove(l->ref, l->ref + l->ref_n - n, n * sizeof(l->ref[0]));
	}
	l->ref_n = n;
}

/* It is signalling's again. */
static void probed(struct line_end *l)
{
	l->probing = NULL;
	end_emit_type(&l->end, MEDIA_PROBED);
	end_changed(&l->end);
}

static void frame(struct line_end *l, void *raw, size_t n)
{
	int16_t s[FRAME_MAX];

	law_decode(l->format, raw, s, n);
	align(l, n);
	if (l->probing)
		probe_hear(l->probing, l->ref, s, n);
	for (size_t at = 0; at < n; at += FRAME)
		receive(l, s + at, l->ref + at,
			n - at < FRAME ? n - at : FRAME);
	for (size_t at = 0; at < n; at += FRAME)
		transmit(l, s + at, n - at < FRAME ? n - at : FRAME);
	if (l->probing && !probe_sound(l->probing, s, n))
		probed(l);
	law_encode(l->format, s, raw, n);
	l->driver->write(l->port, raw, n);
	if (l->echo || l->probing)
		law_decode(l->format, raw, l->ref, n);
}

static void sounds_again(struct line_end *l)
{
	l->silent = false;
	line_port_alarm(l, LINE_EVENT_ALARM_CLEARED, ALARM_SILENT);
	end_changed(&l->end);
}

void line_end_audio(struct line_end *l)
{
	uint8_t raw[FRAME_MAX * sizeof(int16_t)];
	ssize_t n;

	if (l->gone)
		return;
	n = l->driver->read(l->port, raw, FRAME_MAX);
	if (n == -ENODEV) {
		l->gone = true;
		line_port_alarm(l, LINE_EVENT_ALARM, ALARM_REMOVED);
		end_changed(&l->end);
	}
	if (n <= 0)
		return;
	line_end_clock(l);
	l->audio_us = l->end.pump->now_us;
	if ((size_t)n < l->driver->frame)
		stat_add(l->end.stats.overruns, 1);
	if (l->silent)
		sounds_again(l);
	frame(l, raw, (size_t)n);
}

/* Voice from another line's clock, or from an RTP end that runs on its own
 * because this line does not. */
static void push(struct end *e, const int16_t *s, size_t n)
{
	slipring_put(&line_end(e)->ring, s, n);
}

/* ------------------------------------------------------------------ commands */

static void change_echo(struct line_end *l)
{
	struct echo *old = l->echo;

	if (!atomic_load_explicit(&l->echo_changed, memory_order_acquire) ||
	    atomic_load_explicit(&l->echo_spent, memory_order_relaxed))
		return;
	atomic_store_explicit(&l->echo_changed, false, memory_order_relaxed);
	l->echo = atomic_exchange(&l->echo_next, NULL);
	atomic_store_explicit(&l->echo_spent, old, memory_order_release);
}

static void configure(struct line_end *l, const struct media_port_conf *c)
{
	/* The kernel allocates for it: only where it changes. */
	if (l->driver->set && (c->canceller == CANCELLER_CARD ||
			       l->conf.canceller == CANCELLER_CARD) &&
	    (c->canceller != l->conf.canceller || c->echo_ms != l->conf.echo_ms))
		l->driver->set(l->port, PORT_KERNEL_CANCELLER,
			       c->canceller == CANCELLER_CARD ? c->echo_ms * 8 : 0);
	l->conf = *c;
	l->rx_gain = c->rx_gain ? level_gain(c->rx_gain) : 1.0f;
	l->tx_gain = c->tx_gain ? level_gain(c->tx_gain) : 1.0f;
	listen_conf(&l->end.listen, c);
	change_echo(l);
}

static void add(struct line_end *l)
{
	struct end *e = &l->end;

	list_add_before(&e->pump->lines, &e->node);
	e->seen_us = e->pump->now_us;
	line_port_state(l);
	watch_line(l, false);
}

static void command(struct end *e, const struct command *c)
{
	struct line_end *l = line_end(e);

	switch (c->type) {
	case COMMAND_JOIN:
	case COMMAND_SPLIT:
	case COMMAND_PLAY:
		line_waiting_stop(l);
		end_command(e, c);
		break;
	case COMMAND_ADD:
		add(l);
		break;
	case COMMAND_CONF:
		configure(l, &c->conf);
		break;
	case COMMAND_DIAL:
		if (c->dial.method != DIAL_PULSE) {
			end_command(e, c);
			break;
		}
		memcpy(l->pulses, c->dial.digits, sizeof(l->pulses));
		e->dialling = true;
		line_port_pulse(l);
		end_changed(e);
		break;
	case COMMAND_PROBE:
		if (c->probe)
			l->probing = c->probe;
		else if (l->probing)
			probed(l);
		end_changed(e);
		break;
	case COMMAND_DIGIT:
		if (c->param != 'F') {
			end_command(e, c);
			break;
		}
		/* fall through */
	case COMMAND_HOOK:
	case COMMAND_RING:
	case COMMAND_CALLERID:
	case COMMAND_WAITING:
	case COMMAND_MESSAGES:
	case COMMAND_BATTERY:
	case COMMAND_POLARITY:
	case COMMAND_FLASH:
	case COMMAND_SET:
		line_port_command(l, c);
		break;
	default:
		end_command(e, c);
		break;
	}
}

static void second(struct end *e)
{
	struct line_end *l = line_end(e);

	line_end_clock(l);
	change_echo(l);
	if (l->gone)
		line_end_events(l);
	line_trouble(l);
	if (l->active) {
		end_meters(e);
		stat_set(e->stats.slips, l->ring.slips);
		if (l->echo)
			stat_set(e->stats.erle, echo_erle(l->echo));
	}
	if (line_end_runs(l) && e->pump->now_us - l->audio_us > SILENT_US) {
		l->silent = true;
		stat_add(e->stats.silences, 1);
		line_port_alarm(l, LINE_EVENT_ALARM, ALARM_SILENT);
		end_changed(e);
	}
}

static void release(struct end *e)
{
	struct line_end *l = line_end(e);

	line_port_quiet(l);
	watch_drop(l);
}

const struct end_class line_class = {
	.name = "line",
	.command = command,
	.push = push,
	.settle = settle,
	.second = second,
	.release = release,
	.dispose = line_end_dispose,
};
