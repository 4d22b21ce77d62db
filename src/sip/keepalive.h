/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * keepalive.h - holds the flow to one address of a trunk's server open, and
 * notices when it is lost (RFC 5626 section 4.4): by CRLF, or over UDP by STUN to
 * the SIP port itself.
 */
#ifndef SIP_KEEPALIVE_H
#define SIP_KEEPALIVE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/fsm.h"
#include "sip/stun.h"

struct agent;
struct target;

enum keepalive_state { KEEPALIVE_STOPPED, KEEPALIVE_RESTING, KEEPALIVE_ASKING,
		       KEEPALIVE_LOST, KEEPALIVE_STATES };

struct keepalive {
	struct target *target;
	struct fsm fsm;
	unsigned flow_timer_s;		/* as the registrar wants it; 0: not said */
	unsigned tries;			/* looks for an answer */
	uint64_t asked_ms;		/* when the question went out */
	uint64_t heard;			/* octets by then */
	bool answers;			/* it has answered before */
	uint8_t id[STUN_ID];
	struct sockaddr_storage answer;	/* STUN's; family 0: none yet */
	struct sockaddr_storage mapped;	/* what it said before */
	unsigned losses;		/* in a row */
	uint64_t lost_ms;		/* when the last one was */
};

void keepalive_init(struct keepalive *, struct target *);
void keepalive_fini(struct keepalive *);
/* Unless the trunk wants none. */
void keepalive_start(struct keepalive *);
void keepalive_stop(struct keepalive *);

/* Of all trunks, between flow.h and the targets. */
void keepalives_start(struct agent *);
void keepalives_stop(void);

/* gate.h's stun; arg: the agent. */
bool keepalive_stun(void *arg, const struct sockaddr *from, const uint8_t *data,
		    size_t size);

#endif
