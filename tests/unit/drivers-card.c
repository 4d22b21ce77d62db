/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "drivers-card.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const struct line_driver *const drv = &dahdi_driver;

struct card card;


int __wrap_open(const char *path, int flags, ...);
int __real_open(const char *path, int flags, ...);
int __wrap_close(int fd);
int __real_close(int fd);
int __wrap_ioctl(int fd, unsigned long code, void *arg);
ssize_t __wrap_read(int fd, void *to, size_t n);
ssize_t __real_read(int fd, void *to, size_t n);
ssize_t __wrap_write(int fd, const void *from, size_t n);
ssize_t __real_write(int fd, const void *from, size_t n);

int __wrap_open(const char *path, int flags, ...)
{
	if (strncmp(path, "/dev/dahdi/", 11))
		return __real_open(path, flags);
	errno = card.open_errno;
	return card.open_errno ? -1 : CARD_FD;
}

int __wrap_close(int fd)
{
	return fd == CARD_FD ? 0 : __real_close(fd);
}

static int no(int err)
{
	errno = err;
	return -1;
}

static int get_event(int *event)
{
	if (card.removed) {
		*event = DAHDI_EVENT_REMOVED;
		return no(card.removed);
	}
	*event = card.first == card.last ? DAHDI_EVENT_NONE :
		card.events[card.first++ % CARD_EVENTS];
	return 0;
}

static int set_gain(const struct dahdi_hwgain *g)
{
	if (!card.gains)
		return no(ENOTTY);
	card.gains_asked++;
	/* Whatever is asked: the card says yes. */
	if (g->newgain >= -150 && g->newgain <= 120)
		card.gain[g->tx] = g->newgain;
	return 0;
}

static int get_params(struct dahdi_params *p)
{
	*p = (struct dahdi_params){ .channo = 1, .sigtype = card.sigtype,
		.rxbits = card.rxbits, .chan_alarms = card.alarms,
		.rxisoffhook = card.battery,
		.curlaw = DAHDI_LAW_MULAW };
	return 0;
}

int __wrap_ioctl(int fd, unsigned long code, void *arg)
{
	if (fd != CARD_FD)
		return no(ENOTTY);
	switch (code) {
	case DAHDI_GET_PARAMS: return get_params(arg);
	case DAHDI_SET_PARAMS:
		card.set = *(struct dahdi_params *)arg;
		return 0;
	case DAHDI_SPECIFY:
		return card.specify_errno ? no(card.specify_errno) : 0;
	case DAHDI_SETTONEZONE:
		assert_int_equal(*(int *)arg, -1);	/* that of the open */
		return card.zone_errno ? no(card.zone_errno) : 0;
	case DAHDI_GETEVENT: return get_event(arg);
	case DAHDI_SET_HWGAIN: return set_gain(arg);
	case DAHDI_VMWI_CONFIG:
		if (!card.lamps)
			return no(ENOTTY);
		card.lamp_kinds = ((struct dahdi_vmwi_info *)arg)->vmwi_type;
		return 0;
	case DAHDI_VMWI:
		card.messages = *(int *)arg;
		return card.lamps ? 0 : no(ENOTTY);
	case WCTDM_GET_STATS:
		*(struct wctdm_stats *)arg = card.stats;
		return card.tells ? 0 : no(ENOTTY);
	case WCTDM_GET_REGS:
		*(struct wctdm_regs *)arg = card.regs;
		return card.tells ? 0 : no(ENOTTY);
	case WCTDM_SET_ECHOTUNE:
		card.tune = *(struct wctdm_echo_coefs *)arg;
		card.tunes++;
		return card.tells ? 0 : no(EINVAL);
	case DAHDI_ECHOCANCEL:	/* 0 with no canceller, too */
		card.canceller = *(int *)arg;
		return 0;
	case DAHDI_DIALING:
		*(int *)arg = card.dials;
		return 0;
	case DAHDI_SETPOLARITY:
		card.reversed = *(int *)arg;
		return card.reverses ? 0 : no(EINVAL);
	case DAHDI_ONHOOKTRANSFER:
		card.on_hook_ms = *(int *)arg;
		return card.reverses ? 0 : no(EINVAL);
	case DAHDI_SETCADENCE:
		card.cadence = *(struct dahdi_ring_cadence *)arg;
		return 0;
	case DAHDI_HOOK:
		card.hook = *(int *)arg;
		return card.hook_errno ? no(card.hook_errno) : 0;
	}
	return 0;
}

ssize_t __wrap_read(int fd, void *to, size_t n)
{
	if (fd != CARD_FD)
		return __real_read(fd, to, n);
	if (card.read_errno)
		return no(card.read_errno);
	memset(to, 0xff, (size_t)card.read_size);
	return card.read_size;
}

ssize_t __wrap_write(int fd, const void *from, size_t n)
{
	if (fd != CARD_FD)
		return __real_write(fd, from, n);
	if (card.write_errno)
		return no(card.write_errno);
	card.wrote += (unsigned)n;
	return (ssize_t)n;
}

void new_card(enum port_kind kind)
{
	memset(&card, 0, sizeof(card));
	card.sigtype = kind == PORT_FXO ? DAHDI_SIG_FXSKS : DAHDI_SIG_FXOKS;
	card.rxbits = -1;
	card.read_size = 160;
	card.canceller = card.hook = -1;
	card.battery = kind == PORT_FXO;
	card.gain[0] = card.gain[1] = 99;
}

int try_open(struct line_port **port, int rx, int tx, char *why)
{
	struct port_conf conf = { .address = "1", .card_rx_gain = (int16_t)rx,
				  .card_tx_gain = (int16_t)tx };

	return drv->open(port, &conf, why, 256);
}

struct line_port *open_card(void)
{
	struct line_port *port = NULL;
	char why[256] = "";

	if (try_open(&port, 0, 0, why))
		fail_msg("%s", why);
	return port;
}

unsigned capabilities(struct line_port *port)
{
	struct port_state s;

	assert_int_equal(drv->state(port, &s), 0);
	return s.capabilities;
}

void queue(int event)
{
	card.events[card.last++ % CARD_EVENTS] = event;
}
