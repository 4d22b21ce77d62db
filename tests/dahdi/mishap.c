/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * mishap.so - loaded into tipringd (LD_PRELOAD) it makes of a good DAHDI channel
 * one that reads short, gives no audio, or storms with events, and of good spans
 * such in alarm, as loop spans never do. The file that the environment's MISHAP
 * names is the switch: five 32-bit integers, which mishap.py writes.
 */
#define _GNU_SOURCE	/* RTLD_NEXT */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <dahdi/user.h>

#define FDS 1024

enum { WELL, SHORT_READS, NO_AUDIO };

static struct mishap {
	volatile int32_t channel, what;
	volatile int32_t events;	/* still to come, counts down */
	volatile int32_t calm;		/* of them none that seizes or hangs up */
	volatile int32_t alarms;	/* DAHDI_ALARM_*, of every channel */
} *mishap;

static int channel_of[FDS];
static epoll_data_t data_of[FDS];
static int epoll_of[FDS];
static int told[FDS];		/* alarms */
static int top;			/* no such descriptor is higher */

static ssize_t (*real_read)(int, void *, size_t);
static int (*real_ioctl)(int, unsigned long, ...);
static int (*real_close)(int);
static int (*real_ctl)(int, int, int, struct epoll_event *);
static int (*real_wait)(int, struct epoll_event *, int, int);

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("MISHAP");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *at = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(*mishap),
					PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	mishap = at == MAP_FAILED ? NULL : at;
	real_read = (ssize_t (*)(int, void *, size_t))dlsym(RTLD_NEXT, "read");
	real_ioctl = (int (*)(int, unsigned long, ...))dlsym(RTLD_NEXT, "ioctl");
	real_close = (int (*)(int))dlsym(RTLD_NEXT, "close");
	real_ctl = (int (*)(int, int, int, struct epoll_event *))
		dlsym(RTLD_NEXT, "epoll_ctl");
	real_wait = (int (*)(int, struct epoll_event *, int, int))
		dlsym(RTLD_NEXT, "epoll_wait");
}

static int is_ill(int fd)
{
	return mishap && fd >= 0 && fd < FDS && mishap->channel &&
		channel_of[fd] == mishap->channel;
}

static int is_channel(int fd)
{
	return mishap && fd >= 0 && fd < FDS && channel_of[fd];
}

static int in_alarm(int fd)
{
	return is_channel(fd) ? mishap->alarms : 0;
}

/* Whether it has an event that the kernel knows nothing of. */
static int wakes(int fd)
{
	return (is_ill(fd) && mishap->events > 0) ||
		(is_channel(fd) && told[fd] != mishap->alarms);
}

ssize_t read(int fd, void *to, size_t size)
{
	ssize_t n = real_read(fd, to, size);

	if (n > 0 && in_alarm(fd)) {
		errno = EAGAIN;
		return -1;
	}
	if (n <= 0 || !is_ill(fd))
		return n;
	if (mishap->what == SHORT_READS)
		return n / 2;
	if (mishap->what != NO_AUDIO)
		return n;
	errno = EAGAIN;
	return -1;
}

/* Each kind in turn; what seizes is followed by what hangs up. */
static int next_event(void)
{
	static const int calm[] = {
		DAHDI_EVENT_RINGBEGIN, DAHDI_EVENT_RINGEROFF, DAHDI_EVENT_RINGERON,
		DAHDI_EVENT_POLARITY, DAHDI_EVENT_DIALCOMPLETE,
		DAHDI_EVENT_NEONMWI_ACTIVE, DAHDI_EVENT_BITSCHANGED,
		DAHDI_EVENT_NOALARM, DAHDI_EVENT_PULSE_START, 99, 0x7fffff,
	}, wild[] = {
		DAHDI_EVENT_RINGOFFHOOK, DAHDI_EVENT_WINKFLASH,
		DAHDI_EVENT_PULSEDIGIT | '5', DAHDI_EVENT_RINGEROFF,
		DAHDI_EVENT_HOOKCOMPLETE, DAHDI_EVENT_ONHOOK,
	};
	int n = mishap->events--;

	if (mishap->calm)
		return calm[n % (int)(sizeof(calm) / sizeof(calm[0]))];
	return wild[5 - (n - 1) % 6];
}

static void falsify(int fd, unsigned long code, void *arg)
{
	if (code == DAHDI_GET_PARAMS)
		((struct dahdi_params *)arg)->chan_alarms |= in_alarm(fd);
	else if (code == DAHDI_SPANSTAT)
		((struct dahdi_spaninfo *)arg)->alarms |= in_alarm(fd);
}

int close(int fd)
{
	if (fd >= 0 && fd < FDS)
		channel_of[fd] = epoll_of[fd] = told[fd] = 0;
	return real_close(fd);
}

int ioctl(int fd, unsigned long code, ...)
{
	va_list args;
	void *arg;
	int rc;

	va_start(args, code);
	arg = va_arg(args, void *);
	va_end(args);
	if (code == DAHDI_GETEVENT && is_ill(fd) && mishap->events > 0) {
		*(int *)arg = next_event();
		return 0;
	}
	if (code == DAHDI_GETEVENT && is_channel(fd) && told[fd] != mishap->alarms) {
		told[fd] = mishap->alarms;
		*(int *)arg = told[fd] ? DAHDI_EVENT_ALARM : DAHDI_EVENT_NOALARM;
		return 0;
	}
	rc = real_ioctl(fd, code, arg);
	if (!rc && code == DAHDI_SPECIFY && fd < FDS)
		channel_of[fd] = *(int *)arg;
	if (!rc)
		falsify(fd, code, arg);
	return rc;
}

int epoll_ctl(int epoll, int op, int fd, struct epoll_event *event)
{
	if (event && fd >= 0 && fd < FDS) {
		data_of[fd] = event->data;
		epoll_of[fd] = op == EPOLL_CTL_DEL ? 0 : epoll;
		top = fd > top ? fd : top;
	}
	return real_ctl(epoll, op, fd, event);
}

static int wake(struct epoll_event *events, int n, int most, int fd)
{
	for (int i = 0; i < n; i++)
		if (events[i].data.u64 == data_of[fd].u64) {
			events[i].events |= EPOLLPRI;
			return n;
		}
	if (n < most)
		events[n++] = (struct epoll_event){ .events = EPOLLPRI,
						    .data = data_of[fd] };
	return n;
}

/* A storm, or an alarm, wakes whoever waits for its channels. */
int epoll_wait(int epoll, struct epoll_event *events, int most, int ms)
{
	int n;

	for (int fd = 0; fd <= top; fd++)
		if (epoll_of[fd] == epoll && wakes(fd))
			ms = 0;
	n = real_wait(epoll, events, most, ms);
	for (int fd = 0; fd <= top && n >= 0; fd++)
		if (epoll_of[fd] == epoll && wakes(fd))
			n = wake(events, n, most, fd);
	return n;
}
