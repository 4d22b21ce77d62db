/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * measure_show.c - figures of a line with a plain verdict: good, fair or poor,
 * and what to do about it. The bounds are those of installers: ITU-T G.131 and
 * G.168 for echo, G.123 and G.712 for noise, EN 300 001 for feeding.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ops/measure.h"
#include "ops/show.h"

#define BETTER 30		/* 0.1 dB: worth another impedance */

struct page {
	const struct measurement *m;
	const struct config *conf;
	const struct config_line *line;
	json_t *results, *config;
};

/* ------------------------------------------------------------------ figures */

/* Of tenths; null: there is none. */
static json_t *tenths(int value)
{
	return value == PROBE_NOTHING ? json_null() : json_real(value / 10.0);
}

static json_t *noise_figures(const struct media_probed *p)
{
	return json_pack("{s:o,s:o,s:o,s:o,s:i}", "dbm0", tenths(p->level),
		"dbm0p", tenths(p->psophometric),
		"dbrnc0", p->c_message == PROBE_NOTHING ? json_null() :
			  json_real(p->c_message / 10.0 + 90),
		"hum_dbm0", tenths(p->hum), "hum_hz", p->hum_hz);
}

static json_t *tone_figures(const struct measurement *m)
{
	static const char *const words[] = { "", "none", "country", "other" };
	json_t *hz = json_array();

	for (int i = 0; i < TONE_FREQUENCIES && m->dial.tone[i]; i++)
		json_array_append_new(hz, json_real(m->dial.tone[i] / 10.0));
	return json_pack("{s:s,s:o,s:o}", "is", words[m->tone], "hz", hz, "dbm0",
			 m->tone == TONE_NOT_HEARD ? json_null() : tenths(m->dial.tone_level));
}

static json_t *echo_figures(const struct media_probed *p)
{
	return json_pack("{s:b,s:f,s:f,s:f,s:f,s:i,s:f,s:f}", "found", p->echo,
		"erl_db", p->erl / 10.0, "srl_low_db", p->erl_low / 10.0,
		"srl_high_db", p->erl_high / 10.0, "worst_db", p->worst / 10.0,
		"worst_hz", p->worst_hz, "delay_ms", p->delay / 10.0,
		"over_ms", p->over / 10.0);
}

static json_t *feed_figures(const struct port_readings *r)
{
	return json_pack("{s:o,s:o}",
		"v", r->has_voltage ? json_real(r->voltage / 1000.0) : json_null(),
		"ma", r->has_current ? json_real(r->current / 1000.0) : json_null());
}

static json_t *setting_figures(const struct measurement *m)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < m->settings; i++) {
		json_t *j = echo_figures(&m->setting[i]);

		json_object_set_new(j, "impedance", json_integer(i));
		json_array_append_new(array, j);
	}
	return array;
}

/* ----------------------------------------------------------------- verdicts */

