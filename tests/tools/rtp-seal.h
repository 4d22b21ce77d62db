/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* rtp-seal.h - SRTP for rtp-end: one context each way. */
#ifndef RTP_SEAL_H
#define RTP_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEAL_ROOM 64	/* octets that a packet may grow by */

/* From now on; suite as in SDP (RFC 4568, RFC 7714), key and salt in base64. "off"
 * in the place of the suite: in the clear. */
bool seal_set(const char *suite, const char *send, const char *receive);

/* Their new size; 0: it is not to be sent, or is not what it should be. */
size_t seal(uint8_t *packet, size_t size);
size_t unseal(uint8_t *packet, size_t size);

#endif
