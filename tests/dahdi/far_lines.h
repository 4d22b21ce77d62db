/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * far_lines.h - the far ends of DAHDI lines, as cheap as can be: no tone, no
 * detector, no sound but the streams of stream.h. Lines 1 to `phones` are
 * telephones (on the gateway's FXS ports), the rest are extensions of a PBX (on
 * its FXO ports).
 */
#ifndef DAHDI_FAR_LINES_H
#define DAHDI_FAR_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "media/callerid.h"
#include "tipring/driver.h"

#define LINES_MOST 64
#define BLOCK_MOST FRAME_MAX
#define FAR_CALLER "5551234567"
#define FAR_WHOLE_US 28000	/* a block, and what the driver keeps ahead of the
				   card less a tick of the kernel, 4 ms */

struct far_line {
	struct line_port *port, *bare;	/* bare: the gateway's end, when it is ours */
	bool off_hook;		/* we are, or the gateway is */
	uint64_t on_hook_us;	/* when the gateway's hang-up was seen; 0: not */
	struct callerid_sender *sender;	/* an extension whose caller ID is due */
	bool telling;		/* it is being sent */
	uint64_t told_us;	/* its last sample was given away; 0: not yet */
	uint64_t read_us, gap_us;	/* the last block; most between two of them
					   while caller ID was sent */
	uint32_t said;		/* octets of the stream given away */
	uint8_t *heard;		/* NULL: not kept */
	uint32_t n;
};

struct far_lines {
	struct far_line line[LINES_MOST];
	unsigned n, phones;
	uint32_t room;		/* octets of each heard */
	bool keep;
	int epoll_fd;
};

uint64_t us_now(void);
/* The gateway's channel of a line; the far end's. channels: of each span. */
unsigned near_channel(const struct far_lines *, unsigned line, unsigned channels);

/* 0 or -1, the reason told. bare: opens the gateway's ends, too, which give back
 * what they get. */
int far_lines_open(struct far_lines *, unsigned n, unsigned phones,
		   unsigned channels, bool bare);
void far_lines_close(struct far_lines *);
/* Waits for ms at most and serves what is there. */
void far_lines_serve(struct far_lines *, int ms);
void far_lines_keep(struct far_lines *, bool on);	/* from the beginning */

int far_lift(struct far_lines *, unsigned line, bool off);	/* a telephone */
int far_ring(struct far_lines *, unsigned line, bool on);	/* an extension */
/* ... with caller ID of FAR_CALLER after the first burst; told_us says when it was
 * complete. One that FAR_WHOLE_US < gap_us has a hole, made here. */
int far_ring_from(struct far_lines *, unsigned line);
int far_break(struct far_lines *, unsigned line);		/* hangs up */

#endif
