/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * bench-echo - measures echo cancellers on the lines of G.168: our own, speexdsp's
 * and spandsp's. 64 ms, echo return loss 6 dB, mu-law both ways, non-linear
 * processors off, D.2 to D.9 with delays of 0, 10 and 40 ms: 24 cases. Prints a
 * table on standard error and one JSON object on standard output.
 *
 * Echo return loss enhancement (ERLE) is echo against what is left of it over
 * a window: CSS at 0.25 s over 0.20-0.25 s (the rest of the period is silence),
 * at 1 and 5 s over the period of 0.35 s that follows, speech at 1 s over
 * 1-1.5 s, at 10 s over 10-12 s. The canceller adapts all the time.
 *
 * Double talk compares two runs that differ only in the near talker, who speaks
 * as loud as the far one from 6 to 10 s. During: how much worse the estimate of
 * the echo is; mu-law's noise, which follows the louder sum and which nobody
 * can take out, is left aside. After: ERLE, from 0.6 s after he ended, 1 s long.
 */
#include "config.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <fcntl.h>

#include "bare.h"
#include "echo_lab.h"
#include "echo_peers.h"
#include "media/echo_kernel.h"

#define S LAB_RATE
#define LONGEST (12 * S)
#define CSS 2800
#define MS 64

enum figure_id {
	CSS_250MS, CSS_1S, CSS_5S, SPEECH_1S, SPEECH_10S,
	DURING_LOSS, AFTER_LOSS, PATH_CHANGE, AFTER_TONE_LOSS, FIGURES
};

static const struct {
	const char *key, *text;
	bool both;		/* mean and least in the JSON */
} names[FIGURES] = {
	{ "css_250ms", "CSS -10 dBm0, at 0.25 s", true },
	{ "css_1s", "CSS, 1 s", true },
	{ "css_5s", "CSS, 5 s", true },
	{ "speech_1s", "speech -16 dBm0, 1 s", true },
	{ "speech_10s", "speech, 10-12 s", true },
	{ "double_talk_during_loss", "lost in double talk, near = far", false },
	{ "double_talk_after_loss", "lost 0.6 s after it", false },
	{ "path_change_1s", "path change, 1 s after", false },
	{ "tone_loss", "lost by 4 s of 2100 Hz", false },
};

struct result {
	double sum[FIGURES], least[FIGURES], most[FIGURES];
	unsigned count[FIGURES];
	double ns_both, ns_conversation, bare_both, bare_conversation;
	bool done;
};

static int16_t css[LONGEST], speech[LONGEST], other[LONGEST];
static int16_t near[LONGEST], toned[LONGEST];
static int16_t tx[LONGEST], out[LONGEST];
static double echo[LONGEST];

static void note(struct result *r, enum figure_id id, double db)
{
	if (!r->count[id] || db < r->least[id])
		r->least[id] = db;
	if (!r->count[id] || db > r->most[id])
		r->most[id] = db;
	r->sum[id] += db;
	r->count[id]++;
}

/* One of the 24 cases: line k with a delay. */
static int css_case(struct result *f, struct lab_run r, unsigned k, double delay)
{
	static struct lab_path changed;
	const size_t whole = 6 * S / CSS * CSS;
	double before;

	r.far = css;
	r.n = 5 * S + CSS;
	if (lab_go(&r))
		return -1;
	note(f, CSS_250MS, lab_erle(&r, S / 5, 1989));
	note(f, CSS_1S, lab_erle(&r, S, S + CSS));
	note(f, CSS_5S, lab_erle(&r, 5 * S, 5 * S + CSS));
	before = lab_erle(&r, whole - 2 * CSS, whole - CSS);

	lab_path(&changed, (k + 3) % LAB_PATHS, delay, 6);
	r.path2 = &changed;
	r.change = 4 * S;
	if (lab_go(&r))
		return -1;
	note(f, PATH_CHANGE, lab_erle(&r, 5 * S, 5 * S + CSS));

	/* 4 s of CSS, 4 s of tone, CSS again */
	r.path2 = NULL;
	r.far = toned;
	r.n = 9 * S;
	if (lab_go(&r))
		return -1;
	note(f, AFTER_TONE_LOSS, before - lab_erle(&r, 8 * S, 8 * S + CSS));
	return 0;
}

