/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * table.h - the drivers that this build has.
 */
#ifndef DRIVERS_TABLE_H
#define DRIVERS_TABLE_H

#include "tipring/driver.h"

/* Ends with NULL. */
extern const struct line_driver *const line_drivers[];

/* The driver of a port's name ("sim/1") and the address behind the slash;
 * NULL: no such driver. address may be NULL. */
const struct line_driver *line_driver_find(const char *port, const char **address);

#endif
