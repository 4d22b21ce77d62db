/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* The parts of tipring-pbx one by one: what it hears, says, plans and reads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/config.h"
#include "pbx/callerid.h"
#include "pbx/hear.h"
#include "pbx/model.h"
#include "pbx/plan.h"
#include "pbx/source.h"
#include "pbx/wav.h"

/* ------------------------------------------------------------- hearing */

/* The test's own oscillators, so that a fault of source.c is not heard with
 * the same fault. */
static double phase_of[TONE_FREQUENCIES];

static void segment(struct hear *h, const struct tone_segment *g, unsigned ms,
		    double amplitude)
{
	for (unsigned n = 0; n < ms / 10; n++) {
		int16_t frame[80];

		for (int i = 0; i < 80; i++) {
			double x = 0;

			for (int f = 0; f < TONE_FREQUENCIES && g && g->frequency[f]; f++) {
				x += sin(phase_of[f]);
				phase_of[f] += 2 * M_PI * g->frequency[f] / 8000;
			}
			frame[i] = (int16_t)(x * amplitude);
		}
		hear_put(h, frame, 80);
	}
}

/* A tone for so long, from its beginning; what is heard at its end. */
static enum heard hear_country(const struct country *c, enum tone_id id, unsigned ms,
			       unsigned before)
{
	const struct tone *t = &c->tones[id];
	struct hear h;
	unsigned k = 0, done = 0;

	hear_init(&h, c->tones, NULL, NULL);
	segment(&h, NULL, before, 0);
	while (done < ms) {
		unsigned part = k < t->count && t->segment[k].ms ? t->segment[k].ms : ms;

		if (part > ms - done)
			part = ms - done;
		segment(&h, k < t->count ? &t->segment[k] : NULL, part, 3000);
		done += part;
		k = k + 1 < t->count ? k + 1 : t->loop;
	}
	return h.heard;
}

static const struct {
	enum tone_id tone;
	enum heard heard;
	unsigned ms;
} heard_table[] = {
	{ TONE_DIAL, HEARD_DIAL_TONE, 3000 },
	{ TONE_RINGBACK, HEARD_RINGBACK, 9000 },
	{ TONE_BUSY, HEARD_BUSY, 4000 },
	{ TONE_CONGESTION, HEARD_CONGESTION, 4000 },
};

static void test_hear_countries(void **state)
{
	const char *const codes[] = { "us", "de", "uk", "fr", "it", "nl", "ch" };

	for (unsigned i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
		const struct country *c = country_find(codes[i]);

		assert_non_null(c);
		for (unsigned k = 0; k < 4; k++) {
			enum heard got = hear_country(c, heard_table[k].tone,
						      heard_table[k].ms, 500);
			/* In some countries two tones are one and the same. */
			bool same = k == 3 && !memcmp(c->tones[TONE_BUSY].segment,
				c->tones[TONE_CONGESTION].segment,
				sizeof(c->tones[0].segment));

			if (got != heard_table[k].heard && !same)
				fail_msg("%s: %s is heard as %s", codes[i],
					 heard_name(heard_table[k].heard),
					 got ? heard_name(got) : "nothing");
		}
	}
}

/* How soon, in the country of most tests. */
static void test_hear_soon(void **state)
{
	const struct country *us = country_find("us");

	assert_non_null(us);
	assert_int_equal(hear_country(us, TONE_DIAL, 800, 200), HEARD_DIAL_TONE);
	assert_int_equal(hear_country(us, TONE_DIAL, 400, 200), HEARD_NOTHING);
	assert_int_equal(hear_country(us, TONE_RINGBACK, 1000, 200), HEARD_RINGBACK);
	assert_int_equal(hear_country(us, TONE_RINGBACK, 5500, 200), HEARD_RINGBACK);
	assert_int_equal(hear_country(us, TONE_BUSY, 1200, 200), HEARD_BUSY);
	assert_int_equal(hear_country(us, TONE_CONGESTION, 900, 200), HEARD_CONGESTION);
	/* Wherever its edges fall in the windows, and whatever the phase. */
	for (unsigned before = 200; before < 260; before += 10) {
		assert_int_equal(hear_country(us, TONE_CONGESTION, 1500, before),
				 HEARD_CONGESTION);
		assert_int_equal(hear_country(us, TONE_BUSY, 2000, before), HEARD_BUSY);
	}
	/* Also when its beginning was missed. */
	assert_int_equal(hear_country(us, TONE_DIAL, 800, 0), HEARD_DIAL_TONE);
	assert_int_equal(hear_country(us, TONE_BUSY, 2500, 0), HEARD_BUSY);
}

