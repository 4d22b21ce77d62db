/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * sim.h - the simulated line: two processes, one wire.
 *
 * sim_driver is the near end, the gateway's "card". sim_far_driver is the far
 * end, tipring-pbx's: it makes the socket of a line in the directory, gives the
 * clock, and models what hangs on the wire. Both keep the same contract.
 *
 * The far end binds DIRECTORY/LINE; the near end connects and goes on trying
 * while there is nobody. A far end of one kind meets a near end of the other:
 * an FXS port at one end of a wire, an FXO port at the other.
 *
 * A span NAME is the D channel's socket NAME.d and B channels NAME.b1, NAME.b2
 * ... by time slot, which are lines of kind PORT_B.
 *
 * Audio is mu-law (that of B channels as the span has it), 8 kHz. The far ends of a process share one clock of 10 ms
 * and are all used by one thread. Near ends may be used by several threads.
 */
#ifndef DRIVERS_SIM_SIM_H
#define DRIVERS_SIM_SIM_H

#include "tipring/dchannel.h"

extern const struct line_driver sim_driver;
extern const struct line_driver sim_far_driver;
extern const struct dchannel_ops sim_dchannel, sim_far_dchannel;

/* What went wrong on a wire since open. */
struct sim_counters {
	uint32_t connections;	/* far ends met, the present one included */
	uint32_t malformed;	/* messages refused, each ended a connection */
	uint32_t corrupt;	/* impossible ring positions, likewise */
	uint32_t refused;	/* far: second near ends and wrong kinds;
				   near: times we were refused */
	uint32_t overruns;	/* frames dropped, the peer did not take them */
	uint32_t underruns;	/* far: frames of silence, none had come */
	uint32_t slips;		/* far: late frames dropped to stay in time */
	uint32_t events_lost;
};

/* Of a port of either driver, in the thread that uses it. */
void sim_counters(const struct line_port *, struct sim_counters *);

#define SIM_IMPEDANCES 3	/* settings of a near end's card, FXO */

/* Of a far port: what the near end's card is set to. */
unsigned sim_far_impedance(const struct line_port *);

/* Where scan() looks; until then where open() was last told, the environment's
 * TIPRING_SIM_DIRECTORY, or RUNSTATEDIR/tipring/sim. */
void sim_scan_directory(const char *directory);

#endif
