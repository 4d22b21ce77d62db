/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "supervision-rig.h"

#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "media/law.h"
#include "media/osc.h"
#include "media/spectrum.h"

#define FILES_MOST 8192
#define VOICE_GAIN 12.0f

/* --------------------------------------------------------------------- ears */

static void trace(const struct ears *e, const struct media_event *ev)
{
	if (ev->type == MEDIA_TONE)
		printf("# %8.3f tone %u+%u+%u+%u on %u off %u %d%s\n",
		       (double)ev->sample / 8000, ev->tone.frequency[0],
		       ev->tone.frequency[1], ev->tone.frequency[2],
		       ev->tone.frequency[3], ev->tone.on_ms, ev->tone.off_ms,
		       ev->tone.level, ev->tone.ended ? "" : " ...");
	else if (ev->type == MEDIA_SPEECH)
		printf("# %8.3f speech %u (%d)\n", (double)ev->sample / 8000,
		       ev->span.ms, ev->span.level);
	(void)e;
}

static void fact(void *arg, const struct media_event *ev)
{
	struct ears *e = arg;
	unsigned confidence;
	char words[96];
	enum heard h = supervision_hear(&e->supervision, ev, words,
					sizeof(words), &confidence);

	if (e->trace)
		trace(e, ev);
	e->voices += h == HEARD_VOICE;
	e->ringbacks += h == HEARD_RINGBACK;
	e->tones += ev->type == MEDIA_TONE;
	if (ev->type == MEDIA_SPEECH)
		e->speech_ms += ev->span.ms;
	for (int id = TONE_BUSY; id <= TONE_CONGESTION; id++)
		if (e->supervision.watch[id].count > e->nearest)
			e->nearest = e->supervision.watch[id].count;
	if (e->heard || h == HEARD_NOTHING || h == HEARD_VOICE ||
	    h == HEARD_RINGBACK)
		return;
	e->heard = h;
	e->heard_at = e->sample;
	memcpy(e->words, words, sizeof(words));
}

void ears_again(struct ears *e)
{
	e->heard = HEARD_NOTHING;
	supervision_start(&e->supervision, e->country->tones, 2000);
	listen_for(&e->listen, 0);
	listen_for(&e->listen, DETECT_TONES);
}

void ears_open(struct ears *e, const struct country *c)
{
	struct media_port_conf conf = { .plan = c->tones };

	osc_init();
	spectrum_init();
	law_init();
	memset(e, 0, sizeof(*e));
	e->country = c;
	e->sample = 8000;
	assert_int_equal(listen_init(&e->listen, &conf), 0);
	ears_again(e);
}

void ears_close(struct ears *e)
{
	listen_fini(&e->listen);
}

size_t ears_hear(struct ears *e, const int16_t *s, size_t n)
{
	size_t at;

	for (at = 0; at + 80 <= n && !e->heard; at += 80) {
		e->sample += 80;
		listen_run(&e->listen, s + at, 80, e->sample, fact, e);
	}
	return at;
}

/* ------------------------------------------------------------------- sounds */

static uint32_t next(uint32_t *r)
{
	*r = *r * 1664525u + 1013904223u;
	return *r >> 8;
}

static float uniform(uint32_t *r)
{
	return (float)next(r) / 8388608.0f - 1;
}

static int16_t sum(int16_t a, float b)
{
	return osc_clip((float)a + b);
}

void rig_noise(int16_t *s, size_t n, int level, uint32_t seed)
{
	/* Four uniform values: nearly Gaussian, variance 4/3. */
	float gain = OSC_DBM0_PEAK * level_gain(level) / sqrtf(2) *
		     sqrtf(0.75f);

	for (size_t i = 0; i < n; i++)
		s[i] = sum(s[i], gain * (uniform(&seed) + uniform(&seed) +
					 uniform(&seed) + uniform(&seed)));
}

void rig_ulaw(int16_t *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		s[i] = law_from_ulaw[law_ulaw(s[i])];
}

/* Pulses of a glottis through three resonances that move from syllable to
 * syllable. */
void rig_voice(int16_t *s, size_t n, uint32_t seed)
{
	static const float bandwidth[3] = { 80, 110, 160 };
	float y[3][2] = { 0 }, a[3] = { 0 }, b[3] = { 0 };
	float phase = 0, pitch = 120, glide = 0, loud = 0, envelope = 0;
	size_t left = 0;

	for (size_t i = 0; i < n; i++) {
		float x = uniform(&seed) * 20;

		if (!left--) {
			float f[3] = { 450 + 200 * uniform(&seed),
				       1400 + 600 * uniform(&seed),
				       2500 + 300 * uniform(&seed) };

			left = 800 + next(&seed) % 1200;
			loud = next(&seed) % 5 ? 900 + 400 * uniform(&seed) : 0;
			pitch = 150 + 50 * uniform(&seed);
			glide = uniform(&seed) * 0.006f;
			for (int k = 0; k < 3; k++) {
				float r = expf(-(float)M_PI * bandwidth[k] / 8000);

				a[k] = 2 * r * cosf(2 * (float)M_PI * f[k] / 8000);
				b[k] = -r * r;
			}
		}
		envelope += (loud - envelope) * 0.005f;
		pitch += glide;
		phase += pitch / 8000;
		if (phase >= 1) {
			phase -= 1;
			x += envelope;
		}
		for (int k = 0; k < 3; k++) {
			float out = x + a[k] * y[k][0] + b[k] * y[k][1];

			y[k][1] = y[k][0];
			y[k][0] = out;
			x = out * (k == 1 ? 0.5f : k == 2 ? 0.4f : 1);
		}
		s[i] = sum(s[i], x * VOICE_GAIN);
	}
}

