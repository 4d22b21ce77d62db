/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * port.h - a DAHDI channel that is open; the driver's own.
 */
#ifndef DRIVERS_DAHDI_PORT_H
#define DRIVERS_DAHDI_PORT_H

#include <dahdi/user.h>

#include "drivers/dahdi/ahead.h"
#include "drivers/dahdi/wctdm.h"
#include "tipring/driver.h"

#define DAHDI_DEVICES "/dev/dahdi"

/*
 * Blocks of 20 ms: one read and one write a packet. Of a block's time a sample
 * waits 10 ms on average, which RTP's packets of 20 ms would make it wait
 * anyway. Sixteen of them bear 320 ms of a busy machine before the kernel drops
 * what was received; sent audio is PREFILL ahead and what ahead.h adds, however
 * many buffers there are, because the pump writes no more than it has read. 24 lines
 * in the VM of tests/dahdi: 0.01 % of the audio missing (0.03 % with a block and no
 * more ahead), 79 ms of round trip, 23 ms beyond a loop that only reads and writes
 * the same blocks (make bench-dahdi).
 */
#define BLOCK 160
#define BLOCKS 16
#define PREFILL (BLOCK + 64)	/* samples: a block that is played meanwhile, and 8 ms
				   that the next may be late without a hole */

#define OWN_EVENTS 4

struct line_port {
	int fd;
	int channel;
	enum port_kind kind;
	enum port_signalling signalling;
	enum audio_format format;
	unsigned capabilities;
	bool digital;		/* CAS bits behind it, as on "loc" spans */
	bool off_hook;		/* FXO: we hold the line */
	bool lifted;		/* FXS: the far end is off hook, as events told */
	bool broken;		/* FXS: its line was opened since it was lifted */
	bool dialling;		/* FXO: the kernel pulses digits */
	bool ringing;		/* FXS: we ring; FXO: a burst sounds */
	uint64_t rang_at;	/* ns: FXO, the last burst's end; 0: none */
	uint64_t feed_at;	/* ns: FXS, when the guard after a break is over;
				   0: there is none */
	bool gone;		/* the channel was taken away */
	enum port_alarm alarm;
	uint64_t samples;	/* read since open */
	/* Signalling's: the card's own impedance, before another was tried. */
	bool tried;
	struct wctdm_echo_coefs own_tune;

	unsigned taken;		/* events since the kernel's queue was empty */
	/* Events that the kernel does not queue, made by us. */
	struct line_event own[OWN_EVENTS];
	unsigned own_count;

	uint64_t read_at;	/* ns, monotonic; 0: not reading, or the kernel's
				   buffers are empty */
	struct ahead ahead;	/* of what is written */
};

/* state.c: asks the kernel; -errno. */
int dahdi_params(int fd, int channel, struct dahdi_params *);
void dahdi_describe(const struct dahdi_params *, enum port_kind *,
		    enum port_signalling *, enum audio_format *);
unsigned dahdi_capabilities(enum port_kind, enum port_signalling, bool digital);
bool dahdi_is_digital(const struct dahdi_params *);
enum port_alarm dahdi_alarm_of(int alarms);	/* DAHDI_ALARM_* */
/* Not in an alarm of its span, nor gone. */
bool dahdi_carries_audio(const struct line_port *);
enum port_alarm dahdi_alarm(const struct dahdi_params *, enum port_kind);
bool dahdi_loop_closed(const struct line_port *, const struct dahdi_params *);
int dahdi_state(struct line_port *, struct port_state *);

/* control.c */
uint64_t dahdi_now(void);	/* ns, monotonic */
void dahdi_feed_later(struct line_port *);
void dahdi_feed_due(struct line_port *, uint64_t now);
int dahdi_set_hook(struct line_port *, int value);
int dahdi_hook(struct line_port *, bool off_hook);
int dahdi_ring(struct line_port *, const struct cadence *);
int dahdi_battery(struct line_port *, int break_ms);
int dahdi_polarity(struct line_port *, bool reversed);
int dahdi_flash(struct line_port *, int ms);
int dahdi_pulse(struct line_port *, const char *digits);
int dahdi_set(struct line_port *, enum port_param, int value);

/* card.c */
unsigned dahdi_probe(const struct line_port *, const struct dahdi_params *);
int dahdi_card_gains(const struct line_port *, int rx, int tx);
int dahdi_card_impedance(const struct line_port *, int setting);
int dahdi_readings(struct line_port *, struct port_readings *);
int dahdi_impedance(struct line_port *, int setting);
int dahdi_lamp(struct line_port *, bool on);

/* event.c */
/* By the errno of a request. ENOSYS: the channel was opened while it was being
 * taken away; then it has no event of that and no ENODEV, the descriptor stands
 * for no channel any more. */
bool dahdi_is_gone(int err);
void dahdi_own_event(struct line_port *, enum line_event_type, int value);
int dahdi_next_event(struct line_port *, struct line_event *);

/* audio.c */
int dahdi_audio_open(int fd);
ssize_t dahdi_read(struct line_port *, void *frame, size_t samples);
ssize_t dahdi_write(struct line_port *, const void *frame, size_t samples);

/* scan.c */
bool dahdi_has_canceller(int span, int position);
int dahdi_scan(int (*found)(const struct port_info *, void *), void *arg);

/* why.c: cause and cure of a channel that does not open. */
bool dahdi_holder(const char *address, char *who, size_t size);
void dahdi_why(int channel, int err, char *why, size_t size);

#endif
