/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * dchannel.h - the contract of a primary rate span: its D channel's frames, and
 * which of its time slots are B channels. A line driver that has spans offers
 * it beside its ports. What stands in a frame is none of its business.
 *
 * Ports of spans are called DRIVER/span/NAME: "dahdi/span/1", "sim/span/pbx".
 * A B channel is a port of kind PORT_B of the same driver, opened by the pump
 * under the name that port() gives.
 *
 * Threads: all calls of one D channel are made by one thread, signalling's.
 * Everything here returns at once; errors are -errno.
 */
#ifndef TIPRING_DCHANNEL_H
#define TIPRING_DCHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "tipring/driver.h"

/* Octets of a frame between address and FCS: Q.921's N201 of 260, its header of
 * 4, and what shows that there were more. */
#define DCHANNEL_FRAME 300
#define DCHANNEL_SLOTS 31	/* time slots, numbered from 1: E1 31, T1 24 */

struct dchannel;		/* a driver's own, opaque to everybody else */

struct dchannel_conf {
	char address[PORT_NAME_SIZE];	/* behind "DRIVER/span/": "1" */
	const char *directory;		/* sim: where the sockets are */
	bool t1;			/* as the switch type has it; a driver that
					   knows better says so in the shape */
};

/* A span's time slots, fixed while the D channel is open. */
struct dchannel_shape {
	bool t1;		/* 24 slots, else 31 (E1) */
	uint8_t d_slot;		/* E1: 16, T1: 24, usually */
	uint32_t b_slots;	/* bit n: slot n is a B channel (bit 0: none) */
	enum audio_format format;	/* of the B channels' samples */
};

struct dchannel_ops {
	/* A span in alarm opens and has an alarm. The caller owns *d until
	 * close, which also frees it. why: room for a sentence with cause and
	 * cure, filled on error. */
	int (*open)(struct dchannel **d, const struct dchannel_conf *,
		    char *why, size_t size);
	void (*close)(struct dchannel *);	/* NULL is legal */

	void (*shape)(const struct dchannel *, struct dchannel_shape *);
	/* The name of the port of the B channel in a slot; -EINVAL: there is
	 * none. */
	int (*port)(const struct dchannel *, unsigned slot,
		    char name[PORT_NAME_SIZE]);

	/* To poll for POLLIN | POLLPRI, the same until close. When it is ready,
	 * and every few seconds (a card does not tell when one alarm takes the
	 * place of another): next_event until it gives 0, then read until it
	 * gives -EAGAIN. */
	int (*fd)(const struct dchannel *);

	/* 1 and *alarm: the span's alarm has changed to that (ALARM_NONE: it is
	 * over); 0: nothing new. The first answer after open tells how it stands
	 * when that is not ALARM_NONE. After ALARM_REMOVED only close is left. */
	int (*next_event)(struct dchannel *, enum port_alarm *alarm);

	/* One frame from address to information, without flags and FCS. read:
	 * its octets; -EAGAIN: none (or an event is pending); frames that are
	 * damaged, aborted or too long are not given. write: octets; -EAGAIN: no
	 * room, the frame is lost as on the wire. In alarm: read gives -EAGAIN,
	 * write drops. -ENODEV: the device is gone. */
	ssize_t (*read)(struct dchannel *, void *frame, size_t size);
	ssize_t (*write)(struct dchannel *, const void *frame, size_t octets);
};

#endif
