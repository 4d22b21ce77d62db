/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * sim.h - the simulated line: two processes, one wire.
 *
 * sim_driver is the near end, the gateway's "card". sim_far_driver is the far
 * end, tipring-pbx's: it makes the socket of a line in the directory, gives the
 * clock, and models what hangs on the wire. Both keep the same contract.
 */
#ifndef DRIVERS_SIM_SIM_H
#define DRIVERS_SIM_SIM_H

#include "tipring/driver.h"

extern const struct line_driver sim_driver;
extern const struct line_driver sim_far_driver;

#endif