static int speech_case(struct result *f, struct lab_run r)
{
	double during, after;

	r.far = speech;
	r.n = 12 * S;
	if (lab_go(&r))
		return -1;
	note(f, SPEECH_1S, lab_erle(&r, S, S + S / 2));
	note(f, SPEECH_10S, lab_erle(&r, 10 * S, 12 * S));
	during = lab_match(&r, 6 * S, 10 * S);
	after = lab_erle(&r, 10 * S + 4800, 11 * S + 4800);
	r.near = near;
	if (lab_go(&r))
		return -1;
	note(f, DURING_LOSS, during - lab_match(&r, 6 * S, 10 * S));
	note(f, AFTER_LOSS, after - lab_erle(&r, 10 * S + 4800, 11 * S + 4800));
	return 0;
}

/* ------------------------------------------------------------------- speed */

static double cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* What one canceller, or the bare filter, takes for a frame of 20 ms; the best
 * of a few rounds, for others use the machine too. */
static double ns_per_frame(const struct lab_canceller *c, const int16_t *far,
			   const int16_t *talk, size_t n)
{
	static struct lab_path path;
	static struct bare bare;
	static int16_t line[LONGEST];
	double best = 1e12;

	lab_path(&path, 1, 10, 6);
	for (size_t i = 0; i < n; i++) {
		double y = 0;

		tx[i] = lab_mulaw(far[i]);
		for (size_t k = 0; k < path.length && k <= i; k++)
			y += path.tap[k] * tx[i - k];
		line[i] = lab_mulaw(y + talk[i]);
	}
	for (int round = 0; round < 5; round++) {
		void *state = c ? c->make(MS) : NULL;
		double t;

		bare_init(&bare);
		memcpy(out, line, n * sizeof *out);
		t = cpu_ns();
		for (size_t i = 0; i + LAB_FRAME <= n; i += LAB_FRAME) {
			if (c)
				c->run(state, tx + i, out + i, LAB_FRAME);
			else
				bare_run(&bare, tx + i, out + i, LAB_FRAME);
		}
		best = fmin(best, (cpu_ns() - t) / ((double)n / 160));
		if (c)
			c->drop(state);
	}
	return best;
}

/* Turns of 2.4 s with 0.6 s between, now and then both at once. */
static void conversation(int16_t *a, int16_t *b)
{
	memcpy(a, speech, sizeof speech);
	memcpy(b, other, sizeof other);
	for (size_t i = 0; i < LONGEST; i++) {
		unsigned tenth = i / (S / 10) % 60;

		if (tenth >= 26)
			a[i] = 0;
		if (tenth < 25 || tenth >= 54)
			b[i] = 0;
	}
}

static void speed(struct result *f, const struct lab_canceller *c)
{
	static int16_t a[LONGEST], b[LONGEST];

	conversation(a, b);
	f->ns_both = ns_per_frame(c, speech, other, 4 * S);
	f->bare_both = ns_per_frame(NULL, speech, other, 4 * S);
	f->ns_conversation = ns_per_frame(c, a, b, LONGEST);
	f->bare_conversation = ns_per_frame(NULL, a, b, LONGEST);
}

/* ------------------------------------------------------------------ report */

static void measure(struct result *f, const struct lab_canceller *c)
{
	static const double delays[] = { 0, 10, 40 };
	static struct lab_path path;
	struct lab_run r = {
		.canceller = c, .ms = MS, .path = &path, .tx = tx,
		.echo = echo, .out = out,
	};

	for (size_t d = 0; d < 3; d++)
		for (unsigned k = 0; k < LAB_PATHS; k++) {
			lab_path(&path, k, delays[d], 6);
			if (css_case(f, r, k, delays[d]) || speech_case(f, r))
				return;
		}
	speed(f, c);
	f->done = true;
}

/* In a process of its own: a canceller that breaks leaves the rest. */
static void run(struct result *f, const struct lab_canceller *c)
{
	int ends[2], status;
	pid_t pid;

	memset(f, 0, sizeof *f);
	if (!c->make || pipe(ends))
		return;
	fflush(NULL);
	pid = fork();
	if (!pid) {
		measure(f, c);
		_exit(write(ends[1], f, sizeof *f) == sizeof *f ? 0 : 1);
	}
	close(ends[1]);
	if (pid < 0 || read(ends[0], f, sizeof *f) != sizeof *f)
		memset(f, 0, sizeof *f);
	close(ends[0]);
	if (pid > 0)
		waitpid(pid, &status, 0);
}

static double mean(const struct result *f, size_t id)
{
	return f->count[id] ? f->sum[id] / f->count[id] : 0;
}

