/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#define _GNU_SOURCE
#include "pbx/speech.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pbx/wav.h"

#define LONGEST (16u << 20)	/* octets of its output */
#define SPEECH_RMS 3620		/* -16 dBm0 */
#define HALF 24			/* zero crossings of the resampler, each side */

extern char **environ;

struct speech {
	struct loop *loop;
	struct loop_watch *watch;
	struct speech **owner;
	speech_fn *fn;
	void *arg;
	pid_t pid;
	int fd;
	uint8_t *data;
	size_t size, room;
};

static double sinc(double x)
{
	return fabs(x) < 1e-9 ? 1 : sin(M_PI * x) / (M_PI * x);
}

/* Windowed sinc; only ever from a higher rate. */
static int16_t *resample(const int16_t *in, size_t n, unsigned rate, size_t *count)
{
	double step = rate / 8000.0, cut = step > 1 ? 0.95 / step : 1;
	double reach = HALF / cut;
	int16_t *out;

	*count = (size_t)(n / step);
	out = malloc((*count + 1) * sizeof(*out));
	for (size_t k = 0; out && k < *count; k++) {
		double at = k * step, sum = 0;
		long from = (long)ceil(at - reach), to = (long)floor(at + reach);

		for (long i = from < 0 ? 0 : from; i <= to && i < (long)n; i++) {
			double d = at - i;

			sum += in[i] * cut * sinc(cut * d) *
			       (0.5 + 0.5 * cos(M_PI * d / reach));
		}
		out[k] = (int16_t)fmax(-32768, fmin(32767, sum));
	}
	return out;
}

/* To the level of SPEECH_RMS, of what is not pause. */
static void level(int16_t *x, size_t n)
{
	double sum = 0, gain, peak = 1;
	size_t active = 0;

	for (size_t i = 0; i < n; i++) {
		if (abs(x[i]) > peak)
			peak = abs(x[i]);
		if (abs(x[i]) > 200) {
			sum += (double)x[i] * x[i];
			active++;
		}
	}
	if (!active)
		return;
	gain = fmin(SPEECH_RMS / sqrt(sum / active), 32000 / peak);
	for (size_t i = 0; i < n; i++)
		x[i] = (int16_t)lrint(x[i] * gain);
}

static void finish(struct speech *s, const char *why)
{
	char reason[160];
	int16_t *raw = NULL, *out = NULL;
	size_t n, count = 0;
	unsigned rate;
	speech_fn *fn = s->fn;
	void *arg = s->arg;

	if (!why && wav_parse(s->data, s->size, &raw, &n, &rate, reason, sizeof(reason)))
		why = s->size ? reason : "espeak-ng said nothing";
	if (!why) {
		out = resample(raw, n, rate ? rate : 8000, &count);
		if (out)
			level(out, count);
		else
			why = "no memory";
	}
	free(raw);
	speech_cancel(s);
	fn(arg, out, count, why);
}

static void readable(void *arg, int fd, short revents)
{
	struct speech *s = arg;
	ssize_t n;

	if (s->size == s->room) {
		uint8_t *more = s->room < LONGEST ? realloc(s->data, s->room * 2) : NULL;

		if (!more) {
			finish(s, "that is too long to say");
			return;
		}
		s->data = more;
		s->room *= 2;
	}
	n = read(fd, s->data + s->size, s->room - s->size);
	if (n > 0)
		s->size += (size_t)n;
	else if (n == 0)
		finish(s, NULL);
	else if (errno != EINTR && errno != EAGAIN)
		finish(s, strerror(errno));
}

static int start(struct speech *s, const char *text)
{
	char *argv[] = { "espeak-ng", "--stdout", "--", (char *)text, NULL };
	posix_spawn_file_actions_t files;
	int pipes[2], err;

	if (pipe2(pipes, O_CLOEXEC))
		return -errno;
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, pipes[1], 1);
	posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
	err = -posix_spawnp(&s->pid, argv[0], &files, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&files);
	close(pipes[1]);
	s->fd = pipes[0];
	if (err)
		s->pid = 0;
	return err;
}

int speech_start(struct loop *loop, struct speech **owner, const char *text,
		 speech_fn *fn, void *arg)
{
	struct speech *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return -ENOMEM;
	*s = (struct speech){ .loop = loop, .owner = owner, .fn = fn, .arg = arg,
			      .fd = -1, .room = 65536 };
	*owner = s;
	s->data = malloc(s->room);
	err = s->data ? start(s, text) : -ENOMEM;
	if (!err) {
		s->watch = loop_watch(loop, s->fd, POLLIN, readable, s);
		err = s->watch ? 0 : -errno;
	}
	if (err)
		speech_cancel(s);
	return err;
}

void speech_cancel(struct speech *s)
{
	if (!s)
		return;
	*s->owner = NULL;
	loop_unwatch(s->loop, s->watch);
	if (s->fd >= 0)
		close(s->fd);
	if (s->pid) {
		/* It has ended, or ends on a pipe that nobody reads. */
		kill(s->pid, SIGTERM);
		waitpid(s->pid, NULL, 0);
	}
	free(s->data);
	free(s);
}
