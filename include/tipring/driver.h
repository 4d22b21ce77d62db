/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * driver.h - the contract of a line driver.
 *
 * A driver makes circuits ("ports") usable. It translates and decides nothing:
 * how long a ring counts, whether a break ends a call, what a digit means is
 * core's. Nothing outside drivers/ ever asks which driver a port has.
 *
 * Threads: scan and open are called by the signalling thread. From then on only
 * the pump calls the driver for this port. close is called by the signalling
 * thread after the pump has acknowledged that it let go. A driver keeps no
 * thread of its own. Everything here returns at once.
 *
 * Errors: -errno. -ENOTSUP: the port cannot do this, and its capability mask
 * said so. -ENODEV: the port is gone; the pump stops using its descriptors
 * and waits for LINE_EVENT_ALARM_CLEARED only.
 */
#ifndef TIPRING_DRIVER_H
#define TIPRING_DRIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "tipring/tone.h"

#define PORT_NAME_SIZE 32
#define FRAME_MAX 320		/* samples that one read gives at most */

struct line_port;		/* a driver's own, opaque to everybody else */
struct dchannel_ops;		/* dchannel.h */

/* What a port is: an FXS port gives battery and rings (a telephone or a PBX
 * trunk port is plugged in); an FXO port is a telephone (it is plugged into a
 * PBX extension or an exchange); a B channel is digital. */
enum port_kind { PORT_FXS = 1, PORT_FXO, PORT_B };

enum port_signalling { SIGNALLING_LOOP_START, SIGNALLING_GROUND_START,
		       SIGNALLING_KEWLSTART, SIGNALLING_CLEAR };

/* Format of a port's samples. Linear is int16_t, the others one octet. */
enum audio_format { AUDIO_LINEAR, AUDIO_MULAW, AUDIO_ALAW };

/* What a port can do beyond hook, ring and audio. */
enum port_capability {
	PORT_CAN_REVERSE = 1 << 0,	/* FXS: polarity reversal */
	PORT_SEES_REVERSAL = 1 << 1,	/* FXO: polarity events */
	PORT_TIMES_BREAKS = 1 << 2,	/* FXO: a break's length is known */
	PORT_SEES_BREAKS = 1 << 3,	/* FXO: loop-current breaks at all */
	PORT_BREAK_LENGTH = 1 << 4,	/* FXS: break of any length, else fixed */
	PORT_ON_HOOK_SEND = 1 << 5,	/* FXS: audio while on hook */
	PORT_ON_HOOK_HEAR = 1 << 6,	/* FXO: audio while on hook */
	PORT_GAIN = 1 << 7,		/* gain in the card */
	PORT_CANCELLER = 1 << 8,	/* echo canceller in card or kernel */
	PORT_VMWI = 1 << 9,		/* message waiting lamp */
	PORT_PULSE = 1 << 10,		/* FXO: loop-break dialling */
	PORT_READINGS = 1 << 11,	/* the card measures its line */
	PORT_IMPEDANCES = 1 << 12,	/* FXO: its impedance can be set */
};

/* How a port is to be opened. */
struct port_conf {
	char address[PORT_NAME_SIZE];	/* behind the driver's name: "1" */
	enum port_kind kind;		/* expected; 0: as the card says */
	const char *directory;		/* sim: where the sockets are */
	unsigned flash_min_ms;		/* FXS: shorter breaks are pulses or
					   nothing */
	unsigned flash_max_ms;		/* FXS: longer ones hang up; 0: no
					   flash, the shortest hang-up */
	/* FXO: a pulse's open and closed loop; 0: 60 and 40 */
	unsigned pulse_break_ms, pulse_make_ms;
	unsigned flash_ms;		/* FXO: of a flash of no other length; 0: 500 */
	enum audio_format format;	/* sim, PORT_B: of its samples; others know */
	int16_t card_rx_gain, card_tx_gain;	/* FXO: 0.1 dB, -150 to 120, in the
					   card; 0 where it has none */
	int card_impedance;		/* FXO: the card's setting and 1 more; 0: as
					   it is */
};

