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
	struct wctdm_stats stats;
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
	/* Those that tell have the impedances, too. */
	if (can & PORT_READINGS && !takes(port, WCTDM_GET_STATS, &stats))
		can &= ~(unsigned)(PORT_READINGS | PORT_IMPEDANCES);
	if (can & PORT_GAIN && set_gain(port, 0, false))
		can &= ~PORT_GAIN;
	return can;
}

/* Si3050. */
enum { REG_CURRENT = 28, REG_IMPEDANCE = 30, REG_FILTER = 45, IMPEDANCES = 16 };
enum { CURRENT_UA = 1100 };		/* of one step */

/* With the hybrid's filter flat, as after the module is loaded. */
int dahdi_card_impedance(const struct line_port *port, int setting)
{
	struct wctdm_echo_coefs tune = { .acim = (uint8_t)setting };

	if (port->kind != PORT_FXO || port->digital)
		return -ENOTSUP;
	return takes(port, WCTDM_SET_ECHOTUNE, &tune) ? 0 : -ENOTSUP;
}

int dahdi_readings(struct line_port *port, struct port_readings *r)
{
	struct wctdm_stats s;
	struct wctdm_regs regs;

	*r = (struct port_readings){ 0 };
	if (!takes(port, WCTDM_GET_STATS, &s))
		return errno == ENODEV ? -ENODEV : -ENOTSUP;
	r->has_voltage = true;
	r->voltage = port->kind == PORT_FXO ? s.tip : s.tip - s.ring;
	if (port->kind != PORT_FXO || !takes(port, WCTDM_GET_REGS, &regs))
		return 0;
	r->has_current = true;
	r->current = regs.direct[REG_CURRENT] * CURRENT_UA;
	return 0;
}

/* No request tells it, only the registers do, which takes a while: once, and
 * not at open. */
int dahdi_impedance(struct line_port *port, int setting)
{
	struct wctdm_regs regs;

	if (setting >= IMPEDANCES)
		return -EINVAL;
	if (!port->tried) {
		if (setting < 0)
			return 0;
		if (!takes(port, WCTDM_GET_REGS, &regs))
			return -ENOTSUP;
		port->own_tune.acim = regs.direct[REG_IMPEDANCE] & (IMPEDANCES - 1);
		for (int i = 0; i < 8; i++)
			port->own_tune.filter[i] = regs.direct[REG_FILTER + i];
		port->tried = true;
	}
	if (setting >= 0)
		return dahdi_card_impedance(port, setting);
	return takes(port, WCTDM_SET_ECHOTUNE, &port->own_tune) ? 0 : -errno;
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
