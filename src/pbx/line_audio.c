/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * line_audio.c - a tick of a line: what it hears, what it says.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/sim/sim.h"
#include "pbx/line.h"

#define PAUSE (8000 / 2)	/* samples of a 'w' */
#define HOLD_BEEP_MS 120
#define HOLD_REST_MS 3000

void line_say_nothing(struct pbx_line *l)
{
	source_stop(&l->out);
	l->holds = false;
}

void line_say_tone(struct pbx_line *l, enum tone_id id)
{
	line_say_nothing(l);
	source_tone(&l->out, &l->pbx->country->tones[id]);
}

void line_say_samples(struct pbx_line *l, int16_t *samples, size_t count)
{
	line_say_nothing(l);
	source_samples(&l->out, samples, count);
}

void line_say_hold(struct pbx_line *l)
{
	const struct tone beep = {
		.segment = { { { 800 }, HOLD_BEEP_MS, false },
			     { { 0 }, HOLD_REST_MS, false } },
		.count = 2, .loop = 0, .level = -240,
	};

	line_say_nothing(l);
	source_tone(&l->out, &beep);
	l->holds = true;
}

int line_play(struct pbx_line *l, const char *file, char *why, size_t size)
{
	int16_t *samples;
	size_t count;
	int err = wav_load(file, &samples, &count, why, size);

	if (err)
		return err;
	line_say_samples(l, samples, count);
	return 0;
}

int line_record(struct pbx_line *l, const char *file, char *why, size_t size)
{
	int err = wav_close(l->record);

	l->record = NULL;
	if (err)
		snprintf(why, size, "%s is incomplete: %s", l->record_file,
			 strerror(-err));
	if (err || !file)
		return err;
	l->record = wav_create(file);
	if (!l->record) {
		err = -errno;
		snprintf(why, size, "%s: %s", file, strerror(-err));
		return err;
	}
	snprintf(l->record_file, sizeof(l->record_file), "%s", file);
	return 0;
}

int line_dial(struct pbx_line *l, const char *digits, bool pulse)
{
	const char *known = pulse ? "0123456789w" : "0123456789*#ABCDw";
	size_t len = strlen(digits);

	if (!len || len >= sizeof(l->dial) || strspn(digits, known) != len)
		return -EINVAL;
	if (l->dialling)
		return -EBUSY;
	strcpy(l->dial, digits);
	l->dial_at = l->dial_pause = 0;
	l->dialling = true;
	l->dial_pulses = pulse;
	l->dial_sounds = false;
	if (pulse && l->seized)
		return l->driver->pulse(l->port, digits);
	return 0;
}

void line_dial_stop(struct pbx_line *l)
{
	l->dialling = l->dial_sounds = false;
	dtmf_tx_init(l->dtmf_tx);
	dtmf_tx_set_timing(l->dtmf_tx, 80, 80);
}

/* DTMF and pauses over what else is said. */
static void say_digits(struct pbx_line *l, int16_t *to, size_t n)
{
	while (n) {
		size_t take;

		if (l->dial_pause) {
			take = l->dial_pause < n ? l->dial_pause : n;
			memset(to, 0, take * sizeof(*to));
			l->dial_pause -= (unsigned)take;
		} else if (l->dial_sounds) {
			take = (size_t)dtmf_tx(l->dtmf_tx, to, (int)n);
			if (take < n)
				l->dial_sounds = false;
		} else if (!l->dial[l->dial_at]) {
			l->dialling = false;
			pbx_heard(l);
			return;
		} else if (l->dial[l->dial_at++] == 'w') {
			l->dial_pause = PAUSE;
			continue;
		} else {
			dtmf_tx_put(l->dtmf_tx, &l->dial[l->dial_at - 1], 1);
			l->dial_sounds = true;
			continue;
		}
		to += take;
		n -= take;
	}
}

static void say(struct pbx_line *l, int16_t *to, size_t n)
{
	memset(to, 0, n * sizeof(*to));
	if (l->callerid.kind) {
		source_fill(&l->callerid, to, n);
		return;
	}
	if (!l->off_hook || waiting_say(&l->waiting, to, n))
		return;
	if (l->out.kind && source_fill(&l->out, to, n))
		pbx_event(l, EVENT_PLAYED, 0, NULL, NULL);
	if (l->dialling && !l->dial_pulses && (l->kind != PORT_FXO || l->seized))
		say_digits(l, to, n);
}

static void hear_line(struct pbx_line *l, const int16_t *in, size_t n)
{
	if (l->record)
		wav_put(l->record, in, n);
	if (l->off_hook) {
		dtmf_rx(l->dtmf_rx, in, (int)n);
		l->hear.is_digit = dtmf_rx_status(l->dtmf_rx);
		hear_put(&l->hear, in, n);
	}
	if (l->off_hook && l->kind == PORT_FXO && waiting_hear(&l->waiting, in, n))
		pbx_event(l, EVENT_CAS, 0, NULL, NULL);
	if (l->reader && l->waiting.step == WAITING_READS) {
		callerid_read(l->reader, in, n);
		return;
	}
	/* Off hook only where the telephone was asked to answer for it. */
	if (l->reader && (l->reads || (!l->off_hook &&
			  (l->monitors || l->way.alert > ALERT_POLARITY))))
		callerid_read(l->reader, in, n);
}

static void decode(enum audio_format f, const void *frame, int16_t *to, size_t n)
{
	const uint8_t *octets = frame;

	if (f == AUDIO_LINEAR)
		memcpy(to, frame, n * sizeof(*to));
	for (size_t i = 0; f != AUDIO_LINEAR && i < n; i++)
		to[i] = f == AUDIO_MULAW ? ulaw_to_linear(octets[i]) :
			alaw_to_linear(octets[i]);
}

static void encode(enum audio_format f, const int16_t *from, void *frame, size_t n)
{
	uint8_t *octets = frame;

	if (f == AUDIO_LINEAR)
		memcpy(frame, from, n * sizeof(*from));
	for (size_t i = 0; f != AUDIO_LINEAR && i < n; i++)
		octets[i] = f == AUDIO_MULAW ? linear_to_ulaw(from[i]) :
			    linear_to_alaw(from[i]);
}

void line_turn(struct pbx_line *l)
{
	int16_t frame[FRAME_MAX], in[FRAME_MAX], out[FRAME_MAX];
	ssize_t n;

	while ((n = l->driver->read(l->port, frame, FRAME_MAX)) > 0) {
		decode(l->format, frame, in, (size_t)n);
		say(l, out, (size_t)n);
		model_meets(l->model, l->driver == &sim_far_driver ?
			    sim_far_impedance(l->port) : 0);
		if (l->off_hook)
			model_run(l->model, in, out, (size_t)n);
		hear_line(l, in, (size_t)n);
		encode(l->format, out, frame, (size_t)n);
		l->driver->write(l->port, frame, (size_t)n);
	}
}
