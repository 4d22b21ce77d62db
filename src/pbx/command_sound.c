/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * command_sound.c - commands on what a line says, hears and is made of.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pbx/command.h"
#include "pbx/speech.h"

static int on_hook(struct client *c, const struct pbx_line *l)
{
	return command_fail(c, -ENOTCONN, "line %s is on hook: nobody would hear it",
			    l->name);
}

int do_play(struct client *c, struct pbx_line *l, char **w, int n)
{
	if (!l->off_hook)
		return on_hook(c, l);
	return line_play(l, w[0], c->text, sizeof(c->text));
}

int do_record(struct client *c, struct pbx_line *l, char **w, int n)
{
	return line_record(l, strcmp(w[0], "off") ? w[0] : NULL, c->text,
			   sizeof(c->text));
}

static void spoken(void *arg, int16_t *samples, size_t count, const char *why)
{
	struct client *c = arg;

	if (!samples) {
		command_fail(c, -EIO, "%s", why);
		client_done(c, -EIO);
		return;
	}
	if (!c->line->off_hook) {
		free(samples);
		client_done(c, on_hook(c, c->line));
		return;
	}
	line_say_samples(c->line, samples, count);
	client_done(c, 0);
}

int do_speak(struct client *c, struct pbx_line *l, char **w, int n)
{
	int err;

	if (!l->off_hook)
		return on_hook(c, l);
	err = speech_start(c->pbx->loop, &c->speech, w[0], spoken, c);
	if (err)
		return command_fail(c, err, "espeak-ng does not start: %s%s",
				    strerror(-err), err == -ENOENT ?
				    "; install it with: apt install espeak-ng" : "");
	c->wait = WAIT_SPEECH;
	c->line = l;
	return 1;
}

int do_tone(struct client *c, struct pbx_line *l, char **w, int n)
{
	double hz = command_number(w[0], 50, 3900);
	double dbm0 = command_number(w[1], -60, 3.1);

	if (!l->off_hook)
		return on_hook(c, l);
	if (hz < 0 || dbm0 < -60)
		return command_fail(c, -EINVAL,
			"usage: tone LINE HZ DBM0, 50 to 3900 and -60 to 3.1");
	line_say_nothing(l);
	source_sine(&l->out, hz, dbm0);
	return 0;
}

int do_hold(struct client *c, struct pbx_line *l, char **w, int n)
{
	if (n && strcmp(w[0], "off"))
		return command_fail(c, -EINVAL, "usage: hold LINE [off]");
	if (!l->off_hook)
		return on_hook(c, l);
	if (!n)
		line_say_hold(l);
	else if (l->holds)
		line_say_nothing(l);
	return 0;
}

int do_stop(struct client *c, struct pbx_line *l, char **w, int n)
{
	line_say_nothing(l);
	pbx_heard(l);
	return 0;
}

int do_noise(struct client *c, struct pbx_line *l, char **w, int n)
{
	return do_model(c, l, (char *[]){ (char []){ "noise" }, w[0] }, 2);
}

/* One pair of words; false: not understood. */
static bool set_model(struct model_conf *m, const char *name, const char *value)
{
	bool off = !strcmp(value, "off");

	if (!strcmp(name, "erl")) {
		m->echo = !off;
		m->erl = off ? m->erl : command_number(value, 0, 80);
	} else if (!strcmp(name, "noise")) {
		m->noise = !off;
		m->noise_dbm0 = off ? 0 : command_number(value, -90, 0);
	} else if (!strcmp(name, "attenuation")) {
		m->attenuation = command_number(value, -10, 60);
	} else if (!strcmp(name, "delay")) {
		double ms = command_number(value, 0, MODEL_DELAY_MAX);

		m->delay_ms = ms < 0 ? MODEL_DELAY_MAX + 1 : (unsigned)ms;
	} else if (!strcmp(name, "impedance")) {
		double setting = command_number(value, 0, MODEL_IMPEDANCES - 1);

		m->impedance = setting < 0 ? MODEL_IMPEDANCES : (unsigned)setting;
	} else if (!strcmp(name, "path")) {
		m->path = (!strncmp(value, "D.", 2) || !strncmp(value, "d.", 2)) &&
			  strlen(value) == 3 ? (unsigned)(value[2] - '0') : 0;
		m->echo = true;
	} else {
		return false;
	}
	return true;
}

int do_model(struct client *c, struct pbx_line *l, char **w, int n)
{
	struct model_conf m;

	model_conf(l->model, &m);
	for (int i = 0; i < n; i += 2)
		if (i + 1 == n || !set_model(&m, w[i], w[i + 1]))
			return command_fail(c, -EINVAL, "model: \"%s\" is not understood; "
				"see help model", w[i]);
	if (model_set(l->model, &m))
		return command_fail(c, -EINVAL, "out of range: erl is 0 to 80 dB, path D.2 "
			"to D.9, delay 0 to %d ms, attenuation -10 to 60 dB, noise "
			"-90 to 0 dBm0, impedance 0 to %d", MODEL_DELAY_MAX,
				MODEL_IMPEDANCES - 1);
	return 0;
}
