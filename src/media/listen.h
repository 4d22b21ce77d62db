/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * listen.h - everything that may be looked for in an end's audio; each costs
 * time only while it is asked for. All memory is taken at init.
 */
#ifndef MEDIA_LISTEN_H
#define MEDIA_LISTEN_H

#include "media/callerid.h"
#include "media/digits.h"
#include "media/fax.h"
#include "media/progress.h"
#include "tipring/media.h"

struct listen {
	unsigned what;			/* enum media_detect */
	bool digits_wanted;		/* by a relay, whatever `what` says */
	struct digits digits;
	struct progress *progress;
	struct callerid *callerid;	/* lines only */
	struct fax fax;
};

/* conf NULL: no line; then no caller ID and no plan of tones. -ENOMEM. */
int listen_init(struct listen *, const struct media_port_conf *);
void listen_fini(struct listen *);
void listen_conf(struct listen *, const struct media_port_conf *);

/* Anew: what was heard so far is forgotten. */
void listen_for(struct listen *, unsigned what);

static inline bool listen_any(const struct listen *l)
{
	return l->what || l->digits_wanted;
}

/* n at most 80 samples, the last of which is number `sample` of the end's
 * clock. Facts go to emit(). Digits are left in ->digits.change. */
typedef void listen_fn(void *arg, const struct media_event *);
void listen_run(struct listen *, const int16_t *, size_t n, uint64_t sample,
		listen_fn *emit, void *arg);

#endif
