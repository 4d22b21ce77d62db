/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include "drivers/dahdi/port.h"

#define KERNEL_EVENTS 63	/* that it keeps of a channel */

/* An event that the kernel does not queue; next_event gives it first. With no
 * room left a resync takes the place of the last. */
void dahdi_own_event(struct line_port *port, enum line_event_type type, int value)
{
	struct line_event *e;

	if (port->own_count == OWN_EVENTS) {
		port->own[OWN_EVENTS - 1].type = LINE_EVENT_RESYNC;
		return;
	}
	e = &port->own[port->own_count++];
	*e = (struct line_event){ type, value, port->samples };
}

static bool take_own(struct line_port *port, struct line_event *e)
{
	if (!port->own_count)
		return false;
	*e = port->own[0];
	port->own_count--;
	memmove(port->own, port->own + 1, port->own_count * sizeof(*e));
	return true;
}

static enum line_event_type alarmed(struct line_port *port, int *value)
{
	struct dahdi_params p;

	port->alarm = port->kind == PORT_FXO && !port->digital ?
		ALARM_NO_BATTERY : ALARM_RED;
	if (!dahdi_params(port->fd, 0, &p) && dahdi_alarm(&p, port->kind))
		port->alarm = dahdi_alarm(&p, port->kind);
	*value = port->alarm;
	return LINE_EVENT_ALARM;
}

/* The channel was taken away. The descriptor is closed by close(); until then
 * nothing is asked of it. */
static enum line_event_type removed(struct line_port *port, int *value)
{
	if (port->gone)
		return LINE_EVENT_NONE;
	port->gone = true;
	port->alarm = *value = ALARM_REMOVED;
	return LINE_EVENT_ALARM;
}

/* After a break the kernel may have overlooked that the telephone hung up; that it
 * lifts again tells of both. */
static enum line_event_type lifted(struct line_port *port)
{
	bool overlooked = port->lifted && port->broken;

	port->lifted = true;
	port->broken = port->ringing = false;
	/* A card trips the ringer itself, the kernel's cadence goes on until it is
	 * told. */
	dahdi_set_hook(port, DAHDI_OFFHOOK);
	if (!overlooked)
		return LINE_EVENT_OFF_HOOK;
	dahdi_own_event(port, LINE_EVENT_OFF_HOOK, 0);
	return LINE_EVENT_ON_HOOK;
}

/* What an FXS port sees: a telephone. */
static enum line_event_type station(struct line_port *port, int event, int *value)
{
	switch (event) {
	case DAHDI_EVENT_RINGOFFHOOK:
		return lifted(port);
	case DAHDI_EVENT_ONHOOK:
		port->lifted = port->broken = false;
		port->feed_at = 0;
		/* Not on hook: that would break the line of who has lifted again
		 * since. */
		dahdi_set_hook(port, DAHDI_RINGOFF);
		return LINE_EVENT_ON_HOOK;
	case DAHDI_EVENT_WINKFLASH:
		*value = 0;
		return LINE_EVENT_FLASH;
	case DAHDI_EVENT_RINGEROFF:
		return port->ringing ? LINE_EVENT_BURST_END : LINE_EVENT_NONE;
	case DAHDI_EVENT_HOOKCOMPLETE:
		dahdi_feed_later(port);
		return LINE_EVENT_NONE;
	}
	if (event & DAHDI_EVENT_PULSEDIGIT) {
		*value = event & 0xff;
		return *value >= '0' && *value <= '9' ? LINE_EVENT_PULSE_DIGIT
						      : LINE_EVENT_NONE;
	}
	return LINE_EVENT_NONE;
}

/* RINGOFFHOOK is a burst's end and never an answer. Within two seconds of
 * opening or hanging up the kernel hides a burst's start: then its end tells of
 * both. Off hook it is the spurious end of a dead line's mask. */
static enum line_event_type burst_end(struct line_port *port)
{
	if (port->off_hook)
		return LINE_EVENT_RESYNC;
	port->rang_at = dahdi_now();
	if (!port->ringing) {
		dahdi_own_event(port, LINE_EVENT_RING_OFF, 0);
		return LINE_EVENT_RING_ON;
	}
	port->ringing = false;
	return LINE_EVENT_RING_OFF;
}

