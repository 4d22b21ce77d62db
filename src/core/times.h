/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * times.h - the configured times in ms.
 */
#ifndef CORE_TIMES_H
#define CORE_TIMES_H

#include "config/config.h"

static inline uint64_t times_ms(const struct config *conf, enum timer_id id)
{
	return (uint64_t)conf->timers[id] *
	       (timer_table[id].unit[0] == 's' ? 1000 : 1);
}

#endif