/* What a card measures of its line. */
struct port_readings {
	bool has_voltage, has_current;
	int voltage;			/* mV, tip against ring */
	int current;			/* uA, of the loop */
};

/* What scan finds. */
struct port_info {
	char name[PORT_NAME_SIZE];	/* "dahdi/1"; a span: "dahdi/span/1" */
	char text[96];			/* card and position, for people */
	enum port_kind kind;
	enum port_signalling signalling;	/* of a line, _CLEAR: none is set yet */
	enum audio_format format;
	unsigned capabilities;
	bool in_use;
	bool span;		/* a primary rate span, see dchannel.h; kind is 0 */
	bool t1;		/* of a span: 24 time slots, else 31 */
};

enum port_alarm {
	ALARM_NONE,
	ALARM_NO_FAR_END,	/* sim: nobody holds the other end */
	ALARM_NO_BATTERY,	/* FXO: no line plugged in */
	ALARM_RED,		/* card or span fault: no signal, no framing */
	ALARM_REMOVED,		/* the device is gone */
	ALARM_SILENT,		/* the card gives no audio */
	ALARM_POWER,		/* FXS: ringing or battery supply fault */
	ALARM_YELLOW,		/* a span's far end does not hear us (RAI) */
	ALARM_BLUE,		/* what is between has lost its signal (AIS) */
};

/* A port as it is now; answers a resync. */
struct port_state {
	bool off_hook;		/* FXS: the loop is closed; FXO: we closed it */
	bool ringing;		/* FXO: a burst sounds; FXS: we ring */
	bool battery;		/* FXO: there is battery */
	bool reversed;		/* polarity */
	enum port_alarm alarm;
	enum port_kind kind;
	enum port_signalling signalling;
	enum audio_format format;
	unsigned capabilities;
};

enum line_event_type {
	LINE_EVENT_NONE,
	/* an FXS port sees */
	LINE_EVENT_OFF_HOOK,	/* loop closed: seized or answered */
	LINE_EVENT_ON_HOOK,	/* loop open for longer than a flash */
	LINE_EVENT_FLASH,	/* value: ms, 0 unknown */
	LINE_EVENT_PULSE_DIGIT,	/* value: '0' to '9' */
	LINE_EVENT_BURST_END,	/* our ringing pauses: caller ID may be sent */
	/* an FXO port sees */
	LINE_EVENT_RING_ON,	/* a burst of ringing begins */
	LINE_EVENT_RING_OFF,	/* and ends */
	LINE_EVENT_BREAK,	/* loop current gone while off hook; value: ms
				   so far, 0 where the card cannot time it */
	LINE_EVENT_BREAK_END,	/* it is back; value: length in ms, or 0 */
	LINE_EVENT_POLARITY,	/* value: 1 reversed, 0 normal, -1 changed */
	LINE_EVENT_SEIZED,	/* our off-hook is through, dialling may begin */
	LINE_EVENT_DIALLED,	/* pulse dialling is complete */
	LINE_EVENT_MESSAGES,	/* value: 1 lamp on, 0 off */
	/* both */
	LINE_EVENT_ALARM,	/* value: enum port_alarm */
	LINE_EVENT_ALARM_CLEARED,
	LINE_EVENT_RESYNC,	/* events were lost: look at the state */
};

struct line_event {
	enum line_event_type type;
	int value;
	uint64_t sample;	/* the port's clock in samples since open */
};

enum port_param {
	PORT_RX_GAIN,		/* 0.1 dB, line towards us */
	PORT_TX_GAIN,		/* 0.1 dB */
	PORT_KERNEL_CANCELLER,	/* taps, 0 off */
	PORT_ON_HOOK_SEND_MS,	/* FXS: on-hook transmission for so long */
	PORT_MESSAGES,		/* FXS: message waiting lamp, 0 or 1 */
	PORT_DATA_MODE,		/* 1: 64 kbit/s, nothing may touch a bit */
};

