/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * offer.h - session descriptions (RFC 4566) and the offer/answer exchange
 * (RFC 3264) for one audio stream: reads the far end's, chooses, writes ours.
 * Pure. What comes from the wire is checked here; nothing of it is trusted.
 */
#ifndef SIP_OFFER_H
#define SIP_OFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "config/config.h"
#include "tipring/media.h"

#define OFFER_LINES 16		/* m= lines; more is an error */
#define OFFER_FORMATS 160	/* bytes of an m= line that are kept */
#define OFFER_SIZE 2048		/* bytes of a description that we write */

/* Directions as bits, seen from whoever wrote the description. */
enum { OFFER_SEND = 1, OFFER_RECEIVE = 2 };

#define OFFER_CRYPTOS 8		/* a=crypto lines that are kept */

/* An a=crypto line (RFC 4568) with a suite of ours and one key. */
struct offer_crypto {
	unsigned tag;
	enum srtp_suite suite;
	uint8_t key[SRTP_KEY_MOST];
	uint8_t mki[SRTP_MKI_MOST], mki_size;
};

/* What an m= line says, after the session's part was laid under it. */
struct offer_line {
	char media[16];		/* "audio", "video", "image" */
	char proto[24];		/* "RTP/AVP" */
	char formats[OFFER_FORMATS];	/* "0 8 101", as written */
	uint16_t port;
};

/* A description that was read. */
struct offer {
	struct offer_line line[OFFER_LINES];
	unsigned count;
	int audio;		/* the audio line that is taken, -1: none */
	/* Of that line: */
	struct sockaddr_storage remote;	/* with port; family 0: a host name,
					   or nothing that can be sent to */
	bool savp;		/* RTP/SAVP(F): in the clear it must not go */
	bool feedback;		/* RTP/AVPF or RTP/SAVPF (RFC 4585, RFC 5124) */
	bool dtls;		/* it can have keys by DTLS (a=fingerprint) */
	struct offer_crypto crypto[OFFER_CRYPTOS];	/* their order */
	unsigned crypto_count;
	bool null_address;	/* 0.0.0.0 or ::, hold as RFC 2543 has it */
	unsigned direction;
	struct { enum codec codec; uint8_t payload; } codec[8];	/* their order */
	unsigned codec_count;
	uint8_t event_payload;	/* telephone-event; 0: none */
	uint16_t ptime, maxptime;	/* ms, 0: not said */
};

/* 0; -EINVAL and why ("no v= line") when it cannot be read at all. Of several
 * audio lines with a codec of ours the first is taken whose protection is what
 * srtp asks for, else the first that would do. */
int offer_parse(struct offer *, const char *text, size_t length,
		enum srtp_mode srtp, char *why, size_t size);

/* The far end does not hear us: sendonly, inactive, or the null address. */
bool offer_holds(const struct offer *);

/* Our side. */
struct offer_local {
	char address[64];	/* numeric, as it goes into c= and o= */
	bool ipv6;
	uint16_t port;
	uint64_t session;	/* o= line: the session's number and */
	uint64_t version;	/* its version; rises with each change */
	enum codec codec[CODEC_COUNT];	/* that we take, best first */
	unsigned codec_count;
	bool events;		/* telephone-event */
	uint16_t ptime;		/* ms, wanted */
	unsigned direction;	/* that we want */
	enum srtp_mode srtp;
	/* Our last offer: the suite in force, alone, with its tag and profile;
	 * SUITE_NONE: all of them. */
	enum srtp_suite suite;
	unsigned tag;
	bool savp;
	bool feedback;		/* the profile in force is AVPF or SAVPF */
	uint8_t key[SUITE_COUNT][SRTP_KEY_MOST];	/* master key and salt */
};

/* What both sides agreed on. */
struct offer_choice {
	enum codec codec;
	uint8_t payload;
	uint8_t event_payload;	/* 0: none */
	uint16_t ptime;		/* ms, that we send */
	unsigned direction;	/* ours: what we may do */
	unsigned tag;		/* of the a=crypto line */
	struct media_srtp srtp;	/* SUITE_NONE: in the clear */
};

/* Their offer against our side: the best codec of ours that they have. 0;
 * -ENOTSUP: no codec in common; of SRTP -ENOKEY: they offer none, and it is
 * required; -EKEYREJECTED: none of their suites and keys will do; -ENOPKG: there
 * are keys by DTLS alone; -EPERM: they insist on it, and it is off. */
int offer_choose(struct offer_choice *, const struct offer *theirs,
		 const struct offer_local *);

/* Their answer to our offer: their first codec that we take. As above. */
int offer_chosen(struct offer_choice *, const struct offer *theirs,
		 const struct offer_local *);

/* Why offer_choose() or offer_chosen() refused, as a sentence's end. */
const char *offer_refusal(int err);

/* New keys for all suites: at a session's start, and when the far end changes
 * its own. */
void offer_keys(struct offer_local *);

/* "RTP/SAVPF"; false: none of ours, which are RTP/AVP, AVPF, SAVP and SAVPF. */
bool offer_profile(const char *proto, bool *savp, bool *feedback);

/* ---- offer_crypto.c */
/* The value of an a=crypto line. -EINVAL: not one of ours, or unreadable. */
int crypto_parse(struct offer_crypto *, const char *value);
/* "1 AES_CM_128_HMAC_SHA1_80 inline:...", its length, -ENOSPC. */
#define CRYPTO_TEXT 128
int crypto_write(char buf[CRYPTO_TEXT], unsigned tag, enum srtp_suite,
		 const uint8_t *key);
size_t crypto_key_size(enum srtp_suite);

/* Both write into buf, end it with a zero and return the length, or -ENOSPC. */
int offer_write(char *buf, size_t size, const struct offer_local *);
/* Every line of theirs is answered; those we do not take with port 0. */
int offer_answer(char *buf, size_t size, const struct offer_local *,
		 const struct offer *theirs, const struct offer_choice *);

#endif
