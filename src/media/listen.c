/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "media/listen.h"

#include <errno.h>
#include <string.h>

int listen_init(struct listen *l, const struct media_port_conf *c)
{
	memset(l, 0, sizeof(*l));
	digits_init(&l->digits);
	l->progress = progress_new(c ? c->plan : NULL,
				   c ? c->tone_threshold : 0);
	if (!l->progress)
		return -ENOMEM;
	if (!c)
		return 0;
	l->callerid = callerid_new(c->callerid);
	return l->callerid ? 0 : -ENOMEM;
}

void listen_fini(struct listen *l)
{
	progress_free(l->progress);
	callerid_free(l->callerid);
}

static void hear_faint(struct listen *l, unsigned what)
{
	digits_faint(&l->digits, what & DETECT_CALLERID &&
		     callerid_takes_digits(l->callerid));
}

void listen_conf(struct listen *l, const struct media_port_conf *c)
{
	progress_conf(l->progress, c->plan, c->tone_threshold);
	if (l->callerid)
		callerid_conf(l->callerid, c->callerid);
	hear_faint(l, l->what);
}

void listen_for(struct listen *l, unsigned what)
{
	unsigned more = what & ~l->what;

	if (more & (DETECT_DIGITS | DETECT_CALLERID) && !l->digits_wanted)
		digits_reset(&l->digits);
	hear_faint(l, what);
	if (what & DETECT_TONES)
		progress_reset(l->progress);
	if (what & DETECT_CALLERID)
		callerid_reset(l->callerid);
	if (what & DETECT_FAX)
		fax_reset(&l->fax);
	l->what = what;
}

static void tell_party(enum callerid_news news, struct media_event *ev,
		       listen_fn *emit, void *arg)
{
	if (news == CALLERID_NOTHING)
		return;
	ev->type = news == CALLERID_COMPLETE ? MEDIA_CALLERID
					     : MEDIA_CALLERID_BAD;
	emit(arg, ev);
}

static void callerid(struct listen *l, const int16_t *s, size_t n,
		     uint64_t sample, listen_fn *emit, void *arg)
{
	struct media_event ev = { .sample = sample };
	const struct digits *d = &l->digits;

	if (!callerid_takes_digits(l->callerid)) {
		tell_party(callerid_run(l->callerid, s, n, &ev.party), &ev,
			   emit, arg);
		return;
	}
	for (unsigned i = 0; i < d->changes; i++)
		if (d->change[i].began)
			tell_party(callerid_digit(l->callerid,
						  d->change[i].digit,
						  &ev.party), &ev, emit, arg);
	tell_party(callerid_run(l->callerid, s, n, &ev.party), &ev, emit, arg);
}

static void fax(struct listen *l, const int16_t *s, uint64_t sample,
		listen_fn *emit, void *arg)
{
	int tone = fax_run(&l->fax, s);
	struct media_event ev;

	if (!tone)
		return;
	ev = (struct media_event) { .type = MEDIA_FAX, .sample = sample,
				    .value = tone };
	emit(arg, &ev);
}

void listen_run(struct listen *l, const int16_t *s, size_t n, uint64_t sample,
		listen_fn *emit, void *arg)
{
	l->digits.changes = 0;
	if (l->digits_wanted || l->what & DETECT_DIGITS ||
	    (l->what & DETECT_CALLERID && callerid_takes_digits(l->callerid)))
		digits_run(&l->digits, s, n);
	if (l->what & DETECT_CALLERID)
		callerid(l, s, n, sample, emit, arg);
	if (l->what & DETECT_TONES)
		progress_run(l->progress, s, n, sample, emit, arg);
	if (l->what & DETECT_FAX && n == 80)
		fax(l, s, sample, emit, arg);
}
