/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * Every tone of every country as it is sent: each sample belongs to the right
 * step of the cadence, as libtonezone writes it, and has the right frequencies
 * at the right level (ITU-T E.180, GR-506) and nothing else.
 */
#include <dahdi/tonezone.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config-help.h"
#include "config/country.h"
#include "media/osc.h"
#include "media/player.h"

#define MOST (60 * 8000)
#define FOR_EVER 24000		/* samples that a step without end is heard */
#define DEPTH 0.9		/* of a modulated tone */

static int16_t pcm[MOST];

/* -------------------------------------------------- what shall be heard */

static const struct {
	const char *name;
	int zone;		/* of libtonezone; -1: it has none */
	const char *otherwise;
	double level, nanp;	/* dBm0, all frequencies together */
} kinds[TONE_COUNT] = {
	[TONE_DIAL] = { "dial", DAHDI_TONE_DIALTONE, "425", -10, -10 },
	[TONE_STUTTER] = { "stutter", DAHDI_TONE_STUTTER, NULL, -10, -10 },
	[TONE_RINGBACK] = { "ringback", DAHDI_TONE_RINGTONE, NULL, -10, -16 },
	[TONE_BUSY] = { "busy", DAHDI_TONE_BUSY, NULL, -10, -21 },
	[TONE_CONGESTION] = { "congestion", DAHDI_TONE_CONGESTION, NULL, -10, -21 },
	[TONE_SIT] = { "sit", DAHDI_TONE_INFO, NULL, -13, -13 },
	[TONE_CALL_WAITING] = { "waiting", DAHDI_TONE_CALLWAIT, NULL, -13, -13 },
	[TONE_HOWLER] = { "howler", -1, "1400+2060+2450+2600/100,0/100", -3, -3 },
	[TONE_SECOND_DIAL] = { "second-dial", DAHDI_TONE_DIALTONE, "425", -10, -10 },
};

/* Where a zone's text cannot be played as it stands, or is too long. */
static const char repaired[] =
	" au:congestion cr:waiting de:waiting ee:sit il:stutter jp:ringback "
	"jp:waiting nz:stutter pa:waiting se:sit sg:stutter th:stutter th:waiting";

struct step {
	int frequency[TONE_FREQUENCIES];
	bool modulated;
	unsigned ms;		/* 0: for ever */
};

struct plan {
	struct step step[64];
	unsigned count, loop;
};

/* The notation of DAHDI's zones; of 0 steps where it is none. */
static struct plan read_text(const char *text)
{
	struct plan p = { .count = 0, .loop = 64 };

	while (*text && p.count < 64) {
		struct step *s = &p.step[p.count];
		int n = 0;

		if (*text == '!')
			text++;
		else if (p.loop == 64)
			p.loop = p.count;
		for (;; text++) {
			s->frequency[n++] = (int)strtol(text, (char **)&text, 10);
			s->modulated = s->modulated || *text == '*';
			if ((*text != '+' && *text != '*') || n == TONE_FREQUENCIES)
				break;
		}
		if (*text == '/')
			s->ms = (unsigned)strtoul(text + 1, (char **)&text, 10);
		p.count++;
		if (*text && *text != ',')
			return (struct plan){ .count = 0 };
		text += *text == ',';
	}
	return p;
}

static const char *zone_text(const struct country *c, int tone)
{
	for (const struct tone_zone *z = builtin_zones; z->zone >= 0; z++)
		for (int i = 0; !strcmp(z->country, c->zone) && i < DAHDI_TONE_MAX; i++)
			if (z->tones[i].toneid == tone && z->tones[i].data[0])
				return z->tones[i].data;
	return NULL;
}

static struct plan plan_of(const struct tone *t)
{
	struct plan p = { .count = t->count, .loop = t->loop };

	for (unsigned i = 0; i < t->count; i++) {
		p.step[i].modulated = t->segment[i].modulated;
		p.step[i].ms = t->segment[i].ms;
		for (int k = 0; k < TONE_FREQUENCIES; k++)
			p.step[i].frequency[k] = t->segment[i].frequency[k];
	}
	return p;
}

static bool same(const struct plan *a, const struct plan *b)
{
	if (a->count != b->count)
		return false;
	/* Without a repetition both are silent after the end. */
	if ((a->loop < a->count || b->loop < b->count) && a->loop != b->loop)
		return false;
	for (unsigned i = 0; i < a->count; i++) {
		const struct step *x = &a->step[i], *y = &b->step[i];

		if (x->ms != y->ms || x->modulated != y->modulated ||
		    memcmp(x->frequency, y->frequency, sizeof(x->frequency)))
			return false;
	}
	return true;
}

/* --------------------------------------------------------- what is heard */

/* Solves a x = b of n unknowns in place; b has the solution. */
static void solve(double a[8][8], double *b, int n)
{
	for (int i = 0; i < n; i++) {
		for (int k = i + 1; k < n; k++) {
			double f = a[k][i] / a[i][i];

			for (int j = i; j < n; j++)
				a[k][j] -= f * a[i][j];
			b[k] -= f * b[i];
		}
	}
	for (int i = n - 1; i >= 0; i--) {
		for (int j = i + 1; j < n; j++)
			b[i] -= a[i][j] * b[j];
		b[i] /= a[i][i];
	}
}

