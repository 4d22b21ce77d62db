/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * span.c - the D channel of a primary rate span. The kernel does HDLC and the
 * FCS, in software or in the card; a read gives a frame with its FCS, a write
 * takes one with two octets more, in which the kernel puts it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "drivers/dahdi/dahdi.h"
#include "drivers/dahdi/port.h"
#include "tipring/dchannel.h"

#define FCS 2
/* Frames that wait in each direction. 30 calls that clear at once are 30
 * messages of 20 octets within some ms. */
#define FRAMES 32
#define FRAME_BUFFER 1024
#define T1_SLOTS 24

struct dchannel {
	int fd, span, channel;
	int channels[DCHANNEL_SLOTS + 1];	/* by slot; 0: no B channel */
	struct dchannel_shape shape;
	enum port_alarm alarm, told;
};

/* Slots beyond a span's last are not asked for: the next span begins there. */
static int look(struct dchannel *d, int ctl, char *why, size_t size)
{
	struct dahdi_spaninfo s = { .spanno = d->span };
	struct dahdi_params p;

	if (ioctl(ctl, DAHDI_SPANSTAT, &s) < 0) {
		snprintf(why, size, "there is no span %d; `tipring lines --scan` "
			 "lists those there are", d->span);
		return -errno;
	}
	d->alarm = dahdi_alarm_of(s.alarms);
	d->shape.t1 = s.totalchans <= T1_SLOTS;
	for (int n = 1; n < DAHDI_MAX_CHANNELS; n++) {
		if (dahdi_params(ctl, n, &p) || p.spanno != d->span ||
		    p.chanpos < 1 || p.chanpos > DCHANNEL_SLOTS)
			continue;
		if (p.sigtype == DAHDI_SIG_CLEAR) {
			d->channels[p.chanpos] = n;
			d->shape.b_slots |= 1u << p.chanpos;
			d->shape.format = p.curlaw == DAHDI_LAW_ALAW ?
					  AUDIO_ALAW : AUDIO_MULAW;
		} else if (p.sigtype == DAHDI_SIG_HDLCFCS ||
			   p.sigtype == DAHDI_SIG_HARDHDLC) {
			d->channel = n;
			d->shape.d_slot = (uint8_t)p.chanpos;
		}
	}
	if (d->channel && d->shape.b_slots)
		return 0;
	snprintf(why, size, "span %d has no %s channel; set it with `tipring lines "
		 "--setup`, or %s= in /etc/dahdi/system.conf and dahdi_cfg",
		 d->span, d->channel ? "B" : "D", d->channel ? "bchan" : "dchan");
	return -EINVAL;
}

