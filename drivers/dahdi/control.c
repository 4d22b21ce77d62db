/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#include "drivers/dahdi/port.h"

/* A break, and the kernel's guard of 300 ms after it. */
#define BREAK_NS 500000000ull
#define GUARD_NS 350000000ull
#define AGAIN_NS 100000000ull
/* The longest pause between rings, and some more. */
#define RINGS_NS 6500000000ull

uint64_t dahdi_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* A request that a kind of card does not know answers ENOTTY, EINVAL or
 * ENOSYS; none of them is a fault. */
static int request(struct line_port *port, unsigned long code, void *arg)
{
	if (port->gone)
		return -ENODEV;
	if (ioctl(port->fd, code, arg) == 0)
		return 0;
	switch (errno) {
	case ENOTTY: case EINVAL: case ENOSYS:
		return -ENOTSUP;
	}
	return -errno;
}

/* EINPROGRESS is how a descriptor that does not block says that it began. Of all
 * hook requests on hook alone empties the kernel's buffers, both ways. */
int dahdi_set_hook(struct line_port *port, int value)
{
	int err = request(port, DAHDI_HOOK, &value);

	if (!err && value == DAHDI_ONHOOK)
		port->read_at = 0;
	return err == -EINPROGRESS ? 0 : err;
}

static bool rings(const struct line_port *port)
{
	return port->ringing ||
		(port->rang_at && dahdi_now() - port->rang_at < RINGS_NS);
}

int dahdi_hook(struct line_port *port, bool off_hook)
{
	int how = DAHDI_ONHOOK, err;

	if (port->kind != PORT_FXO)
		return -ENOTSUP;
	port->dialling = false;
	/* Ground start grounds the ring to seize; who answers closes the loop. */
	if (off_hook)
		how = port->signalling == SIGNALLING_GROUND_START && !rings(port) ?
			DAHDI_START : DAHDI_OFFHOOK;
	err = dahdi_set_hook(port, how);
	if (err)
		return err;
	/* Ground start tells by HOOKCOMPLETE that dialling may begin; for the
	 * others the loop is closed now, and no event says so. */
	if (off_hook && !port->off_hook && how == DAHDI_OFFHOOK)
		dahdi_own_event(port, LINE_EVENT_SEIZED, 0);
	port->off_hook = off_hook;
	port->ringing = false;
	port->rang_at = 0;
	return 0;
}

/* The kernel's form: on and off times by turns, the on time that the repeated
 * part begins with is negative, zero ends. */
static int set_cadence(struct line_port *port, const struct cadence *c)
{
	struct dahdi_ring_cadence k = { { 0 } };
	unsigned n = c->count & ~1u;

	if (n > DAHDI_MAX_CADENCE - 2)
		n = DAHDI_MAX_CADENCE - 2;
	for (unsigned i = 0; i < n; i++)
		k.ringcadence[i] = c->ms[i];
	if (c->loop < n)
		k.ringcadence[c->loop & ~1] *= -1;
	return n ? request(port, DAHDI_SETCADENCE, &k) : 0;
}

int dahdi_ring(struct line_port *port, const struct cadence *c)
{
	int err;

	if (port->kind != PORT_FXS)
		return -ENOTSUP;
	if (!c) {
		port->ringing = false;
		return dahdi_set_hook(port, port->lifted ? DAHDI_OFFHOOK
							 : DAHDI_RINGOFF);
	}
	err = set_cadence(port, c);
	if (err && err != -ENOTSUP)
		return err;
	err = dahdi_set_hook(port, DAHDI_RING);
	if (!err)
		port->ringing = true;
	return err;
}

/* With kewlstart the kernel opens the line for 500 ms, whatever is asked for.
 * With ground start it takes the ground away, which is the same to the far end,
 * until its next off hook. Loop start has no such sign. */
int dahdi_battery(struct line_port *port, int break_ms)
{
	int err;

	if (port->kind != PORT_FXS || port->signalling == SIGNALLING_LOOP_START)
		return -ENOTSUP;
	err = dahdi_set_hook(port, DAHDI_ONHOOK);
	/* Of a telephone that has just hung up, within the time in which the kernel
	 * takes that for a bounce, it tells nothing more. */
	if (!err && port->lifted) {
		port->feed_at = dahdi_now() + BREAK_NS + GUARD_NS;
		port->broken = true;
	}
	return err;
}

/*
 * The break is over and the telephone is still off hook: it wants to be fed
 * again, for it may be listening to a tone. But for some time after a break the
 * kernel refuses that, and it overlooks a telephone that hangs up meanwhile.
 * Being fed afterwards makes it look at the loop, too.
 */
void dahdi_feed_later(struct line_port *port)
{
	if (port->lifted)
		port->feed_at = dahdi_now() + GUARD_NS;
}

void dahdi_feed_due(struct line_port *port, uint64_t now)
{
	if (!port->feed_at || now < port->feed_at)
		return;
	port->feed_at = 0;
	if (port->lifted && dahdi_set_hook(port, DAHDI_OFFHOOK) == -EBUSY)
		port->feed_at = now + AGAIN_NS;
}

int dahdi_polarity(struct line_port *port, bool reversed)
{
	int value = reversed;

	if (!(port->capabilities & PORT_CAN_REVERSE))
		return -ENOTSUP;
	return request(port, DAHDI_SETPOLARITY, &value);
}

/* The kernel flashes for the time that open.c has set. */
int dahdi_flash(struct line_port *port, int ms)
{
	if (port->kind != PORT_FXO)
		return -ENOTSUP;
	return dahdi_set_hook(port, DAHDI_FLASH);
}

int dahdi_pulse(struct line_port *port, const char *digits)
{
	struct dahdi_dialoperation op = { .op = DAHDI_DIAL_OP_REPLACE };
	size_t n = strlen(digits);
	int err;

	if (port->kind != PORT_FXO)
		return -ENOTSUP;
	if (!n || n > sizeof(op.dialstr) - 2 || strspn(digits, "0123456789") != n)
		return -EINVAL;
	op.dialstr[0] = 'P';
	memcpy(op.dialstr + 1, digits, n + 1);
	err = request(port, DAHDI_DIAL, &op);
	port->dialling = !err;
	return err;
}

int dahdi_set(struct line_port *port, enum port_param param, int value)
{
	switch (param) {
	case PORT_KERNEL_CANCELLER:
		if (value && !(port->capabilities & PORT_CANCELLER))
			return -ENOTSUP;
		return request(port, DAHDI_ECHOCANCEL, &value);
	case PORT_ON_HOOK_SEND_MS:
		if (!(port->capabilities & PORT_ON_HOOK_SEND))
			return -ENOTSUP;
		return request(port, DAHDI_ONHOOKTRANSFER, &value);
	case PORT_MESSAGES:
		return dahdi_lamp(port, value);
	case PORT_DATA_MODE:
		if (port->kind != PORT_B)
			return -ENOTSUP;
		value = !value;
		return request(port, DAHDI_AUDIOMODE, &value);
	case PORT_RX_GAIN: case PORT_TX_GAIN:
		/* Register access sleeps: card.c at open, never the pump. */
		return -ENOTSUP;
	}
	return -ENOTSUP;
}
