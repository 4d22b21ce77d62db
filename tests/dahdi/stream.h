/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * stream.h - what a line says and how much of it comes back: octets that no
 * other line and no other moment says, so that what was heard tells by itself
 * whose it is and how old.
 */
#ifndef DAHDI_STREAM_H
#define DAHDI_STREAM_H

#include <stddef.h>
#include <stdint.h>

/* The octet at that place of a line's stream: mu-law noise that comes and
 * goes as speech does, of about -24 dBm0 and below -50 in the pauses. */
uint8_t stream_octet(unsigned line, uint32_t at);

struct stream_report {
	uint32_t heard;		/* octets listened to */
	uint32_t own;		/* of them, of the own stream and in its order */
	uint32_t strange;	/* of the neighbour's stream */
	uint32_t jumps;		/* places where the delay changed */
	uint32_t median, p99;	/* delay in samples, of the own ones */
};

/* heard[0] came when octet 0 of the stream was given away; judged is what came
 * from octet `from` on. n > from. 0 or -1: no memory. */
int stream_judge(unsigned line, unsigned neighbour, const uint8_t *heard,
		 size_t from, size_t n, struct stream_report *);

#endif
