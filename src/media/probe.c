/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "media/probe.h"

#include <stdlib.h>
#include <string.h>

#include "media/osc.h"

/* One that is not judged, then those that are. */
#define PERIODS 4
#define PERIODS_SHORT 2

struct probe *probe_new(enum media_probe what)
{
	struct probe *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->what = what;
	p->samples = what == PROBE_LISTEN ? PROBE_LISTENS :
		(what == PROBE_ECHO ? PERIODS : PERIODS_SHORT) * PROBE_PERIOD;
	p->heard = calloc(p->samples, sizeof(*p->heard));
	if (what != PROBE_LISTEN) {
		p->sent = calloc(p->samples, sizeof(*p->sent));
		p->signal = calloc(PROBE_PERIOD, sizeof(*p->signal));
	}
	if (!p->heard || (what != PROBE_LISTEN && (!p->sent || !p->signal))) {
		probe_free(p);
		return NULL;
	}
	if (p->signal)
		probe_signal(p->signal);
	return p;
}

void probe_free(struct probe *p)
{
	if (!p)
		return;
	free(p->signal);
	free(p->sent);
	free(p->heard);
	free(p);
}

void probe_stop(struct probe *p)
{
	p->stopped = true;
}

bool probe_stopped(const struct probe *p)
{
	return p->stopped;
}

void probe_hear(struct probe *p, const int16_t *sent, const int16_t *heard, size_t n)
{
	if (n > p->samples - p->at)
		n = p->samples - p->at;
	memcpy(p->heard + p->at, heard, n * sizeof(*heard));
	if (p->sent)
		memcpy(p->sent + p->at, sent, n * sizeof(*sent));
	p->at += n;
}

bool probe_sound(struct probe *p, int16_t *to, size_t n)
{
	if (p->at == p->samples)
		return false;
	for (size_t i = 0; i < n; i++)
		to[i] = p->signal ?
			osc_clip(p->signal[p->sent_at++ % PROBE_PERIOD]) : 0;
	return true;
}

void probe_analyse(const struct probe *p, struct media_probed *to)
{
	memset(to, 0, sizeof(*to));
	to->what = p->what;
	if (p->what == PROBE_LISTEN)
		probe_listen(p->heard, p->samples, to);
	else
		probe_echo(p->sent, p->heard, (unsigned)(p->samples / PROBE_PERIOD), to);
}
