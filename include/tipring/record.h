/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * record.h - a call as it is told to people and programs: while it lasts
 * (tipring calls) and when it has ended (the call detail record).
 *
 * Times are ms of the box's monotonic clock, 0: did not happen.
 */
#ifndef TIPRING_RECORD_H
#define TIPRING_RECORD_H

#include "tipring/leg.h"
#include "tipring/media.h"

struct call_record {
	uint64_t id;
	const char *state;		/* "ringing", "talking", ... */
	struct party calling;		/* as it came */
	char called[PARTY_NUMBER_SIZE];	/* as it came */
	char dialled[PARTY_NUMBER_SIZE];/* as it went out, after rewriting */
	char from[48], to[48];		/* line or trunk name; "" none yet */
	char from_kind[8], to_kind[8];	/* "line", "sip" */
	char from_group[48], to_group[48];
	bool emergency;
	bool held;
	uint64_t started, alerted, answered, ended;
	enum answer_method answer_method;
	unsigned answer_confidence;	/* per cent */
	struct release release;		/* once ended */
	char transferred[192];		/* how a side of it changed; "" */
	char note[64];			/* an alarm that it raised; "" */
	char released_by[48];		/* name of the side, "tipring" */
	enum codec codec;		/* of the SIP side */
	enum srtp_suite srtp;		/* likewise */
	struct media_stats stats;	/* of the SIP side */
};

#endif
