/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * port.h - what both ends of a simulated line have in common: the port, its
 * timers on one timerfd, its queue of events, and the state that crosses. A B
 * channel is a line that has audio and no state.
 *
 * A message carries the time at which its state came to be, so the length of
 * a break or a pulse does not depend on how late we are read: before a message
 * is applied, every timer that was due by its stamp has run.
 */
#ifndef SIM_PORT_H
#define SIM_PORT_H

#include "drivers/sim/clock.h"
#include "drivers/sim/ring.h"
#include "drivers/sim/sim.h"
#include "drivers/sim/wire.h"

#define SIM_EVENTS 32
#define SIM_PATH WIRE_PATH
#define SIM_CANDIDATES 4	/* connections that have not said hello */

/* The timers of a port. */
enum sim_due {
	DUE_CONNECT,	/* near: try (again), or no hello has come */
	DUE_SEND,	/* the peer did not take our state: again */
	DUE_HOOK,	/* FXS: the loop is open for too long to be a flash */
	DUE_DIGIT,	/* FXS: no further pulse, the digit is complete */
	DUE_RING,	/* FXS: next step of the cadence */
	DUE_BATTERY,	/* FXS: the break ends */
	DUE_LOOP,	/* FXO: next step of a flash or pulse dialling */
	DUE_LOSS,	/* FXO: no battery for too long: alarm */
	DUE_COUNT
};

/* hook: what the loop means; broken: open, and not yet known why. */
struct sim_fxs {
	enum { FXS_ON_HOOK, FXS_OFF_HOOK, FXS_BROKEN } hook;
	uint64_t opened;		/* when the loop opened */
	unsigned pulses;
	unsigned flash_min, flash_max;	/* ms; flash_max 0: no flash */
	struct cadence cadence;
	unsigned step;
	bool ringing;			/* a cadence runs */
};

struct sim_fxo {
	bool off_hook;		/* as commanded, whatever a pulse does */
	bool seized;		/* told */
	bool broken;		/* a break was told */
	bool lost;		/* no battery: an alarm of ours */
	uint64_t battery_lost;
	enum { LOOP_STEADY, LOOP_FLASH, LOOP_PULSE } loop;
	char digits[64];
	unsigned position, pulses;	/* pulses: left of this digit */
	uint64_t open_us, closed_us;	/* of a pulse */
	unsigned flash_ms;
};

struct line_port {
	enum port_kind kind;
	bool far;
	enum audio_format format;
	char path[SIM_PATH];
	int event_fd;		/* epoll: the timer and the sockets */
	int timer_fd, socket_fd, listen_fd;
	bool connected;		/* hello was exchanged */
	enum port_alarm alarm;	/* of the wire; FXO: fxo.lost is another */
	bool alarm_told;
	uint64_t opened;	/* us */
	uint64_t due[DUE_COUNT], armed;	/* us, 0: not running */

	struct line_event queue[SIM_EVENTS];
	unsigned first, count;
	bool lost;		/* a resync is owed */

	uint32_t local, remote;	/* enum wire_state, ours and the peer's */
	uint64_t remote_stamp;
	struct sim_shared *shared;
	uint32_t head, tail;	/* our positions */
	struct sim_fxs fxs;
	struct sim_fxo fxo;
	struct sim_counters counters;

	struct sim_clock *clock;
	int candidate[SIM_CANDIDATES];	/* far */
	/* What signalling's thread sets and reads: the card's impedance, and
	 * WIRE_ bits of what its meter sees. */
	_Atomic uint32_t impedance, opened_with, seen;
	uint64_t served;		/* far: samples of the clock read so far */
};

/* NULL and errno. */
struct line_port *sim_port_new(enum port_kind, bool far, const struct port_conf *);
void sim_port_free(struct line_port *);

/* How epoll names what is ready. */
enum { SIM_TAG_TIMER, SIM_TAG_SOCKET, SIM_TAG_LISTEN, SIM_TAG_CANDIDATE };
int sim_watch(struct line_port *, int fd, unsigned tag);

void sim_start(struct line_port *, enum sim_due, uint64_t at_us);
void sim_stop(struct line_port *, enum sim_due);
/* Sets the timerfd to the earliest; ends whatever may have changed one. */
void sim_arm(struct line_port *);
/* Runs what is due by then, each at its own time. */
void sim_run_due(struct line_port *, uint64_t until_us);

void sim_event(struct line_port *, enum line_event_type, int value, uint64_t at_us);

/* Our side of the wire: sets and clears bits, and tells the peer. */
void sim_drive(struct line_port *, uint32_t set, uint32_t clear, uint64_t at_us);
struct wire_message sim_message(const struct line_port *, enum wire_type, uint64_t at_us);
/* The peer's side has changed. Runs the timers up to then. */
void sim_apply(struct line_port *, uint32_t state, uint64_t stamp_us);

/* Hello is through: the shared memory is the port's. */
void sim_connected(struct line_port *, struct sim_shared *, uint32_t state);
/* Ends the connection, whatever its stage: an alarm. */
void sim_disconnect(struct line_port *, enum port_alarm);
void sim_alarm(struct line_port *, enum port_alarm);

/* Takes a message from the port's socket and, but for what wire_receive()
 * refuses (which ends the connection), returns as it does. */
int sim_receive(struct line_port *, struct wire_message *, int fds[WIRE_FDS]);

/* Near: audio is wanted from now on. */
void sim_listen(struct line_port *);

/* near.c and far.c: what their timer and sockets do. */
void sim_near_connect(struct line_port *);
void sim_near_ready(struct line_port *, unsigned tag);
void sim_far_ready(struct line_port *, unsigned tag);

/* The parts of the contract that do not depend on the end. */
int sim_state(struct line_port *, struct port_state *);
int sim_set(struct line_port *, enum port_param, int value);
int sim_readings(struct line_port *, struct port_readings *);
int sim_impedance(struct line_port *, int setting);
int sim_next_event(struct line_port *, struct line_event *);
unsigned sim_capabilities(enum port_kind);
/* What is plugged into a port of that kind. */
enum port_kind sim_other(enum port_kind);
/* The octet of silence. */
uint8_t sim_silence(const struct line_port *);

/* scan.c. sim_probe asks the far end at path which kind of near end it wants;
 * waits at most 0.3 s; in_use may be NULL. 0 or -errno. */
int sim_probe(const char *path, enum port_kind *kind, bool *in_use);
int sim_scan(int (*found)(const struct port_info *, void *), void *arg);

/* fxs.c: battery, ringing, and what the loop means. */
void sim_fxs_apply(struct line_port *, uint32_t changed, uint64_t at_us);
void sim_fxs_due(struct line_port *, enum sim_due, uint64_t at_us);
void sim_fxs_reset(struct line_port *);		/* the peer is gone */
int sim_ring(struct line_port *, const struct cadence *);
int sim_battery(struct line_port *, int break_ms);
int sim_polarity(struct line_port *, bool reversed);

/* fxo.c: the loop, and what the battery means. */
void sim_fxo_apply(struct line_port *, uint32_t changed, uint64_t at_us);
void sim_fxo_due(struct line_port *, enum sim_due, uint64_t at_us);
void sim_fxo_reset(struct line_port *);
int sim_hook(struct line_port *, bool off_hook);
int sim_flash(struct line_port *, int ms);
int sim_pulse(struct line_port *, const char *digits);

#endif
