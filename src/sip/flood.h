/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * flood.h - how much of what a trunk's address sends is served: requests
 * that begin something have a rate; what belongs to calls that last has ten
 * times as much of its own, so that a flood of the one never costs the other.
 * What is above is dropped: UDP repeats, and an honest burst comes through
 * with that. Pure; memory is fixed.
 */
#ifndef SIP_FLOOD_H
#define SIP_FLOOD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#define FLOOD_SOURCES 64
#define FLOOD_SECONDS 2		/* of the rate may come at once */
#define FLOOD_INSIDE 10		/* times the rate, for what belongs to calls */

struct flood_source {
	struct sockaddr_storage host;	/* family 0: free */
	uint64_t at_ms;			/* when the tokens were counted */
	uint64_t told_ms;		/* in the log; 0: never */
	uint32_t begin, inside;		/* thousandths of a message */
	int64_t stream;			/* the same for connections; < 0: in debt */
};

struct flood {
	unsigned rate;			/* requests a second from one address */
	uint64_t dropped;
	struct flood_source sources[FLOOD_SOURCES];
};

/* begins: it opens a dialog or a transaction outside of one. *tell: true once a
 * minute for each source that is above. */
bool flood_admits(struct flood *, const struct sockaddr *from, bool begins,
		  uint64_t now_ms, bool *tell);

/* For connections, from which nothing can be dropped: charges this source for so many
 * messages that belong to calls (one that begins something costs FLOOD_INSIDE), and
 * says for how long, ms, nothing more may be read of it. No debt is larger than what may
 * come at once. */
uint64_t flood_charge(struct flood *, const struct sockaddr *from, unsigned messages,
		      uint64_t now_ms, bool *tell);

#endif
