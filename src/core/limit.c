/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "core/limit.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>

void limit_configure(struct limit *l, const struct config_limit *conf)
{
	l->max = conf->max;
	l->max_in = conf->max_in;
	l->max_out = conf->max_out;
}

static bool below(int count, int max)
{
	return max < 0 || count < max;
}

static bool has_rate(const struct limit *l)
{
	return !l->max_kbit || l->kbit + l->call_kbit <= l->max_kbit;
}

bool limit_has_circuit(const struct limit *l)
{
	return below(l->in + l->out, l->max) && has_rate(l);
}

bool limit_allows(const struct limit *l, bool in)
{
	return limit_has_circuit(l) &&
	       (in ? below(l->in, l->max_in) : below(l->out, l->max_out));
}

unsigned limit_take(struct limit *l, bool in)
{
	l->kbit += l->call_kbit;
	if (in)
		l->in++;
	else
		l->out++;
	return l->call_kbit;
}

void limit_give(struct limit *l, bool in, unsigned kbit)
{
	assert((in ? l->in : l->out) > 0 && l->kbit >= kbit);
	l->kbit -= kbit;
	if (in)
		l->in--;
	else
		l->out--;
}

int limit_set(struct limit *l, char direction, int max)
{
	if (max < -1)
		return -EINVAL;
	switch (direction) {
	case 0:
		l->max = max;
		return 0;
	case 'i':
		l->max_in = max;
		return 0;
	case 'o':
		l->max_out = max;
		return 0;
	}
	return -EINVAL;
}

void limit_words(const struct limit *l, bool in, char *text, size_t size)
{
	if (!has_rate(l))
		snprintf(text, size, "%u of %u kbit/s, a call needs %u", l->kbit,
			 l->max_kbit, l->call_kbit);
	else if (!limit_has_circuit(l))
		snprintf(text, size, "%d of %d calls", l->in + l->out, l->max);
	else
		snprintf(text, size, "%d of %d calls %s", in ? l->in : l->out,
			 in ? l->max_in : l->max_out, in ? "in" : "out");
}