/* --------------------------------------------------------------- recordings */

struct files {
	char *path[FILES_MOST];
	size_t n;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void find(struct files *f, const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		size_t length = strlen(e->d_name);
		char path[600];

		if (e->d_name[0] == '.' || !strcmp(e->d_name, "silence"))
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
		if (length > 4 && !strcmp(e->d_name + length - 4, ".wav")) {
			if (f->n < FILES_MOST)
				f->path[f->n++] = strdup(path);
		} else {
			find(f, path);
		}
	}
	if (d)
		closedir(d);
}

/* Asterisk's are all plain: 16 bits, 8 kHz, mono, a header of 44 octets. */
static size_t read_wav(const char *path, int16_t *to, size_t room)
{
	FILE *in = fopen(path, "rb");
	uint8_t header[44];
	size_t n = 0;

	if (!in)
		return 0;
	if (fread(header, sizeof(header), 1, in) == 1 &&
	    !memcmp(header, "RIFF", 4) && header[22] == 1 && header[34] == 16 &&
	    header[24] == 0x40 && header[25] == 0x1f)
		n = fread(to, sizeof(*to), room, in);
	fclose(in);
	return n;
}

static void shuffle(struct files *f, uint32_t *seed)
{
	for (size_t i = f->n; i > 1; i--) {
		size_t k = next(seed) % i;
		char *swap = f->path[k];

		f->path[k] = f->path[i - 1];
		f->path[i - 1] = swap;
	}
}

static void add_file(struct recording *r, const char *path, size_t whole,
		     int round, uint32_t *seed)
{
	struct piece *p = &r->piece[r->pieces++];
	const char *name = strrchr(path, '/') + 1;
	size_t n = read_wav(path, r->pcm + r->n, whole - r->n);

	p->at = r->n;
	snprintf(p->name, sizeof(p->name), "%s", name);
	for (size_t i = r->n; round && i < r->n + n; i++)
		r->pcm[i] = (int16_t)(r->pcm[i] / (1 << round));
	*(strstr(path, "/moh/") ? &r->music_n : &r->speech_n) += n;
	r->n += n + 1600 + next(seed) % 14400;
	if (r->n > whole)
		r->n = whole;
}

bool recording_make(struct recording *r, unsigned seconds, const char **missing)
{
	const char *sounds = getenv("TIPRING_SOUNDS");	/* more of them */
	static struct files f;
	/* Files of a second or so are the many. */
	size_t sound = (size_t)seconds * 8000, whole = 3 * sound, speech;
	uint32_t seed = 4711;

	memset(r, 0, sizeof(*r));
	f.n = 0;
	find(&f, "/usr/share/asterisk/sounds");
	if (sounds)
		find(&f, sounds);
	speech = f.n;
	find(&f, "/usr/share/asterisk/moh");
	*missing = !speech ? RIG_SPEECH_PACKAGE
		 : f.n == speech ? RIG_MUSIC_PACKAGE : NULL;
	if (!*missing) {
		r->pcm = calloc(whole, sizeof(*r->pcm));
		r->piece = calloc(f.n * 16, sizeof(*r->piece));
		qsort(f.path, f.n, sizeof(*f.path), by_name);
		for (size_t i = 0; r->speech_n + r->music_n < sound &&
		     i < f.n * 16 && r->n < whole; i++) {
			if (i % f.n == 0)
				shuffle(&f, &seed);
			add_file(r, f.path[i % f.n], whole,
				 (int)(i / f.n) % 4, &seed);
		}
		rig_noise(r->pcm, r->n, -650, 99);
		r->n -= r->n % 80;
		rig_ulaw(r->pcm, r->n);
	}
	for (size_t i = 0; i < f.n; i++)
		free(f.path[i]);
	return !*missing;
}

void recording_free(struct recording *r)
{
	free(r->pcm);
	free(r->piece);
}

const char *recording_at(const struct recording *r, size_t at)
{
	size_t i = r->pieces;

	while (i > 1 && r->piece[i - 1].at > at)
		i--;
	return r->piece[i - 1].name;
}
