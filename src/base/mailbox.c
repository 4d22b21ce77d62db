/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "base/mailbox.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct mailbox {
	size_t size, mask;
	int fd;
	_Alignas(64) atomic_size_t head;	/* next to take */
	_Alignas(64) atomic_size_t tail;	/* next to fill */
	_Alignas(64) atomic_bool asleep;	/* the consumer saw it empty */
	unsigned char data[];
};

struct mailbox *mailbox_new(size_t size, size_t count)
{
	struct mailbox *m;
	size_t n = 2;

	while (n < count)
		n *= 2;
	m = aligned_alloc(64, (sizeof(*m) + size * n + 63) / 64 * 64);
	if (!m)
		return NULL;
	memset(m, 0, sizeof(*m));
	m->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (m->fd < 0) {
		free(m);
		return NULL;
	}
	m->size = size;
	m->mask = n - 1;
	atomic_init(&m->asleep, true);
	return m;
}

void mailbox_free(struct mailbox *m)
{
	if (!m)
		return;
	close(m->fd);
	free(m);
}

int mailbox_post(struct mailbox *m, const void *message)
{
	size_t tail = atomic_load_explicit(&m->tail, memory_order_relaxed);
	size_t head = atomic_load_explicit(&m->head, memory_order_acquire);
	uint64_t one = 1;

	if (tail - head > m->mask)
		return -ENOBUFS;
	memcpy(m->data + (tail & m->mask) * m->size, message, m->size);
	/* Sequentially consistent with the consumer's store of asleep and its
	 * second look: one of the two sees the other. */
	atomic_store(&m->tail, tail + 1);
	if (atomic_exchange(&m->asleep, false))
		if (write(m->fd, &one, sizeof(one)) < 0 && errno != EAGAIN)
			return -errno;
	return 0;
}

static bool take(struct mailbox *m, void *message)
{
	size_t head = atomic_load_explicit(&m->head, memory_order_relaxed);

	if (head == atomic_load(&m->tail))
		return false;
	memcpy(message, m->data + (head & m->mask) * m->size, m->size);
	atomic_store_explicit(&m->head, head + 1, memory_order_release);
	return true;
}

bool mailbox_take(struct mailbox *m, void *message)
{
	uint64_t count;

	if (take(m, message))
		return true;
	if (atomic_load_explicit(&m->asleep, memory_order_relaxed))
		return false;
	while (read(m->fd, &count, sizeof(count)) < 0 && errno == EINTR)
		;
	atomic_store(&m->asleep, true);
	if (!take(m, message))
		return false;
	/* Something came in between: awake again, whoever rang the bell. */
	atomic_store(&m->asleep, false);
	return true;
}

int mailbox_fd(const struct mailbox *m)
{
	return m->fd;
}
