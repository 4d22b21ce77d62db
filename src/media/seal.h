/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * seal.h - SRTP and SRTCP (RFC 3711, RFC 7714) in one direction of a session.
 * Made and freed by signalling; between them the pump alone uses it.
 */
#ifndef MEDIA_SEAL_H
#define MEDIA_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tipring/media.h"

struct srtp_ctx_t_;

#define SEAL_ROOM 148	/* octets that must be free behind a packet that is sent */

struct seal {
	struct srtp_ctx_t_ *context;
	enum srtp_suite suite;
	uint8_t key[SRTP_KEY_MOST];
	uint8_t mki[SRTP_MKI_MOST], mki_size;
	struct seal *next;	/* of its end's */
	unsigned until;		/* the rtp_set that took it out of use; 0: none */
};

/* 0; -ENOSYS: the library does not pass its own test. The test takes as long as a
 * whole start without it (Debian's loads NSS 13 times for it), so that it waits for
 * who needs it: the first sender or receiver, or whoever calls this before.
 * Signalling only. */
int seal_init(void);

/* For what we send: keys' local ones. NULL: out of memory, or seal_init failed. */
struct seal *seal_sender_new(const struct media_srtp *, uint32_t ssrc);
/* For what comes, of any SSRC: the far end need not say which. */
struct seal *seal_receiver_new(const struct media_srtp *);
void seal_free(struct seal *);	/* wipes the keys; NULL is legal */

/* Octets of a suite's master key and salt. */
size_t seal_key_size(enum srtp_suite);
bool seal_sends_with(const struct seal *, const struct media_srtp *);
bool seal_receives_with(const struct seal *, const struct media_srtp *);

/* In place, the packet on a multiple of four; *size changes. -EIO: the library
 * refuses, the packet must not go out. */
int seal_close(struct seal *, uint8_t *packet, size_t *size, bool report);
/* -EBADMSG: not authentic, or seen before; what the packet holds is lost. */
int seal_open(struct seal *, uint8_t *packet, size_t *size, bool report);

#endif
