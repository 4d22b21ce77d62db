/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * callerid.h - caller ID on analog lines, heard and sent: FSK messages of GR-30
 * and GR-31 (Bell 202), EN 300 659 (V.23), SIN 227, and DTMF.
 */
#ifndef MEDIA_CALLERID_H
#define MEDIA_CALLERID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tipring/media.h"

#define CALLERID_MESSAGE 258	/* type, length, 255 octets, checksum */

/* ---- the message, pure */

/* Builds the message of a call from `from`: date and time (when, s since 1970,
 * local time), number and name or why they are absent. Returns its octets
 * without the checksum. */
size_t callerid_build(uint8_t to[CALLERID_MESSAGE], enum callerid_standard,
		      const struct party *from, int64_t when);

/* The same for messages that wait. */
size_t callerid_build_messages(uint8_t to[CALLERID_MESSAGE], bool waiting);

/* Reads one (type, length, body; the checksum was right). -EINVAL: no call
 * set-up message, or its fields contradict each other. */
int callerid_parse(struct party *, const uint8_t *, size_t size);

/* What DTMF caller ID says: digits between start and end code. */
int callerid_parse_digits(struct party *, const char *digits);
size_t callerid_digits(char to[PARTY_NUMBER_SIZE], const struct callerid_way *,
		       const struct party *);

/* ---- hearing */

struct callerid;

enum callerid_news { CALLERID_NOTHING, CALLERID_COMPLETE, CALLERID_BROKEN };

struct callerid *callerid_new(enum callerid_standard);
void callerid_free(struct callerid *);
void callerid_conf(struct callerid *, enum callerid_standard);
void callerid_reset(struct callerid *);
enum callerid_news callerid_run(struct callerid *, const int16_t *, size_t n,
				struct party *);
/* DTMF heard elsewhere; 0 ends the string for lack of more. */
bool callerid_takes_digits(const struct callerid *);
enum callerid_news callerid_digit(struct callerid *, char digit, struct party *);

/* ---- sending */

struct callerid_sender;

struct callerid_sender *callerid_sender_new(void);
void callerid_sender_free(struct callerid_sender *);
/* Begins `wait` ms from now. -ENOTSUP: not sent as sound. */
int callerid_send(struct callerid_sender *, const struct callerid_way *,
		  const struct party *, int64_t when, unsigned wait);
/* The same to a telephone that talks and has said that it listens: FSK without
 * channel seizure (GR-30, EN 300 659-2). */
int callerid_send_talking(struct callerid_sender *, const struct callerid_way *,
			  const struct party *, int64_t when, unsigned wait);
/* Whether a standard has data about messages, and sends them. */
bool callerid_tells_messages(enum callerid_standard);
int callerid_send_messages(struct callerid_sender *, const struct callerid_way *,
			   bool waiting, unsigned wait);
void callerid_stop(struct callerid_sender *);
bool callerid_sending(const struct callerid_sender *);
/* Fills n samples; false: nothing is being sent. */
bool callerid_sound(struct callerid_sender *, int16_t *, size_t n);

#endif