/* A tone that stops is not heard for ever. */
static void test_hear_end(void **state)
{
	const struct country *us = country_find("us");
	struct hear h;

	hear_init(&h, us->tones, NULL, NULL);
	segment(&h, &us->tones[TONE_DIAL].segment[0], 1000, 3000);
	assert_int_equal(h.heard, HEARD_DIAL_TONE);
	assert_true(hear_tone(&h, 350) && hear_tone(&h, 440) && !hear_tone(&h, 400));
	segment(&h, NULL, 200, 0);
	assert_int_equal(h.heard, HEARD_NOTHING);
	assert_false(hear_silence(&h));
	segment(&h, NULL, 1000, 0);
	assert_true(hear_silence(&h));
}

static void test_hear_voice(void **state)
{
	const struct country *us = country_find("us");
	struct hear h;
	int16_t frame[80];
	uint32_t seed = 1;

	hear_init(&h, us->tones, NULL, NULL);
	for (int n = 0; n < 60; n++) {
		for (int i = 0; i < 80; i++) {
			seed = seed * 1664525 + 1013904223;
			frame[i] = (int16_t)((int32_t)seed >> 19);
		}
		hear_put(&h, frame, 80);
	}
	assert_true(hear_voice(&h));
	assert_int_equal(h.heard, HEARD_NOTHING);
	assert_false(hear_tone(&h, 1004));
}

/* -------------------------------------------------------------- saying */

static double dbm0_of(const int16_t *x, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (double)x[i] * x[i];
	return 10 * log10(sum / n / (32767.0 * 32767.0 / 2)) + 3.14;
}

static void test_source(void **state)
{
	struct source s = { 0 };
	int16_t x[8000];
	const struct tone once = { .segment = { { { 1000 }, 100, false } },
				   .count = 1, .loop = 1, .level = -100 };
	double level;

	source_sine(&s, 1004, -10);
	assert_false(source_fill(&s, x, 8000));
	assert_true(fabs(dbm0_of(x, 8000) + 10) < 0.1);
	assert_true(spectrum_share(x, 800, 1004, &level) > 0.99);
	assert_true(fabs(level + 10) < 0.2);

	source_tone(&s, &once);
	assert_false(source_fill(&s, x, 799));
	assert_true(source_fill(&s, x, 80));
	assert_int_equal(x[5], 0);
	assert_int_equal(s.kind, SOURCE_NONE);

	int16_t *samples = malloc(4);

	samples[0] = 7;
	samples[1] = 9;
	source_samples(&s, samples, 2);
	assert_true(source_fill(&s, x, 3));
	assert_true(x[0] == 7 && x[1] == 9 && x[2] == 0);
}

