/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * gate.h - what strangers send ends here, before the SIP library has seen it:
 * the library answers an INVITE with 100 before anybody is asked. Its
 * su_vrecv() and su_vsend() are ours. One gate a process, one thread.
 *
 * Admitted are known sources, and whom we have sent a request ourselves: the
 * far proxy of a dialog, whose address only its Record-Route told.
 */
#ifndef SIP_GATE_H
#define SIP_GATE_H

#include "sip/attackers.h"

struct timers;

struct gate_conf {
	struct timers *timers;
	bool answer;		/* 403 instead of silence */
	bool (*known)(void *arg, const struct sockaddr *);
	/* A stranger who may prove who he is; NULL: nobody may. */
	bool (*may_authenticate)(void *arg, const struct glance *);
	void *arg;
};

/* May be called again, after a reload. -ENOMEM. */
int gate_open(const struct gate_conf *);
void gate_close(void);

/* For connections, at accept; one that is refused is counted. */
bool gate_admits(const struct sockaddr *);
/* A request that came through and was refused after all. */
void gate_refused(const struct sockaddr *, const struct glance *);

uint64_t gate_strangers(void);		/* requests so far */
void gate_each(void (*)(void *, const struct attacker *), void *arg);
/* 0 once the library has used our functions, else -ENOSYS. */
int gate_check(void);

#endif
