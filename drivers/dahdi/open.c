/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "drivers/dahdi/dahdi.h"
#include "drivers/dahdi/port.h"

/* With no flash a hang-up need only be longer than the break of a pulse, which
 * is 94 ms at most (8 pulses a second, three quarters break). */
#define ON_HOOK_MS 120
#define FLASH_MS 500
#define PULSE_BREAK_MS 60
#define PULSE_MAKE_MS 40
/* Ground start: so long the ring is grounded, then the kernel closes the loop and
 * waits for 500 ms more before it says that dialling may begin. Exchanges answer
 * within 100 ms or so; the kernel's own 1500 would seem a dead line. */
#define START_MS 500
/* So long after a telephone has gone off hook the kernel sees no break. Contacts
 * bounce for some ms; its own 600 ms swallow the first pulse of who dials as soon
 * as there is dial tone. */
#define DEBOUNCE_MS 150
#define DEFAULT_ZONE (-1)	/* the kernel's DEFAULT_TONE_ZONE */

static int parse_channel(const char *address, int *channel)
{
	char *end;
	long n = strtol(address, &end, 10);

	if (end == address || *end || n < 1 || n > DAHDI_MAX_CHANNELS)
		return -EINVAL;
	*channel = (int)n;
	return 0;
}

static int open_channel(int channel, int *fd)
{
	*fd = open(DAHDI_DEVICES "/channel", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (*fd < 0)
		return -errno;
	return ioctl(*fd, DAHDI_SPECIFY, &channel) < 0 ? -errno : 0;
}

/* A look at the channel through the control device, which hangs nothing up. */
static int look(int channel, struct dahdi_params *p)
{
	int fd = open(DAHDI_DEVICES "/ctl", O_RDWR | O_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	err = dahdi_params(fd, channel, p);
	close(fd);
	return err;
}

static int check_kind(struct line_port *port, const struct dahdi_params *p,
		      const struct port_conf *conf, char *why, size_t size)
{
	static const char *const names[] = { "unknown", "FXS", "FXO", "B" };

	dahdi_describe(p, &port->kind, &port->signalling, &port->format);
	port->digital = dahdi_is_digital(p);
	if (!port->kind) {
		snprintf(why, size, "channel %d is no line (%s); set it with `tipring "
			 "lines --setup`, or in /etc/dahdi/system.conf and dahdi_cfg",
			 port->channel, p->sigtype ?
			 "something else is configured" : "none is configured");
		return -EINVAL;
	}
	if (port->kind == PORT_B && conf->kind != PORT_B) {
		snprintf(why, size, "channel %d is a B channel of span %d; take it from "
			 "lines and put { port = \"dahdi/span/%d\"; } into spans",
			 port->channel, p->spanno, p->spanno);
		return -EINVAL;
	}
	if (conf->kind && conf->kind != port->kind) {
		snprintf(why, size, "the card says that channel %d is an %s port, the "
			 "configuration says kind = \"%s\"; correct the configuration",
			 port->channel, names[port->kind],
			 conf->kind == PORT_FXS ? "fxs" :
			 conf->kind == PORT_FXO ? "fxo" : "b");
		return -EINVAL;
	}
	return 0;
}

/* Opening resets all of this, so it is set each time. The rest of the struct is
 * what the kernel says. */
static int set_times(const struct line_port *port, const struct port_conf *conf)
{
	struct dahdi_params p;
	int err = dahdi_params(port->fd, 0, &p);

	if (err)
		return err;
	if (port->kind == PORT_B)
		return 0;
	if (port->kind == PORT_FXS) {
		p.rxflashtime = conf->flash_max_ms ? (int)conf->flash_max_ms
						   : ON_HOOK_MS;
		p.debouncetime = DEBOUNCE_MS;
	} else {
		p.flashtime = conf->flash_ms ? (int)conf->flash_ms : FLASH_MS;
		p.starttime = START_MS;
		p.pulsebreaktime = conf->pulse_break_ms ? (int)conf->pulse_break_ms
							: PULSE_BREAK_MS;
		p.pulsemaketime = conf->pulse_make_ms ? (int)conf->pulse_make_ms
						      : PULSE_MAKE_MS;
	}
	return ioctl(port->fd, DAHDI_SET_PARAMS, &p) < 0 ? -errno : 0;
}

/* Without a tone zone the kernel opens a channel as usual and then refuses to ring
 * and to dial, each time. DAHDI_GETTONEZONE answers the same to none as to that of
 * the USA, so the default zone, which an open has taken, is taken again. */
static int check_zone(const struct line_port *port)
{
	int zone = DEFAULT_ZONE;

	if (port->kind == PORT_B || ioctl(port->fd, DAHDI_SETTONEZONE, &zone) == 0)
		return 0;
	return errno == ENODATA ? -ENODATA : 0;
}

static int prepare(struct line_port *port, const struct dahdi_params *p,
		   const struct port_conf *conf, char *why, size_t size)
{
	int off = 0, err;

	/* Before the buffers: a change of mode makes new ones. */
	err = port->kind == PORT_B ? dahdi_set(port, PORT_DATA_MODE, 0) : 0;
	if (!err)
		err = dahdi_audio_open(port->fd);
	if (!err)
		err = check_zone(port);
	if (err)
		return err;
	err = set_times(port, conf);
	if (err)
		return err;
	/* Cards keep it over an open. */
	ioctl(port->fd, DAHDI_ECHOCANCEL, &off);
	port->capabilities = dahdi_probe(port, p);
	/* What stood before the open queues no event. */
	port->alarm = dahdi_alarm(p, port->kind);
	port->lifted = dahdi_loop_closed(port, p);
	err = dahdi_card_gains(port, conf->card_rx_gain, conf->card_tx_gain);
	if (err)
		snprintf(why, size, "the card of channel %d sets no gains of its own; "
			 "use rx_gain and tx_gain instead of card_rx_gain and "
			 "card_tx_gain", port->channel);
	if (err || !conf->card_impedance)
		return err;
	err = dahdi_card_impedance(port, conf->card_impedance - 1);
	if (err)
		snprintf(why, size, "the impedance of the card of channel %d cannot be "
			 "set; take card_impedance out", port->channel);
	return err;
}

static int dahdi_open(struct line_port **out, const struct port_conf *conf,
		      char *why, size_t size)
{
	struct line_port *port = calloc(1, sizeof(*port));
	struct dahdi_params p;
	int err = -ENOMEM;

	*why = '\0';
	if (!port)
		return err;
	port->fd = -1;
	err = parse_channel(conf->address, &port->channel);
	if (err) {
		snprintf(why, size, "\"dahdi/%s\" is no channel; a number from 1 is, "
			 "`tipring lines --scan` lists them", conf->address);
		goto out;
	}
	err = look(port->channel, &p);
	if (!err) {
		err = check_kind(port, &p, conf, why, size);
		if (err)
			goto out;
		err = open_channel(port->channel, &port->fd);
	}
	if (!err)
		err = dahdi_params(port->fd, 0, &p);
	if (!err)
		err = prepare(port, &p, conf, why, size);
	if (err && !*why)
		dahdi_why(port->channel, err, why, size);
out:
	if (err) {
		if (port->fd >= 0)
			close(port->fd);
		free(port);
		return err;
	}
	*out = port;
	return 0;
}

/* The kernel hangs the port up. */
static void dahdi_close(struct line_port *port)
{
	if (!port)
		return;
	close(port->fd);
	free(port);
}

static int dahdi_wait(struct line_port *port, struct port_wait *w)
{
	if (port->gone) {
		*w = (struct port_wait){ .event_fd = -1, .audio_fd = -1 };
		return 0;
	}
	*w = (struct port_wait){ .event_fd = port->fd, .event_mask = POLLPRI,
				 .audio_fd = -1 };
	/* A card goes on giving blocks, which nobody reads. */
	if (dahdi_carries_audio(port)) {
		w->audio_fd = port->fd;
		w->audio_mask = POLLIN;
	}
	return 0;
}

const struct line_driver dahdi_driver = {
	.name = "dahdi",
	.frame = BLOCK,
	.begins_at_read = true,
	.dchannel = &dahdi_dchannel,
	.scan = dahdi_scan,
	.holder = dahdi_holder,
	.open = dahdi_open,
	.close = dahdi_close,
	.state = dahdi_state,
	.hook = dahdi_hook,
	.ring = dahdi_ring,
	.battery = dahdi_battery,
	.polarity = dahdi_polarity,
	.flash = dahdi_flash,
	.pulse = dahdi_pulse,
	.set = dahdi_set,
	.readings = dahdi_readings,
	.impedance = dahdi_impedance,
	.wait = dahdi_wait,
	.next_event = dahdi_next_event,
	.read = dahdi_read,
	.write = dahdi_write,
};
