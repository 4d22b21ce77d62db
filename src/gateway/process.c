/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "config.h"

#include "gateway/process.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/log.h"

struct process_signals {
	struct loop *loop;
	struct loop_watch *watch;
	int fd;
	sigset_t mask;
	void (*fn)(void *arg, int signal);
	void *arg;
};

void process_limits(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) || r.rlim_cur == r.rlim_max)
		return;
	r.rlim_cur = r.rlim_max < 65536 ? r.rlim_max : 65536;
	if (setrlimit(RLIMIT_NOFILE, &r))
		log_warning("cannot raise the number of open files: %s",
			    strerror(errno));
}

void process_lock_memory(void)
{
	struct rlimit r;

	/* With a finite limit a later allocation would fail instead. */
	if (getrlimit(RLIMIT_MEMLOCK, &r) || r.rlim_cur != RLIM_INFINITY) {
		log_warning("--lock-memory: not done; it needs LimitMEMLOCK=infinity");
		return;
	}
	/* On fault: only what is used, not every thread's whole stack. */
	if (mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT))
		log_warning("--lock-memory: %s", strerror(errno));
}

static void on_signal(void *arg, int fd, short revents)
{
	struct process_signals *s = arg;
	struct signalfd_siginfo info;

	if (read(fd, &info, sizeof(info)) == sizeof(info))
		s->fn(s->arg, (int)info.ssi_signo);
}

struct process_signals *process_signals_new(struct loop *loop,
		void (*fn)(void *arg, int signal), void *arg)
{
	struct process_signals *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->loop = loop;
	s->fn = fn;
	s->arg = arg;
	sigemptyset(&s->mask);
	sigaddset(&s->mask, SIGHUP);
	sigaddset(&s->mask, SIGTERM);
	sigaddset(&s->mask, SIGINT);
	sigprocmask(SIG_BLOCK, &s->mask, NULL);
	signal(SIGPIPE, SIG_IGN);
	s->fd = signalfd(-1, &s->mask, SFD_CLOEXEC | SFD_NONBLOCK);
	if (s->fd >= 0)
		s->watch = loop_watch(loop, s->fd, POLLIN, on_signal, s);
	if (!s->watch) {
		process_signals_free(s);
		return NULL;
	}
	return s;
}

void process_signals_free(struct process_signals *s)
{
	if (!s)
		return;
	loop_unwatch(s->loop, s->watch);
	if (s->fd >= 0)
		close(s->fd);
	free(s);
}

static void on_deadline(int signal)
{
	static const char text[] = "tipringd: the end took too long, stopped hard\n";

	(void)signal;
	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		_exit(1);
	_exit(1);
}

void process_deadline(unsigned ms)
{
	struct itimerval t = {
		.it_value = { ms / 1000, (suseconds_t)(ms % 1000) * 1000 },
	};

	signal(SIGALRM, on_deadline);
	setitimer(ITIMER_REAL, &t, NULL);
}