static void say(struct page *p, const char *what, const char *verdict,
		const char *advice, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* verdict "": a fact that is neither good nor bad. */
static void say(struct page *p, const char *what, const char *verdict,
		const char *advice, const char *format, ...)
{
	char value[160];
	va_list ap;

	va_start(ap, format);
	vsnprintf(value, sizeof(value), format, ap);
	va_end(ap);
	json_array_append_new(p->results, json_pack("{s:s,s:o,s:s,s:o}", "what", what,
		"value", show_text(value), "verdict", verdict,
		"advice", show_text(advice)));
}

static void suggest(struct page *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void suggest(struct page *p, const char *format, ...)
{
	char text[160];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	json_array_append_new(p->config, show_text(text));
}

/* Of a value that should be at least so much. */
static const char *grade(double value, double good, double fair)
{
	return value >= good ? "good" : value >= fair ? "fair" : "poor";
}

static bool is(const char *verdict, const char *other)
{
	return !strcmp(verdict, other);
}

static void feeding(struct page *p)
{
	const struct port_readings *on = &p->m->on_hook, *off = &p->m->off_hook;
	double volts = on->voltage / 1000.0;
	const char *v;

	if (on->has_voltage) {
		v = grade(fabs(volts), 36, 20);
		say(p, "voltage on hook", v, is(v, "poor") ?
		    "no feeding of a line: is it plugged in, and is nothing else off "
		    "hook on it?" : is(v, "fair") ?
		    "low, though many PBXes give no more" : "", "%.1f V", volts);
	}
	if (off->has_voltage)
		say(p, "voltage off hook", "", "", "%.1f V", off->voltage / 1000.0);
	if (off->has_current) {
		v = grade(off->current / 1000.0, 20, 15);
		say(p, "loop current", v, is(v, "good") ? "" :
		    "weak, as of a long line: breaks and reversals may be missed",
		    "%.1f mA", off->current / 1000.0);
	}
}

static int hz_of(const struct media_probed *p, char *text, size_t size)
{
	int n = 0;

	for (int i = 0; i < TONE_FREQUENCIES && p->tone[i] && n < (int)size; i++)
		n += snprintf(text + n, size - (size_t)n, "%s%.1f", i ? " + " : "",
			      p->tone[i] / 10.0);
	return n;
}

static void dial_tone(struct page *p)
{
	const struct media_probed *d = &p->m->dial;
	char hz[64] = "", plan[64] = "", advice[160] = "";
	int n = 0;

	if (p->m->tone == TONE_NOT_HEARD) {
		say(p, "dial tone", "poor", "calls over the line would fail for it; "
		    "where none is ever given: wait_dial_tone = false", "none");
		suggest(p, "wait_dial_tone = false;");
		return;
	}
	hz_of(d, hz, sizeof(hz));
	if (p->m->tone == TONE_OTHER) {
		for (int i = 0; i < TONE_FREQUENCIES && d->tone[i]; i++)
			n += snprintf(plan + n, sizeof(plan) - (size_t)n, "%s%d",
				      i ? "+" : "", (d->tone[i] + 5) / 10);
		snprintf(advice, sizeof(advice), "not the dial tone of country \"%s\"; "
			 "is that right? else, for the whole file: tones = { dial = "
			 "\"%s/0\"; };", p->conf->country.code, plan);
	} else if (d->tone_level > -30) {
		snprintf(advice, sizeof(advice), "too loud: lower card_rx_gain or rx_gain");
	} else if (d->tone_level < -300) {
		snprintf(advice, sizeof(advice), "weak: raise card_rx_gain or rx_gain");
	}
	say(p, "dial tone", p->m->tone == TONE_OTHER ? "poor" : *advice ? "fair" : "good",
	    advice, "%s Hz at %.1f dBm0", hz, d->tone_level / 10.0);
}

static void level(char *text, size_t size, int value, double add, const char *unit)
{
	if (value == PROBE_NOTHING)
		snprintf(text, size, "none");
	else
		snprintf(text, size, "%.1f %s", value / 10.0 + add, unit);
}

static void noise(struct page *p, const char *what, const struct media_probed *q,
		  bool judged)
{
	char plain[24], weighted[24], c[24], hz[64] = "";
	const char *v = grade(-q->psophometric, 600, 500);
	bool hum = q->hum > -600 && q->hum > q->level - 30;

	if (judged && q->tone[0]) {
		hz_of(q, hz, sizeof(hz));
		say(p, what, "", "a tone sounds where silence was expected; set "
		    "measure_digits to what makes the line silent",
		    "not measured, a tone of %s Hz", hz);
		return;
	}
	if (q->level == PROBE_NOTHING) {
		say(p, what, judged ? "good" : "", "", "none");
		return;
	}
	level(plain, sizeof(plain), q->level, 0, "dBm0");
	level(weighted, sizeof(weighted), q->psophometric, 0, "dBm0p");
	level(c, sizeof(c), q->c_message, 90, "dBrnC0");
	say(p, what, judged ? v : "", !judged || is(v, "good") ? "" :
	    "look for bad contacts, damp cable, an earth fault", "%s, %s, %s", plain,
	    weighted, c);
	if (judged && hum)
		say(p, "mains hum", q->hum > -450 ? "poor" : "fair",
		    "the line is not balanced against earth, or lies beside power cable",
		    "%.1f dBm0, %u Hz and harmonics", q->hum / 10.0, q->hum_hz);
}

/* ------------------------------------------------------------------- echo */

static void path_length(struct page *p, const struct media_probed *e)
{
	unsigned has = p->line ? p->line->echo_ms : 0, needs = (e->over + 9u) / 10;
	unsigned ms = needs <= 16 ? 16 : needs <= 32 ? 32 : needs <= 64 ? 64 : 128;

	if (!p->line || needs <= has) {
		say(p, "echo path", "good", "", "strongest at %.1f ms, over at %.1f ms",
		    e->delay / 10.0, e->over / 10.0);
	} else if (needs > 128) {
		say(p, "echo path", "poor", "longer than any canceller here; what "
		    "delays it lies behind the line",
		    "strongest at %.1f ms, over at %.1f ms", e->delay / 10.0, e->over / 10.0);
	} else {
		say(p, "echo path", "poor", has ? "longer than the canceller" :
		    "and nothing cancels it", "strongest at %.1f ms, over at %.1f ms",
		    e->delay / 10.0, e->over / 10.0);
		suggest(p, "echo = { ms = %u; };", ms);
	}
}

/* The best one, -1: none is worth a change. */
static int better_setting(const struct measurement *m)
{
	int best = -1, erl = m->echo.erl + BETTER;

	for (unsigned i = 0; i < m->settings; i++)
		if (m->setting[i].erl >= erl) {
			best = (int)i;
			erl = m->setting[i].erl + 1;
		}
	return best;
}

static void echo(struct page *p)
{
	const struct media_probed *e = &p->m->echo;
	const char *v = grade(e->erl, 160, 100), *advice = "";
	int best = better_setting(p->m);
	char text[120] = "";

	if (!e->echo) {
		say(p, "echo return loss", "good", "", "no echo above the noise, ERL over %.0f dB",
		    e->erl / 10.0);
		return;
	}
	if (best >= 0) {
		snprintf(text, sizeof(text), "card_impedance = %d gives %.1f dB", best,
			 p->m->setting[best].erl / 10.0);
		suggest(p, "card_impedance = %d;", best);
	} else if (e->erl < 60) {
		advice = "less than cancellers are made for (6 dB): lower tx_gain, or "
			 "find what does not match the line";
	} else if (is(v, "poor")) {
		advice = "the hybrid does not match the line; the canceller has to do "
			 "more than usual";
	}
	say(p, "echo return loss", v, *text ? text : advice, "ERL %.1f dB, SRL %.1f low, "
	    "%.1f high", e->erl / 10.0, e->erl_low / 10.0, e->erl_high / 10.0);
	say(p, "return loss, least", grade(e->worst, 100, 60), "", "%.1f dB at %u Hz",
	    e->worst / 10.0, e->worst_hz);
	path_length(p, e);
	for (unsigned i = 0; i < p->m->settings; i++) {
		char what[32];

		snprintf(what, sizeof(what), "impedance %u", i);
		say(p, what, (int)i == best ? "best" : "", "", "ERL %.1f dB, least %.1f dB at %u Hz",
		    p->m->setting[i].erl / 10.0, p->m->setting[i].worst / 10.0,
		    p->m->setting[i].worst_hz);
	}
}

/* What an FXS line needs for more. */
static void phone(struct page *p)
{
	if (p->m->by_phone || p->m->kind != PORT_FXS)
		return;
	say(p, "noise and echo", "", "lift the handset, and measure while it gives dial "
	    "tone", "not measured: on hook, nothing on the line is heard");
}

json_t *measure_show(const char *line, const struct measurement *m,
		     const struct config *conf, const struct config_line *l)
{
	struct page p = { m, conf, l, json_array(), json_array() };
	json_t *j;

	feeding(&p);
	if (m->tone)
		dial_tone(&p);
	if (m->has_idle)
		noise(&p, "noise on hook", &m->idle, false);
	if (m->has_quiet)
		noise(&p, "noise off hook", &m->quiet, true);
	if (m->has_echo)
		echo(&p);
	phone(&p);
	j = json_pack("{s:b,s:o,s:s,s:b,s:o,s:o,s:o}", "ok", 1, "line", show_text(line),
		"kind", port_kind_name(m->kind), "complete", m->complete,
		"why", show_text(m->why), "results", p.results, "config", p.config);
	if (!j)
		return NULL;
	json_object_set_new(j, "on_hook", feed_figures(&m->on_hook));
	json_object_set_new(j, "off_hook", feed_figures(&m->off_hook));
	json_object_set_new(j, "dial_tone", m->tone ? tone_figures(m) : json_null());
	json_object_set_new(j, "digits", show_text(m->digits));
	json_object_set_new(j, "noise_on_hook", m->has_idle ? noise_figures(&m->idle) :
			    json_null());
	json_object_set_new(j, "noise", m->has_quiet ? noise_figures(&m->quiet) :
			    json_null());
	json_object_set_new(j, "echo", m->has_echo ? echo_figures(&m->echo) : json_null());
	json_object_set_new(j, "impedances", setting_figures(m));
	return j;
}
