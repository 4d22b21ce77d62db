/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * diversion.h - who sent a call on, and why: Diversion (RFC 5806) and
 * History-Info (RFC 7044, with the causes of RFC 4458). Pure.
 */
#ifndef SIP_DIVERSION_H
#define SIP_DIVERSION_H

#include <stddef.h>

#include "config/config.h"
#include "tipring/leg.h"

/* From the headers of an INVITE; either may be NULL. Whoever sent it on last
 * counts. The party has no number when nobody did. */
void diversion_read(struct party *, enum diversion_reason *,
		    const char *diversion, const char *history);

/* The header with its name, "" when nobody sent the call on or it is not to be
 * told. Number and called are as the provider wants them. */
void diversion_write(char *buf, size_t size, enum trunk_diversion how,
		     const struct leg_offer *, const char *number,
		     const char *called, const char *domain);

#endif