static void dialled(struct line_port *port)
{
	port->dialling = false;
	port->read_at = 0;	/* nothing was written meanwhile */
}

/* What an FXO port sees: an exchange or a PBX. */
static enum line_event_type trunk(struct line_port *port, int event, int *value)
{
	switch (event) {
	case DAHDI_EVENT_RINGBEGIN:
		port->ringing = true;
		return LINE_EVENT_RING_ON;
	case DAHDI_EVENT_RINGOFFHOOK:
		return burst_end(port);
	case DAHDI_EVENT_ONHOOK:
		/* Only while off hook: the line was opened. How long, the
		 * kernel does not say. */
		*value = 0;
		return LINE_EVENT_BREAK;
	case DAHDI_EVENT_POLARITY:
		*value = -1;
		return LINE_EVENT_POLARITY;
	case DAHDI_EVENT_HOOKCOMPLETE:
		return port->signalling == SIGNALLING_GROUND_START &&
			port->off_hook ? LINE_EVENT_SEIZED : LINE_EVENT_NONE;
	case DAHDI_EVENT_DIALCOMPLETE:
		dialled(port);
		return LINE_EVENT_DIALLED;
	case DAHDI_EVENT_NEONMWI_ACTIVE:
		*value = 1;
		return LINE_EVENT_MESSAGES;
	case DAHDI_EVENT_NEONMWI_INACTIVE:
		return LINE_EVENT_MESSAGES;
	}
	return LINE_EVENT_NONE;
}

static enum line_event_type translate(struct line_port *port, int event, int *value)
{
	switch (event) {
	case DAHDI_EVENT_ALARM:
		return alarmed(port, value);
	case DAHDI_EVENT_NOALARM:
		port->alarm = ALARM_NONE;
		return LINE_EVENT_ALARM_CLEARED;
	case DAHDI_EVENT_REMOVED:
		return removed(port, value);
	}
	switch (port->kind) {
	case PORT_FXS: return station(port, event, value);
	case PORT_FXO: return trunk(port, event, value);
	case PORT_B: break;	/* all else comes by the D channel */
	}
	return LINE_EVENT_NONE;
}

/* The queue is empty. If it may have been full, the kernel has dropped what came
 * then, without a word: the port's state tells the rest. */
static bool overflowed(struct line_port *port)
{
	bool lost = port->taken >= KERNEL_EVENTS;
	struct dahdi_params p;
	int dials = 1;

	port->taken = 0;
	if (!lost)
		return false;
	port->broken = false;
	if (!dahdi_params(port->fd, 0, &p))
		port->lifted = dahdi_loop_closed(port, &p);
	if (port->dialling && !ioctl(port->fd, DAHDI_DIALING, &dials) && !dials) {
		dialled(port);
		dahdi_own_event(port, LINE_EVENT_DIALLED, 0);
	}
	dahdi_own_event(port, LINE_EVENT_RESYNC, 0);
	return true;
}

bool dahdi_is_gone(int err)
{
	return err == ENODEV || err == ENOSYS;
}

int dahdi_next_event(struct line_port *port, struct line_event *e)
{
	while (!take_own(port, e)) {
		int event = DAHDI_EVENT_NONE, value = 0;
		enum line_event_type type;

		if (port->gone)
			return 0;
		/* REMOVED is stored and yet the request fails. */
		if (ioctl(port->fd, DAHDI_GETEVENT, &event) < 0) {
			if (!dahdi_is_gone(errno))
				return 0;
			event = DAHDI_EVENT_REMOVED;
		}
		if (event == DAHDI_EVENT_NONE) {
			if (!overflowed(port))
				return 0;
			continue;
		}
		port->taken++;
		type = translate(port, event, &value);
		if (type == LINE_EVENT_NONE)
			continue;
		*e = (struct line_event){ type, value, port->samples };
		return 1;
	}
	return 1;
}
