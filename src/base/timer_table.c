/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "tipring/timers.h"

const struct timer_info timer_table[TIMER_COUNT] = {
#define TIMER(id, text, in, standard, low, high, meaning)                   \
	[TIMER_##id] = { .name = text, .unit = in, .what = meaning,         \
			 .def = standard, .least = low, .most = high },
	TIMER_TABLE(TIMER)
#undef TIMER
};
