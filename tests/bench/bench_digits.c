/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * bench-digits - what listening for DTMF costs, ns per 20 ms of a line that
 * talks, of one that is silent, and of one that dials all the time: ours, and
 * spandsp's receiver in turns with it. Prints the medians as JSON.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <spandsp.h>

#include "echo_lab.h"
#include "media/dialler.h"
#include "media/digits.h"
#include "media/law.h"
#include "media/osc.h"

#define SECONDS 60
#define SAMPLES (SECONDS * LAB_RATE)
#define RUNS 9

enum { TALK, SILENCE, DIALLING, KINDS };
static const char *const kinds[KINDS] = { "talk", "silence", "dialling" };
static int16_t pcm[KINDS][SAMPLES];

static void make(void)
{
	struct dialler d = { 0 };

	if (!lab_speech(pcm[TALK], SAMPLES, -16, 0)) {
		fprintf(stderr, "bench-digits: speech is made of noise: %s\n",
			lab_speech_missing);
		lab_babble(pcm[TALK], SAMPLES, -16, 1);
	}
	lab_noise(pcm[SILENCE], SAMPLES, -65, 2);
	for (size_t at = 0; at < SAMPLES; at += LAB_FRAME) {
		if (!dialler_busy(&d))
			dialler_add_string(&d, "0123456789*#", 70, 70);
		dialler_run(&d, pcm[DIALLING] + at, LAB_FRAME);
	}
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double ours(const int16_t *s)
{
	static struct digits d;
	double from;

	digits_init(&d);
	from = now();
	for (size_t at = 0; at < SAMPLES; at += LAB_FRAME)
		digits_run(&d, s + at, LAB_FRAME);
	return (now() - from) / (SAMPLES / 160.0);
}

static double library(const int16_t *s)
{
	dtmf_rx_state_t *d = dtmf_rx_init(NULL, NULL, NULL);
	double from, ns;

	if (!d) {
		fprintf(stderr, "bench-digits: out of memory\n");
		exit(1);
	}
	from = now();
	for (size_t at = 0; at < SAMPLES; at += LAB_FRAME)
		dtmf_rx(d, s + at, LAB_FRAME);
	ns = (now() - from) / (SAMPLES / 160.0);
	dtmf_rx_free(d);
	return ns;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void print(const char *name, double ns[KINDS][RUNS])
{
	printf("\"%s\": {", name);
	for (int k = 0; k < KINDS; k++) {
		qsort(ns[k], RUNS, sizeof(**ns), by_size);
		printf("%s\"%s_ns\": %.0f", k ? ", " : "", kinds[k],
		       ns[k][RUNS / 2]);
	}
	printf("}");
}

int main(void)
{
	static double own[KINDS][RUNS], other[KINDS][RUNS];

	osc_init();
	law_init();
	make();
	for (int run = 0; run < RUNS; run++)
		for (int k = 0; k < KINDS; k++) {
			own[k][run] = ours(pcm[k]);
			other[k][run] = library(pcm[k]);
		}
	printf("{");
	print("builtin", own);
	printf(", ");
	print("spandsp", other);
	printf("}\n");
	return 0;
}
