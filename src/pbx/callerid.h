/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * callerid.h - caller ID as sound: made for a ringing line, read on a phone.
 */
#ifndef PBX_CALLERID_H
#define PBX_CALLERID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "tipring/media.h"

/* When in a ringing it is sent. */
enum callerid_when { CALLERID_NEVER, CALLERID_BEFORE, CALLERID_BETWEEN,
		     CALLERID_ANSWERED /* before, by a telephone that answers */ };
enum callerid_when callerid_when(const struct callerid_way *);
/* How a country has it. */
struct callerid_way callerid_of(const struct country *);

/* The sound of one message: *samples is the caller's to free. number "": the
 * number is withheld (private) or, with unavailable, not known. 0, -ENOTSUP,
 * -EINVAL: cannot be said in this standard, -ENOMEM. */
int callerid_make(const struct callerid_way *, const struct party *, int16_t **samples,
		  size_t *count);

struct callerid_reader;
typedef void callerid_fn(void *arg, const char *number, const char *name);

/* NULL: no reader for this standard, or no memory. number: "private",
 * "unavailable" where it is withheld. */
struct callerid_reader *callerid_reader_new(enum callerid_standard, callerid_fn *, void *arg);
/* What is called when it is told whether messages wait. */
typedef void callerid_messages_fn(void *arg, bool waiting);
void callerid_reader_messages(struct callerid_reader *, callerid_messages_fn *);
void callerid_reader_free(struct callerid_reader *);
void callerid_read(struct callerid_reader *, const int16_t *, size_t n);

#endif
