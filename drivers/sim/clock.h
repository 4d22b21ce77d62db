/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * clock.h - the clock of the simulated lines. Far ends: one timer a process,
 * 10 ms. Near ends: one eventfd for each process of far ends, which wakes us
 * when it has written audio; several lines share it.
 */
#ifndef SIM_CLOCK_H
#define SIM_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define SIM_FRAME 80u		/* samples of a tick */

struct sim_clock;

/* Near: the clock of that id, with one user more. Takes the descriptor over,
 * also on error. NULL: not an eventfd, or too many processes at a time. */
struct sim_clock *sim_near_clock_get(uint64_t id, int fd);
void sim_near_clock_put(struct sim_clock *);	/* NULL is legal */
int sim_near_clock_fd(const struct sim_clock *);
void sim_near_turn_begin(int fd);

/* Far: the process's clock, one user more or less; 0 or -errno. */
int sim_far_clock_get(void);
void sim_far_clock_put(void);
int sim_far_clock_timer(void);	/* what the far side waits on */
int sim_far_clock_event(void);	/* what the near side waits on */
uint64_t sim_far_clock_id(void);
uint64_t sim_far_clock_samples(void);	/* since it began */
void sim_far_clock_written(void);	/* turn_end shall wake the near side */
void sim_far_turn_begin(int fd);
void sim_far_turn_end(int fd);

#endif
