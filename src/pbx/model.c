/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "pbx/model.h"

#include <errno.h>
#include <math.h>
#include <spandsp.h>
#include <spandsp/g168models.h>
#include <stdlib.h>
#include <string.h>

#define HISTORY 4096		/* samples, a power of two */

struct model {
	struct model_conf conf;
	float gain;		/* of the attenuation */
	unsigned setting;	/* of the gateway's card */
	float taps[MODEL_TAPS];
	unsigned tap_count;
	float history[HISTORY];
	unsigned at;
	awgn_state_t *noise;
};

static const struct {
	const int32_t *taps;
	unsigned count;
} paths[] = {
#define PATH(n) { line_model_d##n##_coeffs, 	sizeof(line_model_d##n##_coeffs) / sizeof(int32_t) }
	PATH(2), PATH(3), PATH(4), PATH(5), PATH(6), PATH(7), PATH(8), PATH(9),
};

void model_init_conf(struct model_conf *c)
{
	*c = (struct model_conf){ .erl = 12, .path = 2 };
}

struct model *model_new(void)
{
	struct model *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	model_init_conf(&m->conf);
	m->gain = 1;
	return m;
}

void model_free(struct model *m)
{
	if (m && m->noise)
		awgn_free(m->noise);
	free(m);
}

void model_conf(const struct model *m, struct model_conf *c)
{
	*c = m->conf;
}

/* Mean power gain of the path over the telephone band. */
static double band_gain(const int32_t *taps, unsigned count)
{
	double sum = 0;
	unsigned n = 0;

	for (double hz = 300; hz <= 3400; hz += 50, n++) {
		double re = 0, im = 0;

		for (unsigned k = 0; k < count; k++) {
			re += taps[k] * cos(2 * M_PI * hz / 8000 * k);
			im += taps[k] * sin(2 * M_PI * hz / 8000 * k);
		}
		sum += re * re + im * im;
	}
	return sum / n;
}

static void set_path(struct model *m)
{
	const int32_t *taps = paths[m->conf.path - 2].taps;
	unsigned count = paths[m->conf.path - 2].count;
	double steps = fabs((double)m->conf.impedance - m->setting);
	double erl = m->conf.erl - MODEL_MISMATCH * steps;
	double scale = sqrt(pow(10, -erl / 10) / band_gain(taps, count));

	m->tap_count = count < MODEL_TAPS ? count : MODEL_TAPS;
	for (unsigned k = 0; k < m->tap_count; k++)
		m->taps[k] = (float)(taps[k] * scale);
}

static int set_noise(struct model *m)
{
	if (m->noise)
		awgn_free(m->noise);
	m->noise = NULL;
	if (!m->conf.noise)
		return 0;
	m->noise = awgn_init_dbm0(NULL, 1234567, (float)m->conf.noise_dbm0);
	return m->noise ? 0 : -ENOMEM;
}

/* Written so that what is not a number is out of range, too. */
static bool is_sane(const struct model_conf *c)
{
	return c->erl >= 0 && c->erl <= 80 && c->path >= 2 && c->path <= 9 &&
	       c->delay_ms <= MODEL_DELAY_MAX && c->impedance < MODEL_IMPEDANCES && c->attenuation >= -10 &&
	       c->attenuation <= 60 && c->noise_dbm0 >= -90 && c->noise_dbm0 <= 0;
}

int model_set(struct model *m, const struct model_conf *c)
{
	if (!is_sane(c))
		return -EINVAL;
	m->conf = *c;
	m->gain = (float)pow(10, -c->attenuation / 20);
	set_path(m);
	return set_noise(m);
}

void model_meets(struct model *m, unsigned setting)
{
	if (setting == m->setting)
		return;
	m->setting = setting;
	set_path(m);
}

static float echo_of(struct model *m, float sample)
{
	unsigned from;
	float sum = 0;

	m->history[m->at % HISTORY] = sample;
	from = m->at++ - m->conf.delay_ms * 8;
	for (unsigned k = 0; k < m->tap_count; k++)
		sum += m->taps[k] * m->history[(from - k) % HISTORY];
	return sum;
}

static int16_t round16(float x)
{
	return x > 32767 ? 32767 : x < -32768 ? -32768 : (int16_t)lrintf(x);
}

void model_run(struct model *m, int16_t *in, int16_t *out, size_t n)
{
	bool plain = m->gain == 1 && !m->conf.echo && !m->noise;

	for (size_t i = 0; !plain && i < n; i++) {
		float to = out[i] * m->gain;

		if (m->conf.echo)
			to += echo_of(m, in[i]);
		if (m->noise)
			to += awgn(m->noise);
		out[i] = round16(to);
		in[i] = round16(in[i] * m->gain);
	}
}
