/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * measure.h - what was measured of a line, in figures and in words.
 */
#ifndef OPS_MEASURE_H
#define OPS_MEASURE_H

#include <jansson.h>

#include "config/config.h"
#include "core/measure.h"

/* The reply of "measure". conf: of the line, NULL where it is gone. */
json_t *measure_show(const char *line, const struct measurement *,
		     const struct config *, const struct config_line *conf);

#endif