/* The sines that fit best: their peaks, and what is left in dB below all. */
static double fit(const int16_t *s, size_t n, const double *hz, int count,
		  double *peak)
{
	double a[8][8] = { { 0 } }, b[8] = { 0 }, all = 0, rest = 0;

	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < n; i++) {
			double v[8], model = 0;

			for (int k = 0; k < count; k++) {
				v[2 * k] = sin(2 * M_PI * hz[k] * (double)i / 8000);
				v[2 * k + 1] = cos(2 * M_PI * hz[k] * (double)i / 8000);
			}
			for (int k = 0; k < 2 * count && !pass; k++) {
				for (int j = 0; j < 2 * count; j++)
					a[k][j] += v[k] * v[j];
				b[k] += v[k] * s[i];
			}
			for (int k = 0; k < 2 * count && pass; k++)
				model += b[k] * v[k];
			all += pass ? (double)s[i] * s[i] : 0;
			rest += pass ? (s[i] - model) * (s[i] - model) : 0;
		}
		if (!pass)
			solve(a, b, 2 * count);
	}
	for (int k = 0; k < count; k++)
		peak[k] = hypot(b[2 * k], b[2 * k + 1]);
	return 10 * log10(all / (rest + 1e-9));
}

struct tally {
	unsigned tones, wrong;
	char odd[1024];
};

static const char *check_step(const struct step *s, size_t from, size_t to,
			      double level)
{
	static char why[128];
	double hz[4] = { 0 }, peak[4] = { 0 }, clean;
	size_t n = to - from < 4000 ? to - from : 4000, first = from, last = to;
	int count = 0;

	while (first < to && !pcm[first])
		first++;
	if (!s->frequency[0])
		return first == to ? NULL : "a pause is not silent";
	while (last > from && !pcm[last - 1])
		last--;
	/* A sine passes through 0. */
	if (first > from + 2 || last + 3 < to)
		return "it begins late or ends early";
	while (count < TONE_FREQUENCIES && s->frequency[count]) {
		hz[count] = s->frequency[count];
		count++;
	}
	if (s->modulated) {
		hz[1] = s->frequency[0] - s->frequency[1];
		hz[2] = s->frequency[0] + s->frequency[1];
		count = 3;
	}
	clean = fit(pcm + from, n, hz, count, peak);
	if (clean < 40) {
		snprintf(why, sizeof(why), "something else is in it, %.1f dB below",
			 clean);
		return why;
	}
	for (int k = 0; k < count; k++) {
		double want = s->modulated && k ? level + 20 * log10(DEPTH / 2) : level;
		double got = 20 * log10(peak[k] / OSC_DBM0_PEAK);

		if (fabs(got - want) < 0.2)
			continue;
		snprintf(why, sizeof(why), "%g Hz at %.2f, not %.2f dBm0", hz[k], got,
			 want);
		return why;
	}
	return NULL;
}

static double level_of(const struct country *c, int id, const struct plan *p)
{
	int most = 1;

	for (unsigned i = 0; i < p->count; i++) {
		int n = 0;

		while (n < TONE_FREQUENCIES && p->step[i].frequency[n])
			n++;
		if (!p->step[i].modulated && n > most)
			most = n;
	}
	return (strcmp(c->country_code, "1") ? kinds[id].level : kinds[id].nanp) -
	       10 * log10(most);
}

/* All of it once, then its repetition twice. */
static const char *check_sent(const struct country *c, int id, const struct plan *p)
{
	double level = level_of(c, id, p);
	unsigned steps = p->count, i = 0;
	size_t at = 0;
	struct player player = { 0 };

	player_start(&player, &c->tones[id]);
	for (size_t n = 0; n < MOST; n += 80)
		player_run(&player, pcm + n, 80);
	if (p->loop < p->count)
		steps += 2 * (p->count - p->loop);
	for (unsigned k = 0; k < steps; k++, i++) {
		const struct step *s;
		size_t to;
		const char *why;

		if (i == p->count)
			i = p->loop;
		s = &p->step[i];
		to = at + (s->ms ? s->ms * 8 : FOR_EVER);
		if (to > MOST)
			break;
		why = check_step(s, at, to, level);
		if (why || !s->ms)
			return why;
		at = to;
	}
	if (p->loop < p->count)
		return NULL;
	while (at < MOST)
		if (pcm[at++])
			return "it does not end";
	return NULL;
}

static void one_country(void *arg, const struct country *c)
{
	struct tally *y = arg;

	for (int id = 0; id < TONE_COUNT; id++) {
		const char *text = kinds[id].zone < 0 ? NULL :
				   zone_text(c, kinds[id].zone);
		struct plan ours = plan_of(&c->tones[id]), plan = ours;
		const char *why;

		if (!text)
			text = kinds[id].otherwise;
		if (text)
			plan = read_text(text);
		if (!same(&ours, &plan)) {
			size_t n = strlen(y->odd);

			snprintf(y->odd + n, sizeof(y->odd) - n, " %s:%s", c->code,
				 kinds[id].name);
			plan = ours;
		}
		y->tones++;
		why = check_sent(c, id, &plan);
		if (!why)
			continue;
		y->wrong++;
		printf("# %s %s: %s\n", c->code, kinds[id].name, why);
	}
}

static void every_tone_is_sent_as_its_country_has_it(void **state)
{
	struct tally y = { .wrong = 0 };

	osc_init();
	country_each(one_country, &y);
	printf("# %u tones\n", y.tones);
	assert_int_equal(y.wrong, 0);
	assert_true(y.tones >= 46 * TONE_COUNT);
	assert_string_equal(y.odd, repaired);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_tone_is_sent_as_its_country_has_it),
	};

	return cmocka_run_group_tests(tests, help_start, help_end);
}
