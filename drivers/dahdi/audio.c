/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "drivers/dahdi/port.h"

#define BLOCK_NS (BLOCK * 125000ull)

int dahdi_audio_open(int fd)
{
	struct dahdi_bufferinfo b = {
		.txbufpolicy = DAHDI_POLICY_IMMEDIATE,
		.rxbufpolicy = DAHDI_POLICY_IMMEDIATE,
		.numbufs = BLOCKS,
		.bufsize = BLOCK,
	};

	return ioctl(fd, DAHDI_SET_BUFINFO, &b) < 0 ? -errno : 0;
}

static void silence(const struct line_port *port, void *frame, size_t samples)
{
	memset(frame, port->format == AUDIO_ALAW ? 0xd5 : 0xff, samples);
}

/* Reading begins, or fell behind by more than the kernel keeps: what lies there
 * is old; or the kernel has emptied its buffers. Both directions start afresh, with
 * PREFILL ahead. */
static void restart(struct line_port *port, uint64_t now)
{
	int what = DAHDI_FLUSH_BOTH;
	unsigned char quiet[BLOCK];

	ioctl(port->fd, DAHDI_FLUSH, &what);
	silence(port, quiet, sizeof(quiet));
	ahead_start(&port->ahead, now, 0);
	if (port->dialling)
		return;		/* which a write would end */
	/* No write is longer than a block. */
	for (size_t left = PREFILL, n; left; left -= n) {
		n = left < BLOCK ? left : BLOCK;
		if (write(port->fd, quiet, n) < 0)
			break;
		ahead_wrote(&port->ahead, n);
	}
}

ssize_t dahdi_read(struct line_port *port, void *frame, size_t samples)
{
	uint64_t now = dahdi_now();
	ssize_t n;

	if (!dahdi_carries_audio(port))
		return -EAGAIN;
	/* A read shorter than a block would lose the rest of it. */
	if (samples < BLOCK)
		return -EINVAL;
	if (!port->read_at || now - port->read_at > BLOCKS * BLOCK_NS)
		restart(port, now);
	port->read_at = now;
	if (port->feed_at)
		dahdi_feed_due(port, now);
	n = read(port->fd, frame, BLOCK);
	if (n < 0)
		return errno == ENODEV ? -ENODEV : -EAGAIN;
	port->samples += (uint64_t)n;
	ahead_read(&port->ahead, now, (size_t)n);
	return n;
}

ssize_t dahdi_write(struct line_port *port, const void *frame, size_t samples)
{
	size_t n;

	/* A write would end the kernel's dialling. */
	if (port->gone || port->dialling)
		return (ssize_t)samples;
	n = ahead_write(&port->ahead, frame, samples, port->format == AUDIO_ALAW);
	/* A full queue or a pending event: the frame is dropped, the clock goes
	 * on. */
	if (n && write(port->fd, frame, n) >= 0)
		ahead_wrote(&port->ahead, n);
	return (ssize_t)samples;
}
