/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "drivers/sim/port.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define BATTERY_MV 48000	/* on hook */
#define LOADED_MV 8200		/* off hook */
#define CURRENT_UA 24000
#define STALE 640		/* octets: more than that is no more worth hearing */
#define SEND_AGAIN_US 10000

int sim_watch(struct line_port *p, int fd, unsigned tag)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u32 = tag };

	return epoll_ctl(p->event_fd, EPOLL_CTL_ADD, fd, &ev) < 0 ? -errno : 0;
}

struct line_port *sim_port_new(enum port_kind kind, bool far_end,
			       const struct port_conf *conf)
{
	struct line_port *p = calloc(1, sizeof(*p));
	int err;

	if (!p)
		return NULL;
	p->kind = kind;
	p->far = far_end;
	p->format = kind == PORT_B && conf->format == AUDIO_ALAW ?
		    AUDIO_ALAW : AUDIO_MULAW;
	p->socket_fd = p->listen_fd = -1;
	for (int i = 0; i < SIM_CANDIDATES; i++)
		p->candidate[i] = -1;
	p->alarm = ALARM_NO_FAR_END;
	p->opened = wire_now();
	p->local = kind == PORT_FXS ? WIRE_BATTERY : 0;
	p->fxs.flash_min = conf->flash_min_ms ? conf->flash_min_ms : 200;
	p->fxs.flash_max = conf->flash_max_ms;
	p->fxo.open_us = 1000 * (conf->pulse_break_ms ? conf->pulse_break_ms : 60);
	p->fxo.closed_us = 1000 * (conf->pulse_make_ms ? conf->pulse_make_ms : 40);
	p->fxo.flash_ms = conf->flash_ms ? conf->flash_ms : 500;
	p->event_fd = epoll_create1(EPOLL_CLOEXEC);
	p->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (p->event_fd < 0 || p->timer_fd < 0 ||
	    sim_watch(p, p->timer_fd, SIM_TAG_TIMER)) {
		err = errno;
		sim_port_free(p);
		errno = err;
		return NULL;
	}
	return p;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void sim_port_free(struct line_port *p)
{
	if (!p)
		return;
	if (p->shared)
		munmap(p->shared, sizeof(*p->shared));
	for (int i = 0; i < SIM_CANDIDATES; i++)
		close_fd(&p->candidate[i]);
	close_fd(&p->socket_fd);
	close_fd(&p->listen_fd);
	close_fd(&p->timer_fd);
	close_fd(&p->event_fd);
	free(p);
}

void sim_start(struct line_port *p, enum sim_due which, uint64_t at)
{
	p->due[which] = at ? at : 1;
}

void sim_stop(struct line_port *p, enum sim_due which)
{
	p->due[which] = 0;
}

static unsigned earliest(const struct line_port *p)
{
	unsigned found = DUE_COUNT;

	for (unsigned i = 0; i < DUE_COUNT; i++)
		if (p->due[i] && (found == DUE_COUNT || p->due[i] < p->due[found]))
			found = i;
	return found;
}

void sim_arm(struct line_port *p)
{
	unsigned first = earliest(p);
	/* An event that waits to be taken is due now. */
	uint64_t at = p->count ? 1 : first == DUE_COUNT ? 0 : p->due[first];
	struct itimerspec it = { .it_value.tv_sec = (time_t)(at / 1000000),
				 .it_value.tv_nsec = (long)(at % 1000000) * 1000 };

	if (at == p->armed)
		return;
	p->armed = at;
	timerfd_settime(p->timer_fd, TFD_TIMER_ABSTIME, &it, NULL);
}

static void run_one(struct line_port *p, enum sim_due which, uint64_t at)
{
	if (which == DUE_CONNECT)
		sim_near_connect(p);
	else if (which == DUE_SEND)
		sim_drive(p, 0, 0, at);
	else if (p->kind == PORT_FXS)
		sim_fxs_due(p, which, at);
	else if (p->kind == PORT_FXO)
		sim_fxo_due(p, which, at);
}

void sim_run_due(struct line_port *p, uint64_t until)
{
	unsigned which;

	while ((which = earliest(p)) != DUE_COUNT && p->due[which] <= until) {
		uint64_t at = p->due[which];

		p->due[which] = 0;
		run_one(p, which, at);
	}
}

void sim_event(struct line_port *p, enum line_event_type type, int value, uint64_t at)
{
	struct line_event *e;

	if (p->count == SIM_EVENTS) {
		p->lost = true;
		p->counters.events_lost++;
		return;
	}
	e = &p->queue[(p->first + p->count++) % SIM_EVENTS];
	e->type = type;
	e->value = value;
	e->sample = at > p->opened ? (at - p->opened) / 125 : 0;
}

struct wire_message sim_message(const struct line_port *p, enum wire_type type,
				uint64_t at)
{
	return (struct wire_message){
		.magic = WIRE_MAGIC, .version = WIRE_VERSION, .type = (uint16_t)type,
		.state = p->local, .kind = p->kind, .stamp = at,
		.shared_size = sizeof(struct sim_shared), .in_use = p->connected,
	};
}

void sim_drive(struct line_port *p, uint32_t set, uint32_t clear, uint64_t at)
{
	struct wire_message m;

	p->local = (p->local & ~clear) | set;
	if (!p->connected)
		return;
	m = sim_message(p, WIRE_STATE, at);
	if (wire_send(p->socket_fd, &m, NULL, 0) == -EAGAIN)
		sim_start(p, DUE_SEND, wire_now() + SEND_AGAIN_US);
}

void sim_apply(struct line_port *p, uint32_t state, uint64_t stamp)
{
	uint64_t now = wire_now();
	uint32_t changed = p->remote ^ state;

	/* The stamp comes from outside: it may not leave the order of time. */
	if (stamp > now)
		stamp = now;
	if (stamp < p->remote_stamp)
		stamp = p->remote_stamp;
	p->remote_stamp = stamp;
	sim_run_due(p, stamp);
	p->remote = state;
	if (changed && p->kind == PORT_FXS)
		sim_fxs_apply(p, changed, stamp);
	else if (changed && p->kind == PORT_FXO)
		sim_fxo_apply(p, changed, stamp);
	if (changed && !p->far)
		sim_listen(p);
}

void sim_alarm(struct line_port *p, enum port_alarm alarm)
{
	if (alarm == p->alarm && (p->alarm_told || !alarm))
		return;
	p->alarm = alarm;
	p->alarm_told = alarm;
	sim_event(p, alarm ? LINE_EVENT_ALARM : LINE_EVENT_ALARM_CLEARED,
		  (int)alarm, wire_now());
}

void sim_connected(struct line_port *p, struct sim_shared *shared, uint32_t state)
{
	p->shared = shared;
	p->head = p->tail = 0;
	p->connected = true;
	p->counters.connections++;
	/* Changes that need no telling; a missing battery needs it. */
	p->remote = state & (WIRE_REVERSED | WIRE_LAMP);
	if (p->kind == PORT_FXO)
		p->remote |= WIRE_BATTERY;
	p->remote_stamp = wire_now();
	sim_alarm(p, ALARM_NONE);
	sim_apply(p, state, p->remote_stamp);
}

void sim_disconnect(struct line_port *p, enum port_alarm alarm)
{
	bool was = p->connected;

	close_fd(&p->socket_fd);
	if (p->shared)
		munmap(p->shared, sizeof(*p->shared));
	p->shared = NULL;
	p->connected = false;
	p->remote = 0;
	sim_stop(p, DUE_SEND);
	if (was && p->kind == PORT_FXS)
		sim_fxs_reset(p);
	else if (was && p->kind == PORT_FXO)
		sim_fxo_reset(p);
	sim_alarm(p, alarm);
}

int sim_receive(struct line_port *p, struct wire_message *m, int fds[WIRE_FDS])
{
	int got = wire_receive(p->socket_fd, m, fds);

	if (got == -EBADMSG)
		p->counters.malformed++;
	return got;
}

/* What lies in the ring from before is no more worth hearing. */
void sim_listen(struct line_port *p)
{
	ssize_t fill;

	if (!p->shared)
		return;
	fill = ring_fill(&p->shared->to_near, p->tail);
	if (fill > STALE)
		ring_skip(&p->shared->to_near, &p->tail, (uint32_t)fill);
	atomic_store(&p->shared->listening, 1);
}

enum port_kind sim_other(enum port_kind kind)
{
	return kind == PORT_FXS ? PORT_FXO : kind == PORT_FXO ? PORT_FXS : kind;
}

uint8_t sim_silence(const struct line_port *p)
{
	return p->format == AUDIO_ALAW ? 0xd5 : 0xff;
}

unsigned sim_capabilities(enum port_kind kind)
{
	if (kind == PORT_B)
		return 0;
	if (kind == PORT_FXS)
		return PORT_CAN_REVERSE | PORT_BREAK_LENGTH | PORT_ON_HOOK_SEND |
		       PORT_VMWI | PORT_READINGS;
	return PORT_SEES_REVERSAL | PORT_TIMES_BREAKS | PORT_SEES_BREAKS |
	       PORT_ON_HOOK_HEAR | PORT_PULSE | PORT_READINGS | PORT_IMPEDANCES;
}

/* What a meter across the line would show: battery, and that it is loaded. */
static uint32_t metered(const struct line_port *p)
{
	bool fxs = p->kind == PORT_FXS;
	uint32_t line = fxs ? p->local : p->remote;
	bool loaded = fxs ? p->fxs.hook == FXS_OFF_HOOK : p->fxo.off_hook;

	return (line & (WIRE_BATTERY | WIRE_REVERSED)) | (loaded ? WIRE_CURRENT : 0);
}

int sim_state(struct line_port *p, struct port_state *s)
{
	bool fxs = p->kind == PORT_FXS;

	atomic_store(&p->seen, metered(p));
	*s = (struct port_state){
		.off_hook = fxs ? p->fxs.hook != FXS_ON_HOOK : p->fxo.off_hook,
		.ringing = fxs ? p->fxs.ringing : p->remote & WIRE_RINGING,
		.battery = p->kind == PORT_FXO && p->remote & WIRE_BATTERY,
		.reversed = (fxs ? p->local : p->remote) & WIRE_REVERSED,
		.alarm = p->alarm ? p->alarm :
			 p->fxo.lost ? ALARM_NO_BATTERY : ALARM_NONE,
		.kind = p->kind,
		.signalling = p->kind == PORT_B ? SIGNALLING_CLEAR :
			      SIGNALLING_KEWLSTART,
		.format = p->format,
		.capabilities = sim_capabilities(p->kind),
	};
	return 0;
}

int sim_readings(struct line_port *p, struct port_readings *r)
{
	uint32_t seen = atomic_load(&p->seen);
	bool loaded = seen & WIRE_CURRENT, battery = seen & WIRE_BATTERY;

	*r = (struct port_readings){
		.has_voltage = true,
		.has_current = true,
		.voltage = !battery ? 0 : loaded ? LOADED_MV : BATTERY_MV,
		.current = battery && loaded ? CURRENT_UA : 0,
	};
	if (seen & WIRE_REVERSED)
		r->voltage = -r->voltage;
	return 0;
}

int sim_impedance(struct line_port *p, int setting)
{
	if (p->kind != PORT_FXO)
		return -ENOTSUP;
	if (setting >= SIM_IMPEDANCES)
		return -EINVAL;
	atomic_store(&p->impedance, setting < 0 ? atomic_load(&p->opened_with) :
		     (uint32_t)setting);
	return 0;
}

int sim_set(struct line_port *p, enum port_param param, int value)
{
	switch (param) {
	case PORT_ON_HOOK_SEND_MS:
		if (p->kind != PORT_FXS)
			return -ENOTSUP;
		if (!p->far)
			sim_listen(p);
		return 0;
	case PORT_MESSAGES:
		if (p->kind != PORT_FXS)
			return -ENOTSUP;
		sim_drive(p, value ? WIRE_LAMP : 0, WIRE_LAMP, wire_now());
		sim_arm(p);
		return 0;
	case PORT_DATA_MODE:
		return 0;	/* no bit is touched anyway */
	case PORT_KERNEL_CANCELLER:
		return value ? -ENOTSUP : 0;
	case PORT_RX_GAIN:
	case PORT_TX_GAIN:
		break;
	}
	return -ENOTSUP;
}

/* The sockets first: a message may tell that a timer need not have run. */
static void service(struct line_port *p)
{
	struct epoll_event ev[SIM_TAG_CANDIDATE + SIM_CANDIDATES];
	int n = epoll_wait(p->event_fd, ev, sizeof(ev) / sizeof(*ev), 0);
	bool timer = false;

	for (int i = 0; i < n; i++) {
		if (ev[i].data.u32 == SIM_TAG_TIMER)
			timer = true;
		else if (p->far)
			sim_far_ready(p, ev[i].data.u32);
		else
			sim_near_ready(p, ev[i].data.u32);
	}
	if (timer) {
		uint64_t expired;

		/* Read or not, arming it anew clears it. */
		if (read(p->timer_fd, &expired, sizeof(expired)) < 0)
			expired = 0;
		p->armed = 0;
		sim_run_due(p, wire_now());
	}
}

int sim_next_event(struct line_port *p, struct line_event *e)
{
	int got = 0;

	if (!p->count)
		service(p);
	if (p->lost && !p->count) {
		p->lost = false;
		sim_event(p, LINE_EVENT_RESYNC, 0, wire_now());
	}
	if (p->count) {
		*e = p->queue[p->first];
		p->first = (p->first + 1) % SIM_EVENTS;
		p->count--;
		got = 1;
	}
	sim_arm(p);
	return got;
}

void sim_counters(const struct line_port *p, struct sim_counters *c)
{
	*c = p->counters;
}
