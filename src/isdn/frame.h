/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * frame.h - a check of received frames, Q.921 and Q.931, so that the ISDN
 * library sees only what is well formed. Pure.
 *
 * What is wrong with layer 2 is dropped, as Q.921 5.8.5 and 5.8.6 have it. What
 * is wrong with layer 3 is mended: a dropped I frame would be sent again and
 * again until the D channel goes down with all its calls. A faulty information
 * element is taken out, as if it had not come (Q.931 5.8.6 and 5.8.7); of a
 * message that cannot be read only its protocol discriminator is left, with a
 * value that every receiver ignores (5.8.1).
 */
#ifndef ISDN_FRAME_H
#define ISDN_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum frame_verdict { FRAME_WHOLE, FRAME_MENDED, FRAME_DROPPED };

struct frame_check {
	enum frame_verdict verdict;
	const char *what;	/* "" when whole; static words */
	int element;		/* the first faulty element's identifier, codeset in
				   bits 8 to 10; -1: none */
};

#define FRAME_LEAST 7	/* octets that a mended frame takes at least */

/* frame: from address to information, without flags and FCS, with room for
 * FRAME_LEAST. *octets is what it has, and then what is left. */
struct frame_check frame_check(uint8_t *frame, size_t *octets);

#endif
