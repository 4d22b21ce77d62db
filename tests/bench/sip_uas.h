/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * sip_uas.h - the least SIP server that a bench needs: over UDP, answers every
 * INVITE with 200 and a PCMU session, and everything else with 200; and hangs
 * up when told to.
 */
#ifndef BENCH_SIP_UAS_H
#define BENCH_SIP_UAS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#define UAS_CALLS 240

struct uas_call {
	char id[128];			/* Call-ID */
	char calling[32];		/* user part of From */
	char headers[768];		/* of a request of ours in the dialog */
	char target[128];		/* its URI */
	struct sockaddr_in from;	/* where it came from */
	struct sockaddr_in remote;	/* where it wants RTP */
	uint16_t rtp_port;		/* ours */
	bool acknowledged, ended;
};

struct uas {
	int fd;
	uint16_t port;
	struct uas_call call[UAS_CALLS];
	unsigned calls;
	/* Gives a call its RTP port: called once for each new call. */
	uint16_t (*open)(void *arg, struct uas *, unsigned call);
	void *arg;
};

int uas_init(struct uas *);
/* Serves what has come; does not wait. */
void uas_serve(struct uas *);
/* Hangs up; `ended` is set when the answer has come. */
void uas_bye(struct uas *, struct uas_call *);

#endif
