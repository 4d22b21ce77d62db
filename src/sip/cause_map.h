/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * cause_map.h - SIP status codes and Q.850 causes: RFC 3398 sections 7.2.4.1
 * and 8.2.6.1, and the Reason header of RFC 3326 and 6432. Pure.
 */
#ifndef SIP_CAUSE_MAP_H
#define SIP_CAUSE_MAP_H

#include <stddef.h>

#include "tipring/cause.h"

/* The cause that a final response other than 2xx stands for. */
enum cause cause_of_status(int status);

/* Likewise, of a response with a Warning header of that code (RFC 3261 section
 * 20.43): 488 and 606 tell there what they mean. Other than 300 to 399: none. */
enum cause cause_of_warning(int status, int warning);

/* The final response that refuses an INVITE because of cause. Always 4xx to
 * 6xx. */
int status_of_cause(enum cause);

/* Standard phrase of a status, "" when unknown. */
const char *status_phrase(int status);

/* The value of a Reason header; text "": the cause's own words. */
int reason_write(char *buf, size_t size, enum cause, const char *text);

/* The Q.850 cause in one Reason value ("Q.850;cause=17;text=..."), CAUSE_NONE
 * when it has none. */
enum cause reason_cause(const char *value);

#endif
