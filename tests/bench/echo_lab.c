/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <spandsp.h>
#include <spandsp/g168models.h>

#include "echo_lab.h"
#include "media/echo.h"

#define SPEECH_DIR "/usr/share/asterisk/sounds/en_US_f_Allison"

const char lab_speech_missing[] =
	"no recorded speech: apt install asterisk-core-sounds-en-wav";

static const struct {
	const int32_t *tap;
	size_t length;
} models[LAB_PATHS] = {
#define MODEL(n) { line_model_##n##_coeffs, \
		sizeof line_model_##n##_coeffs / sizeof line_model_##n##_coeffs[0] }
	MODEL(d2), MODEL(d3), MODEL(d4), MODEL(d5),
	MODEL(d6), MODEL(d7), MODEL(d8), MODEL(d9),
};

void lab_path(struct lab_path *p, unsigned index, double delay_ms, double erl_db)
{
	size_t delay = (size_t)lround(delay_ms * LAB_RATE / 1000), i;
	double energy = 0, gain;

	for (i = 0; i < models[index].length; i++)
		energy += (double)models[index].tap[i] * models[index].tap[i];
	gain = pow(10, -erl_db / 20) / sqrt(energy);
	memset(p, 0, sizeof *p);
	for (i = 0; i < models[index].length; i++)
		p->tap[delay + i] = gain * models[index].tap[i];
	p->length = delay + models[index].length;
}

double lab_power(const int16_t *x, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (double)x[i] * x[i];
	return n ? sum / (double)n : 0;
}

double lab_dbm0(double power)
{
	return 10 * log10((power + 1e-9) / (LAB_RMS_0DBM0 * LAB_RMS_0DBM0));
}

static int16_t clip(double x)
{
	return (int16_t)lrint(x > 32767 ? 32767 : x < -32768 ? -32768 : x);
}

int16_t lab_mulaw(double x)
{
	return ulaw_to_linear(linear_to_ulaw(clip(x)));
}

static double uniform(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (double)(*seed >> 8) / (1 << 24) - 0.5;
}

static double gauss(uint32_t *seed)
{
	double sum = 0;

	for (int i = 0; i < 12; i++)
		sum += uniform(seed);
	return sum;
}

void lab_noise(int16_t *out, size_t n, double dbm0, uint32_t seed)
{
	double rms = LAB_RMS_0DBM0 * pow(10, dbm0 / 20);

	for (size_t i = 0; i < n; i++)
		out[i] = clip(rms * gauss(&seed));
}

void lab_tone(int16_t *out, size_t n, double dbm0, double hz1, double hz2)
{
	double peak = LAB_RMS_0DBM0 * sqrt(2) * pow(10, dbm0 / 20);

	for (size_t i = 0; i < n; i++) {
		double t = 2 * M_PI * (double)i / LAB_RATE;

		out[i] = clip(hz2 > 0 ?
			peak * sqrt(0.5) * (sin(hz1 * t) + sin(hz2 * t)) :
			peak * sin(hz1 * t));
	}
}

void lab_css(int16_t *out, size_t n, double dbm0)
{
	const size_t period = LAB_RATE * 35 / 100, voiced = 389, sound = 1989;
	size_t count = sizeof css_c1 / sizeof css_c1[0], i;
	double rms = LAB_RMS_0DBM0 * pow(10, dbm0 / 20), energy = 0, smooth = 0;
	uint32_t seed = 20;

	for (i = 0; i < count; i++)
		energy += (double)css_c1[i] * css_c1[i];
	energy = sqrt(energy / (double)count);
	for (i = 0; i < n; i++) {
		size_t at = i % period;
		double x = 0;

		/* the noise is band limited to the telephone's 200 to 3600 Hz
		 * in the standard; a gentle low pass comes near enough */
		smooth = 0.3 * smooth + gauss(&seed);
		if (at < voiced)
			x = css_c1[at % count] / energy;
		else if (at < sound)
			x = smooth * sqrt(1 - 0.3 * 0.3);
		out[i] = clip((i / period & 1 ? -x : x) * rms);
	}
}

static void set_active_level(int16_t *x, size_t n, double dbm0);

void lab_babble(int16_t *out, size_t n, double dbm0, uint32_t seed)
{
	double a = 0, b = 0;

	for (size_t i = 0; i < n; i++) {
		/* a formant near 600 Hz, five syllables a second, and every
		 * other second a pause of 0.4 s */
		double t = (double)i / LAB_RATE, syllable = sin(M_PI * 5 * t);
		double y = gauss(&seed) + 1.6 * a - 0.81 * b;

		b = a;
		a = y;
		out[i] = fmod(t, 2) > 1.6 ? 0 :
			clip(300 * y * syllable * syllable);
	}
	set_active_level(out, n, dbm0);
}

/* Appends the samples of a RIFF file of 8 kHz mono 16 bit, without the silence
 * at both ends. */