/* The echo is as far below as was asked, whatever the path, and late enough. */
static void test_model(void **state)
{
	static int16_t in[8000], out[8000], sent[8000];
	struct model_conf c;
	uint32_t seed = 5;

	for (unsigned path = 2; path <= 9; path++) {
		struct model *m = model_new();

		model_init_conf(&c);
		c.echo = true;
		c.erl = 6;
		c.path = path;
		c.delay_ms = 10;
		assert_int_equal(model_set(m, &c), 0);
		memset(out, 0, sizeof(out));
		for (int i = 0; i < 8000; i++) {
			seed = seed * 1664525 + 1013904223;
			in[i] = sent[i] = (int16_t)((int32_t)seed >> 18);
		}
		for (int i = 0; i < 8000; i += 80)
			model_run(m, in + i, out + i, 80);
		for (int i = 0; i < 80; i++)
			assert_int_equal(out[i], 0);
		/* White noise has a seventh of its power beside the band. */
		assert_true(fabs(dbm0_of(sent, 8000) - dbm0_of(out, 8000) - 6) < 2);
		assert_memory_equal(in, sent, sizeof(in));	/* no loss */
		model_free(m);
	}
	struct model *m = model_new();

	model_init_conf(&c);
	c.attenuation = 3;
	c.noise = true;
	c.noise_dbm0 = -40;
	assert_int_equal(model_set(m, &c), 0);
	memset(out, 0, sizeof(out));
	model_run(m, in, out, 8000);
	assert_true(fabs(dbm0_of(sent, 8000) - dbm0_of(in, 8000) - 3) < 0.1);
	assert_true(fabs(dbm0_of(out, 8000) + 40) < 1);
	c.path = 1;
	assert_int_equal(model_set(m, &c), -EINVAL);
	c.path = 2;
	c.erl = NAN;
	assert_int_equal(model_set(m, &c), -EINVAL);
	model_free(m);
}

/* ----------------------------------------------------------- caller ID */

static char got_number[64], got_name[64];
static int got_count;

static void on_caller(void *arg, const char *number, const char *name)
{
	snprintf(got_number, sizeof(got_number), "%s", number);
	snprintf(got_name, sizeof(got_name), "%s", name);
	got_count++;
}

static void carry(const struct callerid_way *way, const struct party *from,
		  const char *number, const char *name)
{
	struct callerid_reader *r = callerid_reader_new(way->standard, on_caller, NULL);
	int16_t *x, silence[800] = { 0 };
	size_t n;

	assert_non_null(r);
	got_count = 0;
	assert_int_equal(callerid_make(way, from, &x, &n), 0);
	for (size_t i = 0; i < n; i += 80)
		callerid_read(r, x + i, n - i < 80 ? n - i : 80);
	for (int i = 0; i < 10; i++)
		callerid_read(r, silence, 800);
	assert_int_equal(got_count, 1);
	assert_string_equal(got_number, number);
	assert_string_equal(got_name, name);
	free(x);
	callerid_reader_free(r);
}

static void test_callerid(void **state)
{
	const struct party full = { .number = "5551234", .name = "J. Doe" };
	const struct party private = { .presentation = PRESENTATION_PRIVATE };
	const struct party unknown = { .presentation = PRESENTATION_UNAVAILABLE };
	const struct callerid_way bell = { CALLERID_BELLCORE, ALERT_RING, 0, 0 };
	const struct callerid_way dtmf = { CALLERID_DTMF, ALERT_NONE, 'A', 'C' };
	const struct callerid_way none = { CALLERID_NONE, ALERT_RING, 0, 0 };
	int16_t *x;
	size_t n;

	carry(&bell, &full, "5551234", "J. Doe");
	carry(&bell, &private, "private", "");
	carry(&bell, &unknown, "unavailable", "");
	carry(&(struct callerid_way){ CALLERID_ETSI, ALERT_RING, 0, 0 }, &full,
	      "5551234", "J. Doe");
	carry(&(struct callerid_way){ CALLERID_UK, ALERT_POLARITY, 0, 0 }, &full,
	      "5551234", "J. Doe");
	carry(&dtmf, &full, "5551234", "");
	carry(&dtmf, &private, "private", "");
	carry(&dtmf, &unknown, "unavailable", "");
	assert_int_equal(callerid_make(&none, &full, &x, &n), -ENOTSUP);
}

/* ---------------------------------------------------------------- plan */

