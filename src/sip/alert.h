/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * alert.h - Alert-Info (RFC 3261 section 20.4, RFC 7462): how a call asks to be
 * rung, as a cadence's name. Nothing is ever fetched.
 *
 *   <http://127.0.0.1/Bellcore-dr2>, Bellcore-dr2    bellcore-dr2
 *   <x>;info=alert-external, info=alert-external     external
 *   <urn:alert:source:internal>                      internal
 *   <urn:alert:priority:high>                        priority-high
 */
#ifndef SIP_ALERT_H
#define SIP_ALERT_H

#include "tipring/leg.h"

/* From the header's values; the first that says anything. "": none does. NULL:
 * there is no such header. */
void alert_read(char name[ALERT_NAME_SIZE], const char *header);

#endif