static size_t append_wav(const char *path, int16_t *out, size_t room)
{
	static int16_t data[LAB_RATE * 30];
	unsigned char head[44];
	size_t n = 0, a = 0;
	FILE *f = fopen(path, "rb");

	if (!f)
		return 0;
	if (fread(head, 1, sizeof head, f) == sizeof head &&
	    !memcmp(head, "RIFF", 4) && head[22] == 1 && head[34] == 16 &&
	    (head[24] | head[25] << 8) == LAB_RATE)
		n = fread(data, 2, LAB_RATE * 30, f);
	fclose(f);
	while (a < n && abs(data[a]) < 300)
		a++;
	while (n > a && abs(data[n - 1]) < 300)
		n--;
	n -= a;
	if (n > room)
		n = room;
	memcpy(out, data + a, n * sizeof *out);
	return n;
}

static int only_wav(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return n > 4 && !strcmp(d->d_name + n - 4, ".wav") &&
		strncmp(d->d_name, "beep", 4) && strncmp(d->d_name, "tone", 4);
}

/* Brings what sounds in x to a level: 20 ms blocks within 30 dB of the
 * loudest count. */
static void set_active_level(int16_t *x, size_t n, double dbm0)
{
	const size_t block = LAB_RATE / 50;
	double most = 0, sum = 0, gain;
	size_t i, count = 0;

	for (i = 0; i + block <= n; i += block)
		most = fmax(most, lab_power(x + i, block));
	for (i = 0; i + block <= n; i += block) {
		double p = lab_power(x + i, block);

		if (p > most / 1000) {
			sum += p;
			count++;
		}
	}
	if (!count)
		return;
	gain = LAB_RMS_0DBM0 * pow(10, dbm0 / 20) / sqrt(sum / (double)count);
	for (i = 0; i < n; i++)
		x[i] = clip(gain * x[i]);
}

bool lab_speech(int16_t *out, size_t n, double dbm0, unsigned voice)
{
	struct dirent **list;
	int count = scandir(SPEECH_DIR, &list, only_wav, alphasort);
	size_t have = 0;

	/* Voice 0 starts a quarter, voice 1 three quarters into the list. */
	for (int i = 0; i < count && have < n; i++) {
		int at = (i + (voice ? 3 * count / 4 : count / 4)) % count;
		char path[600];

		snprintf(path, sizeof path, "%s/%s", SPEECH_DIR,
			 list[at]->d_name);
		have += append_wav(path, out + have, n - have);
		for (int gap = 0; gap < 1600 && have < n; gap++)
			out[have++] = 0;
	}
	for (int i = 0; i < count; i++)
		free(list[i]);
	if (count >= 0)
		free(list);
	if (count <= 0)
		return false;
	memset(out + have, 0, (n - have) * sizeof *out);
	set_active_level(out, n, dbm0);
	return true;
}

int lab_go(const struct lab_run *r)
{
	void *c = r->canceller->make(r->ms);
	size_t i, k;

	if (!c)
		return -ENOMEM;
	for (i = 0; i < r->n; i++) {
		const struct lab_path *p = r->path2 && i >= r->change ?
			r->path2 : r->path;
		double y = 0;

		r->tx[i] = lab_mulaw(r->far[i]);
		for (k = 0; k < p->length && k <= i; k++)
			y += p->tap[k] * r->tx[i - k];
		r->echo[i] = y;
		r->out[i] = lab_mulaw(y + (r->near ? r->near[i] : 0));
	}
	for (i = 0; i + LAB_FRAME <= r->n; i += LAB_FRAME)
		r->canceller->run(c, r->tx + i, r->out + i, LAB_FRAME);
	r->canceller->drop(c);
	return 0;
}

double lab_erle(const struct lab_run *r, size_t a, size_t b)
{
	double echo = 1e-9, rest = 1e-9;

	for (size_t i = a; i < b; i++) {
		double e = r->out[i] - (r->near ? r->near[i] : 0);

		echo += r->echo[i] * r->echo[i];
		rest += e * e;
	}
	return 10 * log10(echo / rest);
}

double lab_match(const struct lab_run *r, size_t a, size_t b)
{
	double echo = 1e-9, rest = 1e-9;

	for (size_t i = a; i < b; i++) {
		double rx = lab_mulaw(r->echo[i] + (r->near ? r->near[i] : 0));
		double e = r->echo[i] - (rx - r->out[i]);

		echo += r->echo[i] * r->echo[i];
		rest += e * e;
	}
	return 10 * log10(echo / rest);
}

static void *builtin_make(unsigned ms)
{
	return echo_new(ms, 0);
}

static void builtin_run(void *c, const int16_t *tx, int16_t *rx, size_t n)
{
	echo_run(c, tx, rx, n);
}

static void builtin_drop(void *c)
{
	echo_free(c);
}

const struct lab_canceller lab_builtin = {
	"builtin", builtin_make, builtin_run, builtin_drop,
};