static void add(struct plan *p, const char *pattern)
{
	struct plan_entry e = { .action = PLAN_BUSY };

	strcpy(e.pattern, pattern);
	assert_int_equal(plan_add(p, &e), 0);
}

static void test_plan(void **state)
{
	static struct plan p;
	const struct plan_entry *e;
	struct plan_entry bad = { .pattern = "1.2" };

	add(&p, "600");
	add(&p, "60xx");
	add(&p, "9x.");
	assert_int_equal(plan_find(&p, "6", &e), PLAN_MORE);
	assert_null(e);
	assert_int_equal(plan_find(&p, "600", &e), PLAN_MORE);
	assert_string_equal(e->pattern, "600");
	assert_int_equal(plan_find(&p, "6012", &e), PLAN_COMPLETE);
	assert_string_equal(e->pattern, "60xx");
	assert_int_equal(plan_find(&p, "60123", &e), PLAN_NO);
	assert_null(e);
	assert_int_equal(plan_find(&p, "91", &e), PLAN_MORE);
	assert_string_equal(e->pattern, "9x.");
	assert_int_equal(plan_find(&p, "9*", &e), PLAN_NO);
	add(&p, "911");
	assert_int_equal(plan_find(&p, "911", &e), PLAN_MORE);
	assert_string_equal(e->pattern, "911");
	assert_int_equal(plan_add(&p, &bad), -EINVAL);
	strcpy(bad.pattern, "");
	assert_int_equal(plan_add(&p, &bad), -EINVAL);
	strcpy(bad.pattern, "12a");
	assert_int_equal(plan_add(&p, &bad), -EINVAL);
}

/* ----------------------------------------------------------------- wav */

static void refused(const void *data, size_t size, const char *because)
{
	char path[] = "/tmp/tipring-wav-XXXXXX", why[320] = "";
	int16_t *x;
	size_t n;
	int fd = mkstemp(path);

	assert_int_equal(write(fd, data, size), size);
	close(fd);
	assert_true(wav_load(path, &x, &n, why, sizeof(why)) < 0);
	if (!strstr(why, because))
		fail_msg("\"%s\" does not say \"%s\"", why, because);
	unlink(path);
}

static void test_wav(void **state)
{
	char path[] = "/tmp/tipring-wav-XXXXXX", why[320];
	struct wav_writer *w;
	uint8_t file[64];
	int16_t x[1000], *got;
	size_t n;
	FILE *f;

	close(mkstemp(path));
	for (int i = 0; i < 1000; i++)
		x[i] = (int16_t)(i * 61 - 30000);
	w = wav_create(path);
	wav_put(w, x, 999);
	wav_put(w, x + 999, 1);
	assert_int_equal(wav_close(w), 0);
	assert_int_equal(wav_load(path, &got, &n, why, sizeof(why)), 0);
	assert_int_equal(n, 1000);
	assert_memory_equal(got, x, sizeof(x));
	free(got);

	f = fopen(path, "rb");
	assert_int_equal(fread(file, 1, sizeof(file), f), sizeof(file));
	fclose(f);
	unlink(path);
	/* Cut anywhere: an error or fewer samples, never more. */
	for (size_t cut = 0; cut < 44; cut++)
		refused(file, cut, "WAV");
	file[24] = 0x44;
	file[25] = 0xac;
	refused(file, sizeof(file), "44100 Hz");
	file[22] = 2;
	refused(file, sizeof(file), "2 channels");
	refused("not a sound at all", 18, "not a WAV");
	assert_true(wav_load("/nonexistent.wav", &got, &n, why, sizeof(why)) == -ENOENT);
	assert_null(wav_create("/nonexistent/x.wav"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hear_countries), cmocka_unit_test(test_hear_soon),
		cmocka_unit_test(test_hear_end), cmocka_unit_test(test_hear_voice),
		cmocka_unit_test(test_source), cmocka_unit_test(test_model),
		cmocka_unit_test(test_callerid), cmocka_unit_test(test_plan),
		cmocka_unit_test(test_wav),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
