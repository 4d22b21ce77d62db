/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * dahdi.h - the driver for telephony cards under the DAHDI kernel driver. A
 * port's address is its channel number: "dahdi/1".
 *
 * One descriptor carries a channel's audio and its events. While an event is
 * pending the kernel refuses read and write (ELAST, 500): poll tells POLLPRI,
 * next_event takes it, audio goes on.
 *
 *   open.c   from a channel number to an open port, and why not, in words
 *   state.c  what the card says of a port: kind, law, hook, battery, alarms
 *   control.c hook, ring, flash, pulses, polarity, lamps
 *   card.c   what only some cards do: gains, impedance, lamps, reversal, voltages
 *   event.c  the kernel's events in the contract's terms
 *   audio.c  blocks in and out
 *   scan.c   which channels there are
 *   span.c   the D channel of a primary rate span: "dahdi/span/1"
 */
#ifndef DRIVERS_DAHDI_DAHDI_H
#define DRIVERS_DAHDI_DAHDI_H

#include "tipring/driver.h"

extern const struct line_driver dahdi_driver;
extern const struct dchannel_ops dahdi_dchannel;

#endif