/* The descriptors of a port; -1: none. Ports that share a clock may give the
 * same audio descriptor: the pump waits on it once and then serves every port
 * on it. An idle port that need not listen is waited on for events only. The
 * answer may change with LINE_EVENT_ALARM and _ALARM_CLEARED: the pump asks
 * again after each. Events are poll(2)'s. A driver may rest the clock of a port
 * that nobody reads; asking says that audio will be read, and so do events of
 * the port and what is done to it. */
struct port_wait {
	int event_fd;
	short event_mask;
	int audio_fd;
	short audio_mask;
};

struct line_driver {
	const char *name;	/* "dahdi", "sim": what stands before the slash */
	unsigned frame;		/* samples of a usual read, 80 = 10 ms */
	bool begins_at_read;	/* a port's frames begin when reading does, not by a
				   clock of all: ports begun in one turn of the
				   pump are served in one turn from then on */

	/* Calls found() for each port there is, stops when it returns non-zero
	 * and returns that. */
	int (*scan)(int (*found)(const struct port_info *, void *), void *arg);

	/* Who may have the port of that address open, as far as this process may
	 * see: "asterisk (process 812)". False: nobody that it sees. NULL: the
	 * driver cannot tell. Walks through all processes. */
	bool (*holder)(const char *address, char *who, size_t size);

	/* Opens a port that is idle: FXO on hook, FXS not ringing. A port whose
	 * line is dead opens and has an alarm. The caller owns *port until
	 * close, which also frees it. why: room for a sentence with cause and
	 * cure, filled on error. */
	int (*open)(struct line_port **port, const struct port_conf *,
		    char *why, size_t size);
	void (*close)(struct line_port *);

	int (*state)(struct line_port *, struct port_state *);
	int (*hook)(struct line_port *, bool off_hook);		/* FXO */
	int (*ring)(struct line_port *, const struct cadence *);/* FXS; NULL stops */
	int (*battery)(struct line_port *, int break_ms);	/* FXS: CPC */
	int (*polarity)(struct line_port *, bool reversed);	/* FXS */
	int (*flash)(struct line_port *, int ms);		/* FXO; 0: default */
	int (*pulse)(struct line_port *, const char *digits);	/* FXO */
	int (*set)(struct line_port *, enum port_param, int value);

	int (*wait)(struct line_port *, struct port_wait *);

	/* 1 and *event, 0: none pending. Also takes what wait's event_fd has. */
	int (*next_event)(struct line_port *, struct line_event *);

	/* Samples in the port's own format. read: how many there were, -EAGAIN:
	 * none yet (or an event is pending). write: as many as were read; the
	 * port is the clock. Neither fails for a port in alarm: read gives
	 * -EAGAIN, write drops. */
	ssize_t (*read)(struct line_port *, void *frame, size_t samples);
	ssize_t (*write)(struct line_port *, const void *frame, size_t samples);

	/* Signalling's thread, while the pump has the port; some 100 ms at
	 * most. NULL or -ENOTSUP where the capability is not there.
	 * impedance: a setting of the card from 0 on, -1: as it was at open;
	 * -EINVAL: there is no such setting. It lasts as long as the port is
	 * open, or longer. */
	int (*readings)(struct line_port *, struct port_readings *);
	int (*impedance)(struct line_port *, int setting);

	/* Around the ports of a shared audio_fd in one turn of the pump, NULL
	 * where a descriptor belongs to one port. */
	void (*turn_begin)(int audio_fd);
	void (*turn_end)(int audio_fd);

	/* D channels of primary rate spans; NULL: it has none. */
	const struct dchannel_ops *dchannel;
};

#endif
