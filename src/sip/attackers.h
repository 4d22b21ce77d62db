/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * attackers.h - who knocks without being known: counted for each source in a
 * table that does not grow. When it is full, who has been silent longest makes
 * room. Pure.
 */
#ifndef SIP_ATTACKERS_H
#define SIP_ATTACKERS_H

#include <stdint.h>

#include "sip/access.h"
#include "sip/glance.h"

#define ATTACKER_METHODS 6
#define ATTACKER_AGENTS 3
#define ATTACKER_CALLED 8

struct attacker {
	struct sockaddr_storage source;	/* family 0: free; the port counts not */
	uint64_t requests;
	uint64_t wrong;			/* of these, with a wrong user or password */
	unsigned challenges;		/* of these, unproved since the last proof */
	uint64_t second;		/* of the caller's clock; that these are of: */
	unsigned answers;
	uint64_t first, last;		/* ms, the caller's clock */
	uint64_t told;			/* when it was in the log; 0: never */
	char methods[ATTACKER_METHODS][16];	/* "" ends */
	char agents[ATTACKER_AGENTS][64];
	char called[ATTACKER_CALLED][40];	/* the last that were tried */
	uint8_t called_next;
};

struct attackers;

struct attackers *attackers_new(void);	/* NULL: out of memory */
void attackers_free(struct attackers *);

/* Counts one message. The source's entry; it stays valid until the next. */
struct attacker *attackers_count(struct attackers *, const struct sockaddr *,
				 const struct glance *, uint64_t now_ms);

/* Counts nothing; NULL: it is not among them. */
struct attacker *attackers_find(struct attackers *, const struct sockaddr *);

/* The latest first. */
void attackers_each(struct attackers *, void (*)(void *, const struct attacker *),
		    void *arg);

#endif
