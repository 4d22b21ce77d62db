/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * floor.h - what any gateway pays: a process that reads each line's audio, sends
 * it as RTP, takes what comes back and writes it to the line, with one system
 * call for each and nothing else.
 */
#ifndef DAHDI_FLOOR_H
#define DAHDI_FLOOR_H

#include <stdint.h>

#include "far_lines.h"

/* CPU of that process in us in each second of one line, over so many seconds;
 * serve() is called all the time and serves the far ends and what answers RTP
 * on 127.0.0.1:port. What the far ends hear meanwhile is kept. -1: the reason was
 * told. */
double floor_us(struct far_lines *, unsigned channels, uint16_t port,
		double seconds, void (*serve)(double seconds));

#endif
