/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include <errno.h>
#include <sys/ioctl.h>

#include "drivers/dahdi/port.h"

/* channel 0: the one that fd is open on. Any other needs no open, so that a
 * look never hangs up somebody's call: opening does. */
int dahdi_params(int fd, int channel, struct dahdi_params *p)
{
	*p = (struct dahdi_params){ .channo = channel };
	return ioctl(fd, DAHDI_GET_PARAMS, p) < 0 ? -errno : 0;
}

/* The kernel names the signalling after the far end: an FXO port speaks FXS
 * signalling. */
void dahdi_describe(const struct dahdi_params *p, enum port_kind *kind,
		    enum port_signalling *signalling, enum audio_format *format)
{
	*kind = 0;
	*signalling = SIGNALLING_CLEAR;
	switch (p->sigtype) {
	case DAHDI_SIG_FXSLS: case DAHDI_SIG_FXSGS: case DAHDI_SIG_FXSKS:
		*kind = PORT_FXO;
		break;
	case DAHDI_SIG_FXOLS: case DAHDI_SIG_FXOGS: case DAHDI_SIG_FXOKS:
		*kind = PORT_FXS;
		break;
	case DAHDI_SIG_CLEAR:
		*kind = PORT_B;
		break;
	}
	switch (p->sigtype) {
	case DAHDI_SIG_FXSLS: case DAHDI_SIG_FXOLS:
		*signalling = SIGNALLING_LOOP_START;
		break;
	case DAHDI_SIG_FXSGS: case DAHDI_SIG_FXOGS:
		*signalling = SIGNALLING_GROUND_START;
		break;
	case DAHDI_SIG_FXSKS: case DAHDI_SIG_FXOKS:
		*signalling = SIGNALLING_KEWLSTART;
		break;
	}
	*format = p->curlaw == DAHDI_LAW_ALAW ? AUDIO_ALAW : AUDIO_MULAW;
}

/* What cards of that kind can do; open() asks the card about some of it. */
unsigned dahdi_capabilities(enum port_kind kind, enum port_signalling signalling,
			    bool digital)
{
	unsigned can = PORT_CANCELLER;

	switch (kind) {
	case PORT_FXS:
		can |= PORT_ON_HOOK_SEND;
		if (!digital)
			can |= PORT_CAN_REVERSE | PORT_VMWI | PORT_READINGS;
		break;
	case PORT_FXO:
		can |= PORT_PULSE | PORT_ON_HOOK_HEAR;
		if (signalling != SIGNALLING_LOOP_START)
			can |= PORT_SEES_BREAKS;
		if (!digital)
			can |= PORT_SEES_REVERSAL | PORT_GAIN |
			       PORT_READINGS | PORT_IMPEDANCES;
		break;
	case PORT_B:
		break;
	}
	return can;
}

/* An analog card reports no CAS bits (-1); a span of bits has both sigcaps. */
bool dahdi_is_digital(const struct dahdi_params *p)
{
	return p->rxbits >= 0;
}

enum port_alarm dahdi_alarm_of(int alarms)
{
	if (alarms & (DAHDI_ALARM_RED | DAHDI_ALARM_NOTOPEN))
		return ALARM_RED;
	if (alarms & DAHDI_ALARM_BLUE)
		return ALARM_BLUE;
	if (alarms & DAHDI_ALARM_YELLOW)
		return ALARM_YELLOW;
	return alarms & DAHDI_ALARM_RECOVER ? ALARM_RED : ALARM_NONE;
}

enum port_alarm dahdi_alarm(const struct dahdi_params *p, enum port_kind kind)
{
	enum port_alarm alarm = dahdi_alarm_of(p->chan_alarms);

	/* A card's FXO port raises red when its line has no battery; only the
	 * span of a digital card says the same for a real fault. */
	if (alarm && kind == PORT_FXO && !dahdi_is_digital(p))
		return ALARM_NO_BATTERY;
	return alarm;
}

bool dahdi_carries_audio(const struct line_port *port)
{
	return !port->gone && port->alarm != ALARM_RED &&
	       port->alarm != ALARM_YELLOW && port->alarm != ALARM_BLUE;
}

bool dahdi_loop_closed(const struct line_port *port, const struct dahdi_params *p)
{
	return port->kind == PORT_FXS && p->rxisoffhook;
}

/* rxisoffhook of an FXO port: on a card battery is there, on a span of bits
 * ringing is. */
static bool has_battery(const struct line_port *port, const struct dahdi_params *p)
{
	if (port->kind != PORT_FXO)
		return true;
	return port->digital ? !port->alarm : p->rxisoffhook || !port->alarm;
}

int dahdi_state(struct line_port *port, struct port_state *s)
{
	struct dahdi_params p;
	int err;

	if (port->feed_at)
		dahdi_feed_due(port, dahdi_now());
	err = port->gone ? -ENODEV : dahdi_params(port->fd, 0, &p);

	*s = (struct port_state){
		.kind = port->kind,
		.signalling = port->signalling,
		.format = port->format,
		.capabilities = port->capabilities,
		.alarm = port->alarm,
	};
	if (err == -ENODEV) {
		s->alarm = ALARM_REMOVED;
		return 0;
	}
	if (err)
		return err;
	port->alarm = dahdi_alarm(&p, port->kind);
	s->alarm = port->alarm;
	s->off_hook = port->kind == PORT_FXS ? dahdi_loop_closed(port, &p)
					     : port->off_hook;
	s->ringing = port->ringing;
	s->battery = has_battery(port, &p);
	return 0;
}
