/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * callerid_japan.h - the fields of NTT's caller ID, beneath callerid.h.
 */
#ifndef MEDIA_CALLERID_JAPAN_H
#define MEDIA_CALLERID_JAPAN_H

#include <stddef.h>
#include <stdint.h>

#include <spandsp.h>

#include "tipring/party.h"

/* The message's octets without its frame; `to` has room for 128. */
size_t callerid_japan_build(adsi_tx_state_t *, uint8_t *to, const struct party *);

/* One that came, its CRC was right. -1: its fields cannot be read. */
int callerid_japan_parse(adsi_rx_state_t *, struct party *, const uint8_t *message,
			 int len);

#endif
