/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "sip/attackers.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SETS 64
#define WAYS 8		/* 512 sources, 0.6 MB when all are in use */

/* A set is made when its first source comes. */
struct attackers {
	struct attacker *set[SETS];
};

struct attackers *attackers_new(void)
{
	return calloc(1, sizeof(struct attackers));
}

void attackers_free(struct attackers *t)
{
	if (!t)
		return;
	for (unsigned i = 0; i < SETS; i++)
		free(t->set[i]);
	free(t);
}

static unsigned set_of(const struct sockaddr *a)
{
	const uint8_t *at = (const void *)&((const struct sockaddr_in *)a)->sin_addr;
	size_t n = 4;
	uint32_t hash = 2166136261u;

	if (a->sa_family == AF_INET6) {
		at = (const void *)&((const struct sockaddr_in6 *)a)->sin6_addr;
		n = 16;
	}
	for (size_t i = 0; i < n; i++)
		hash = (hash ^ at[i]) * 16777619u;
	return (hash ^ hash >> 16) % SETS;
}

struct attacker *attackers_find(struct attackers *t, const struct sockaddr *a)
{
	struct attacker *set = t->set[set_of(a)];

	for (unsigned i = 0; set && i < WAYS; i++)
		if (set[i].source.ss_family &&
		    access_same_host((const struct sockaddr *)&set[i].source, a))
			return &set[i];
	return NULL;
}

/* Its own, else a free one, else the one that was silent longest. */
static struct attacker *find(struct attackers *t, const struct sockaddr *a)
{
	struct attacker **set = &t->set[set_of(a)], *oldest = NULL;

	if (!*set)
		*set = calloc(WAYS, sizeof(**set));
	if (!*set)
		return NULL;
	oldest = attackers_find(t, a);
	if (oldest)
		return oldest;
	for (struct attacker *x = *set; x < *set + WAYS; x++)
		if (!oldest || x->last < oldest->last)
			oldest = x;
	memset(oldest, 0, sizeof(*oldest));
	memcpy(&oldest->source, a, address_size(a));
	return oldest;
}

/* Once each, the first that came. */
static void add_word(char *words, size_t count, size_t size, const char *word)
{
	for (size_t i = 0; i < count && word[0]; i++, words += size) {
		if (!words[0])
			snprintf(words, size, "%s", word);
		if (!strncmp(words, word, size - 1))
			return;
	}
}

struct attacker *attackers_count(struct attackers *t, const struct sockaddr *from,
				 const struct glance *g, uint64_t now_ms)
{
	struct attacker *x = find(t, from);
	unsigned last;

	if (!x)
		return NULL;
	if (!x->requests)
		x->first = now_ms;
	x->last = now_ms;
	x->requests++;
	add_word(x->methods[0], ATTACKER_METHODS, sizeof(x->methods[0]), g->method);
	add_word(x->agents[0], ATTACKER_AGENTS, sizeof(x->agents[0]), g->agent);
	last = (x->called_next + ATTACKER_CALLED - 1u) % ATTACKER_CALLED;
	if (!strcmp(g->method, "INVITE") && g->called[0] &&
	    strcmp(x->called[last], g->called)) {
		memcpy(x->called[x->called_next], g->called, sizeof(g->called));
		x->called_next = (x->called_next + 1u) % ATTACKER_CALLED;
	}
	return x;
}

static int later_first(const void *a, const void *b)
{
	const struct attacker *x = *(struct attacker *const *)a;
	const struct attacker *y = *(struct attacker *const *)b;

	return x->last < y->last ? 1 : x->last > y->last ? -1 : 0;
}

void attackers_each(struct attackers *t, void (*fn)(void *, const struct attacker *),
		    void *arg)
{
	const struct attacker *all[SETS * WAYS];
	size_t n = 0;

	for (unsigned i = 0; i < SETS; i++)
		for (unsigned k = 0; t->set[i] && k < WAYS; k++)
			if (t->set[i][k].requests)
				all[n++] = &t->set[i][k];
	qsort(all, n, sizeof(*all), later_first);
	for (size_t i = 0; i < n; i++)
		fn(arg, all[i]);
}
