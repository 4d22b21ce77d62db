/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * mailbox.h - values from one thread to one other, bounded, without locks.
 * One producer, one consumer. The consumer waits on mailbox_fd(); a post wakes
 * it only when the box was empty.
 */
#ifndef BASE_MAILBOX_H
#define BASE_MAILBOX_H

#include <stdbool.h>
#include <stddef.h>

struct mailbox;

/* count messages of size bytes each; count is rounded up to a power of two.
 * NULL and errno on error. */
struct mailbox *mailbox_new(size_t size, size_t count);
void mailbox_free(struct mailbox *);

/* Producer: copies one message in. -ENOBUFS when full; the producer then owes
 * a resync. */
int mailbox_post(struct mailbox *, const void *message);

/* Consumer: copies the oldest message out, false when empty. Draining until
 * false re-arms the descriptor. */
bool mailbox_take(struct mailbox *, void *message);
int mailbox_fd(const struct mailbox *);

#endif
