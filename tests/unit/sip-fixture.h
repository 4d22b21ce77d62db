/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * sip-fixture.h - the SIP room between a core and a media room made of a few
 * lines, and real peers: sipp, or datagrams that a test writes itself.
 *
 * What the room tells core and media is written, one line each, into a log:
 *   incoming acme 600 from +15550001111 Test allowed
 *   alerting / progress / answered / hold 1 / digit 5 160 / flash
 *   released 16 far the far end hung up
 *   rtp 127.0.0.1:6000 pcmu/0 event 101 20 ms send receive
 *   up / down WHY
 */
#ifndef TESTS_SIP_FIXTURE_H
#define TESTS_SIP_FIXTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "sip/agent.h"
#include "tipring/leg.h"
#include "tipring/trunk.h"

struct fixture {
	struct loop *loop;
	struct agent *agent;
	struct config conf;
	struct config_trunk trunk[2];
	struct config_line line;
	struct config_listen listen[2];
	uint16_t port;		/* ours */
	uint16_t peer;		/* the provider's */
	struct leg *leg;	/* the last that came, or that call() made */
	char directory[64];	/* for files of this test */
	bool done;		/* agent_shutdown() has called back */
};

/* A configuration with one trunk "acme" at 127.0.0.1:peer, UDP and TCP on
 * 127.0.0.1:port. Change it before fixture_start(). */
void fixture_init(struct fixture *);
/* False and says why when the agent cannot be made. */
bool fixture_start(struct fixture *);
/* Ends the agent, checks that nothing is left of legs and ends. */
void fixture_stop(struct fixture *);

/* Names that are known while the fixture lives, as /etc/hosts has them. */
void fixture_hosts(struct fixture *, const char *text);

/* Runs the loop for so long, or until the log has the text; false: it has not. */
void fixture_run(struct fixture *, unsigned ms);
bool fixture_wait(struct fixture *, const char *text, unsigned ms);
bool fixture_logged(const char *text);
unsigned fixture_count(const char *text);
void fixture_clear(void);
void fixture_print(void);

/* A call by core: 0 or what ops->offer said. */
int fixture_call(struct fixture *, const char *called, const struct party *);
struct trunk *fixture_trunk(const char *name);

/* Runs one sipp scenario of tests/system/sipp, as a caller of `called` or, when
 * that is NULL, as the provider who is called. status and headers replace
 * @STATUS@ and @HEADERS@. In the background until sipp_result(); who is called
 * listens when this returns. */
struct sipp {
	int pid;
	const char *scenario;
	char file[128], errors[128];
};
void sipp_start(struct fixture *, struct sipp *, const char *scenario,
		const char *called, const char *transport, const char *status,
		const char *headers);
/* Runs the loop until sipp has ended: true when its scenario went through. */
bool sipp_result(struct fixture *, struct sipp *);

/* A socket on 127.0.0.1 whose datagrams the test writes and reads itself. */
int peer_open(uint16_t *port);
/* For TCP. What is accepted there goes with the functions below as well. */
int peer_listen(uint16_t port);
/* @PORT@ and @AGENT@ in text are the peer's and the agent's ports; lines end
 * with \n in text and \r\n on the wire. */
void peer_send(struct fixture *, int fd, uint16_t port, const char *text);
/* The next datagram, "" when none came in time. Runs the loop. */
const char *peer_receive(struct fixture *, int fd, unsigned ms);
/* The value of a header in a message, "" when it has none. Static. */
const char *header_of(const char *message, const char *name);
/* Answers a request: its Via, From, To, Call-ID and CSeq are copied. */
void peer_answer(struct fixture *, int fd, const char *request, const char *status,
		 const char *headers);

uint16_t free_port(void);

/* The media room reports something of the end that was made last. */
void fixture_media(const struct media_event *);

/* What the calls of the fake media room left alive. */
extern unsigned media_ends;

#endif
