/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#define _GNU_SOURCE	/* explicit_bzero */
/*
 * The branches of a forked call: each answers our offer for itself, under a To
 * tag of its own. What came last is heard while it rings; the branch that takes
 * the call has its own answer, which may have come long before its 200.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sip/leg.h"

#define FORKS_MOST 16	/* of one call; more are served without memory */

static const char *tag_of(const sip_t *sip)
{
	return sip && sip->sip_to && sip->sip_to->a_tag ? sip->sip_to->a_tag : "";
}

static struct fork *find(struct trunk_leg *t, const char *tag)
{
	for (struct fork *f = t->forks; f; f = f->next)
		if (!strcmp(f->tag, tag))
			return f;
	return NULL;
}

/* With keys in it. */
static void drop(struct fork *f)
{
	explicit_bzero(f, sizeof(*f));
	free(f);
}

static void keep(struct trunk_leg *t, const char *tag)
{
	struct fork *f = find(t, tag);
	unsigned n = 0;

	for (const struct fork *k = t->forks; k; k = k->next)
		n++;
	if (!f && n < FORKS_MOST && strlen(tag) < sizeof(f->tag)) {
		f = calloc(1, sizeof(*f));
		if (!f)
			return;
		snprintf(f->tag, sizeof(f->tag), "%s", tag);
		f->next = t->forks;
		t->forks = f;
	}
	if (!f)
		return;
	f->remote = t->remote;
	f->choice = t->choice;
}

static void use(struct trunk_leg *t, const struct fork *f)
{
	t->remote = f->remote;
	t->choice = f->choice;
	t->exchange = EXCHANGE_DONE;
	snprintf(t->fork_tag, sizeof(t->fork_tag), "%s", f->tag);
}

int fork_answer(struct trunk_leg *t, const sip_t *sip, char *why, size_t size)
{
	const char *tag = tag_of(sip), *body;
	enum exchange before = t->exchange;
	int err, n = session_body(sip, &body);

	if (n <= 0)
		return n ? n : -ENODATA;
	t->exchange = EXCHANGE_OFFERED;
	err = session_take(t, sip, why, size);
	if (err) {
		t->exchange = before;
		return err;
	}
	snprintf(t->fork_tag, sizeof(t->fork_tag), "%s", tag);
	keep(t, tag);
	return 0;
}

int fork_accepted(struct trunk_leg *t, const sip_t *sip, char *why, size_t size)
{
	const struct fork *f;
	int err = fork_answer(t, sip, why, size);

	if (err != -ENODATA)
		return err;
	f = find(t, tag_of(sip));
	if (f)
		use(t, f);
	return f ? 0 : err;
}

bool fork_gone(struct trunk_leg *t, const sip_t *sip)
{
	const char *tag = tag_of(sip);

	for (struct fork **at = &t->forks; *at; at = &(*at)->next) {
		struct fork *f = *at;

		if (strcmp(f->tag, tag))
			continue;
		*at = f->next;
		drop(f);
		break;
	}
	if (strcmp(t->fork_tag, tag))
		return false;
	t->fork_tag[0] = '\0';
	t->exchange = EXCHANGE_OFFERED;
	if (!t->forks)
		return false;
	use(t, t->forks);
	return true;
}

void fork_forget(struct trunk_leg *t)
{
	while (t->forks) {
		struct fork *f = t->forks;

		t->forks = f->next;
		drop(f);
	}
}