/* Losses are worst where they are most. */
static double worst(const struct result *f, size_t id)
{
	bool loss = id == DURING_LOSS || id == AFTER_LOSS ||
		id == AFTER_TONE_LOSS;

	return loss ? f->most[id] : f->least[id];
}

static void table(const struct lab_canceller *const *all,
		  const struct result *f, size_t n)
{
	fprintf(stderr, "Echo cancellers, %u ms, ERL 6 dB, mu-law, D.2-D.9 x "
		"0/10/40 ms, dB mean/worst\n%-34s", MS, "");
	for (size_t i = 0; i < n; i++)
		fprintf(stderr, "%15s", all[i]->name);
	for (size_t id = 0; id < FIGURES; id++) {
		fprintf(stderr, "\n%-34s", names[id].text);
		for (size_t i = 0; i < n; i++)
			if (f[i].done)
				fprintf(stderr, "%8.1f/%6.1f", mean(f + i, id),
					worst(f + i, id));
			else
				fprintf(stderr, "%15s", "-");
	}
	fprintf(stderr, "\n%-34s", "us a 20 ms frame, both talk");
	for (size_t i = 0; i < n; i++)
		fprintf(stderr, "%15.1f", f[i].ns_both / 1000);
	fprintf(stderr, "\n%-34s", "  ratio to a bare 512-tap filter");
	for (size_t i = 0; i < n; i++)
		fprintf(stderr, "%15.2f", f[i].done ?
			f[i].ns_both / f[i].bare_both : 0);
	fprintf(stderr, "\n%-34s", "us a frame, conversation");
	for (size_t i = 0; i < n; i++)
		fprintf(stderr, "%15.1f", f[i].ns_conversation / 1000);
	fprintf(stderr, "\n%-34s", "  ratio to a bare 512-tap filter");
	for (size_t i = 0; i < n; i++)
		fprintf(stderr, "%15.2f", f[i].done ?
			f[i].ns_conversation / f[i].bare_conversation : 0);
	fprintf(stderr, "\n(%s loops here)\n", echo_kernel_best()->name);
}

static void json(const struct lab_canceller *const *all, const struct result *f,
		 size_t n)
{
	printf("{");
	for (size_t i = 0; i < n; i++) {
		printf("%s\"%s\":{", i ? "," : "", all[i]->name);
		for (size_t id = 0; f[i].done && id < FIGURES; id++)
			if (names[id].both)
				printf("\"%s_mean\":%.1f,\"%s_min\":%.1f,",
				       names[id].key, mean(f + i, id),
				       names[id].key, worst(f + i, id));
			else
				printf("\"%s\":%.1f,\"%s_worst\":%.1f,",
				       names[id].key, mean(f + i, id),
				       names[id].key, worst(f + i, id));
		if (f[i].done)
			printf("\"ns_per_frame\":%.0f,"
			       "\"ratio_to_bare_filter\":%.2f,"
			       "\"ns_per_frame_conversation\":%.0f,"
			       "\"ratio_to_bare_filter_conversation\":%.2f",
			       f[i].ns_both, f[i].ns_both / f[i].bare_both,
			       f[i].ns_conversation, f[i].ns_conversation /
			       f[i].bare_conversation);
		printf("}");
	}
	printf("}\n");
}

int main(void)
{
	static const struct lab_canceller *const all[] = {
		&lab_builtin, &lab_speexdsp, &lab_spandsp,
	};
	enum { COUNT = sizeof all / sizeof all[0] };
	static struct result f[COUNT];

	lab_css(css, LONGEST, -10);
	if (!lab_speech(speech, LONGEST, -16, 0) ||
	    !lab_speech(other, LONGEST, -16, 1)) {
		fprintf(stderr, "bench-echo: %s; noise in syllables instead\n",
			lab_speech_missing);
		lab_babble(speech, LONGEST, -16, 1);
		lab_babble(other, LONGEST, -16, 2);
	}
	memcpy(near + 6 * S, other, 4 * S * sizeof *near);
	memcpy(toned, css, 4 * S * sizeof *toned);
	lab_tone(toned + 4 * S, 4 * S, -10, 2100, 0);
	memcpy(toned + 8 * S, css, 4 * S * sizeof *toned);
	for (size_t i = 0; i < COUNT; i++)
		run(&f[i], all[i]);
	table(all, f, COUNT);
	json(all, f, COUNT);
	return f[0].done ? 0 : 1;
}