static int open_frames(struct dchannel *d)
{
	struct dahdi_bufferinfo b = {
		.txbufpolicy = DAHDI_POLICY_IMMEDIATE,
		.rxbufpolicy = DAHDI_POLICY_IMMEDIATE,
		.numbufs = FRAMES,
		.bufsize = FRAME_BUFFER,
	};

	d->fd = open(DAHDI_DEVICES "/channel", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (d->fd < 0 || ioctl(d->fd, DAHDI_SPECIFY, &d->channel) < 0 ||
	    ioctl(d->fd, DAHDI_SET_BUFINFO, &b) < 0)
		return -errno;
	return 0;
}

static void span_close(struct dchannel *d)
{
	if (!d)
		return;
	if (d->fd >= 0)
		close(d->fd);
	free(d);
}

static int span_open(struct dchannel **out, const struct dchannel_conf *conf,
		     char *why, size_t size)
{
	struct dchannel *d = calloc(1, sizeof(*d));
	char *end;
	long n = strtol(conf->address, &end, 10);
	int ctl = -1, err = -ENOMEM;

	*why = '\0';
	if (!d)
		return err;
	d->fd = -1;
	d->told = ALARM_NONE;
	if (end == conf->address || *end || n < 1 || n > DAHDI_MAX_SPANS) {
		snprintf(why, size, "\"dahdi/span/%s\" is no span; a number from 1 is, "
			 "`tipring lines --scan` lists them", conf->address);
		err = -EINVAL;
		goto out;
	}
	d->span = (int)n;
	ctl = open(DAHDI_DEVICES "/ctl", O_RDWR | O_CLOEXEC);
	if (ctl < 0) {
		err = -errno;
		dahdi_why(0, err, why, size);
		goto out;
	}
	err = look(d, ctl, why, size);
	if (err)
		goto out;
	err = open_frames(d);
	if (err)
		dahdi_why(d->channel, err, why, size);
out:
	if (ctl >= 0)
		close(ctl);
	if (err) {
		span_close(d);
		return err;
	}
	*out = d;
	return 0;
}

static void span_shape(const struct dchannel *d, struct dchannel_shape *shape)
{
	*shape = d->shape;
}

static int span_port(const struct dchannel *d, unsigned slot,
		     char name[PORT_NAME_SIZE])
{
	if (slot > DCHANNEL_SLOTS || !d->channels[slot])
		return -EINVAL;
	snprintf(name, PORT_NAME_SIZE, "dahdi/%d", d->channels[slot]);
	return 0;
}

static int span_fd(const struct dchannel *d)
{
	return d->fd;
}

/* How the span is in alarm now. There is an event only when an alarm comes and
 * when the last has gone, not when one takes another's place; and the kernel drops
 * events that its queue has no room for. */
static enum port_alarm asked(const struct dchannel *d)
{
	struct dahdi_spaninfo s = { .spanno = d->span };

	if (ioctl(d->fd, DAHDI_SPANSTAT, &s) < 0)
		return dahdi_is_gone(errno) || errno == EINVAL ? ALARM_REMOVED :
								 d->alarm;
	return dahdi_alarm_of(s.alarms);
}

static int span_next_event(struct dchannel *d, enum port_alarm *alarm)
{
	while (d->alarm != ALARM_REMOVED) {
		int event = DAHDI_EVENT_NONE;

		/* REMOVED is stored and yet the request fails. */
		if (ioctl(d->fd, DAHDI_GETEVENT, &event) < 0) {
			event = dahdi_is_gone(errno) ? DAHDI_EVENT_REMOVED :
						       DAHDI_EVENT_NONE;
		}
		/* A bad FCS, an abort, an overrun: a frame is lost, and layer 2
		 * asks for it again. */
		if (event == DAHDI_EVENT_REMOVED)
			d->alarm = ALARM_REMOVED;
		else if (event == DAHDI_EVENT_NONE)
			break;
	}
	if (d->alarm != ALARM_REMOVED)
		d->alarm = asked(d);
	if (d->alarm == d->told)
		return 0;
	*alarm = d->told = d->alarm;
	return 1;
}

static ssize_t span_read(struct dchannel *d, void *frame, size_t size)
{
	uint8_t buffer[FRAME_BUFFER];

	if (d->alarm == ALARM_REMOVED)
		return -ENODEV;
	for (;;) {
		ssize_t n = read(d->fd, buffer, sizeof(buffer));

		if (n < 0 && errno == ENODEV)
			return -ENODEV;
		/* ELAST: an event waits. */
		if (n <= 0)
			return -EAGAIN;
		if (n <= FCS || (size_t)n - FCS > size)
			continue;
		memcpy(frame, buffer, (size_t)n - FCS);
		return n - FCS;
	}
}

static ssize_t span_write(struct dchannel *d, const void *frame, size_t octets)
{
	uint8_t buffer[FRAME_BUFFER] = { 0 };
	ssize_t n;

	if (d->alarm == ALARM_REMOVED)
		return -ENODEV;
	if (octets > sizeof(buffer) - FCS)
		return -EMSGSIZE;
	if (d->alarm != ALARM_NONE)
		return (ssize_t)octets;
	memcpy(buffer, frame, octets);
	n = write(d->fd, buffer, octets + FCS);
	if (n < 0)
		return errno == ENODEV ? -ENODEV : -EAGAIN;
	return (ssize_t)octets;
}

const struct dchannel_ops dahdi_dchannel = {
	.open = span_open,
	.close = span_close,
	.shape = span_shape,
	.port = span_port,
	.fd = span_fd,
	.next_event = span_next_event,
	.read = span_read,
	.write = span_write,
};
