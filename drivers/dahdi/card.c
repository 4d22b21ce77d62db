/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * card.c - what only some cards can do. They say so by being asked, and some
 * say yes to what they do not do.
 */
#include <errno.h>
#include <sys/ioctl.h>

#include "drivers/dahdi/port.h"

#define GAIN_LEAST (-150)
#define GAIN_MOST 120

static bool takes(const struct line_port *port, unsigned long code, void *arg)
{
	return ioctl(port->fd, code, arg) == 0;
}

/* One direction. The drivers of cards clip silently what is out of range, and
 * answer 0 for an FXS port, which has no such gain: neither is asked here. */
static int set_gain(const struct line_port *port, int gain, bool tx)
{
	struct dahdi_hwgain g = { .newgain = gain, .tx = tx };

	if (port->kind != PORT_FXO || port->digital)
		return -ENOTSUP;
	if (gain < GAIN_LEAST || gain > GAIN_MOST)
		return -EINVAL;
	return takes(port, DAHDI_SET_HWGAIN, &g) ? 0 : -ENOTSUP;
}

/* A card keeps its gains over an open, until its module is loaded again: so they
 * are set each time, none too. Sleeps in the kernel. */
int dahdi_card_gains(const struct line_port *port, int rx, int tx)
{
	int err = set_gain(port, rx, false);

	if (!err)
		err = set_gain(port, tx, true);
	return err == -ENOTSUP && !rx && !tx ? 0 : err;
}

/* Each question here leaves an idle port as it is. */
unsigned dahdi_probe(const struct line_port *port, const struct dahdi_params *p)
{
	unsigned can = dahdi_capabilities(port->kind, port->signalling,
					  port->digital);
	struct dahdi_vmwi_info lamps = { DAHDI_VMWI_LREV | DAHDI_VMWI_HVDC |
					 DAHDI_VMWI_HVAC };
	int normal = 0, ms = 0;

	/* DAHDI_ECHOCANCEL answers 0 with nothing to cancel with. */
	if (!dahdi_has_canceller(p->spanno, p->chanpos))
		can &= ~PORT_CANCELLER;
	if (can & PORT_CAN_REVERSE && !takes(port, DAHDI_SETPOLARITY, &normal))
		can &= ~PORT_CAN_REVERSE;
	/* A span of bits passes audio on hook without being told. */
	if (can & PORT_ON_HOOK_SEND && !port->digital &&
	    !takes(port, DAHDI_ONHOOKTRANSFER, &ms))
		can &= ~PORT_ON_HOOK_SEND;
	/* Every kind of lamp: a card lights those that it has. */
	if (can & PORT_VMWI && !takes(port, DAHDI_VMWI_CONFIG, &lamps))
		can &= ~PORT_VMWI;
	if (can & PORT_GAIN && set_gain(port, 0, false))
		can &= ~PORT_GAIN;
	return can;
}

int dahdi_lamp(struct line_port *port, bool on)
{
	int messages = on;

	if (!(port->capabilities & PORT_VMWI))
		return -ENOTSUP;
	if (port->gone)
		return -ENODEV;
	return takes(port, DAHDI_VMWI, &messages) ? 0 : -errno;
}
