/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * gate.h - what strangers send ends here, before the SIP library has seen it:
 * the library answers an INVITE with 100 before anybody is asked. Its
 * su_vrecv() and su_vsend() are ours. One gate a process, one thread.
 *
 * Where a trunk's peers may prove who they are (proof.h), a stranger's request
 * is challenged here, too, as long as it brings no proof.
 *
 * Admitted are known sources, and whom we have sent a request ourselves: the
 * far proxy of a dialog, whose address only its Record-Route told.
 */
#ifndef SIP_GATE_H
#define SIP_GATE_H

#include "sip/attackers.h"
#include "sip/proof.h"

struct gate_conf {
	bool answer;		/* 403 instead of silence */
	unsigned rate;		/* flood.h; 0: no bound */
	bool (*known)(void *arg, const struct sockaddr *);
	/* Whether a stranger's request, of which the texts are given, proves
	 * who he is. Unless it does: the challenge. NULL: nobody may. */
	enum proof (*prove)(void *arg, const struct proof_request *,
			    const struct sockaddr *, char challenge[PROOF_CHALLENGE]);
	/* What is no SIP but STUN's (RFC 5389 section 8); true: it was for us. */
	bool (*stun)(void *arg, const struct sockaddr *, const uint8_t *data,
		     size_t size);
	void *arg;
};

/* May be called again, after a reload. -ENOMEM. */
int gate_open(const struct gate_conf *);
void gate_close(void);

/* For connections, at accept; one that is refused is counted. */
bool gate_admits(const struct sockaddr *);
/* A request that came through and was refused after all. */
void gate_refused(const struct sockaddr *, const struct glance *);
/* A request was weighed: counted unless it is good. What a peer's first request
 * must be challenged with is no offence before it was so five times in vain.
 * False: too many are challenged, this one gets no answer. */
bool gate_weighed(const struct sockaddr *, const struct glance *, enum proof);

uint64_t gate_strangers(void);		/* requests so far */
uint64_t gate_dropped(void);		/* of known sources: too many at once */
void gate_each(void (*)(void *, const struct attacker *), void *arg);
/* 0 once the library has used our functions, else -ENOSYS. */
int gate_check(void);

#endif
