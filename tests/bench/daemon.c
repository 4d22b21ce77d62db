/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "daemon.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOG_END 4000L		/* octets of a log that are worth telling */
#define STOP_S 60		/* a slow machine may take so long */

int daemon_prepare(struct daemon *d)
{
	memset(d, 0, sizeof *d);
	d->notify_fd = -1;
	strcpy(d->directory, "/tmp/bench-calls-XXXXXX");
	return mkdtemp(d->directory) ? 0 : -1;
}

static uint16_t free_port(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t size = sizeof at;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) ||
	    getsockname(fd, (struct sockaddr *)&at, &size))
		at.sin_port = htons(5099);
	close(fd);
	return ntohs(at.sin_port);
}

static void telephones(FILE *f, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		fprintf(f, "%s{ name = \"phone-%u\"; port = \"sim/%u\";"
			" kind = \"fxs\"; number = \"%u\"; trunk = \"peer\";"
			" hotline = \"600\"; echo = { ms = 64; }; }",
			i ? ",\n" : "", i + 1, i + 1, 1000 + i);
}

static int configure(const struct daemon *d, const char *path, unsigned n,
		     uint16_t sip_port)
{
	FILE *f = fopen(path, "w");

	if (!f)
		return -1;
	fprintf(f, "country = \"us\";\nlog = \"%s\";\n"
		"sip = { listen = [ \"udp:127.0.0.1:%u\" ]; };\n"
		"rtp = { address = \"127.0.0.1\"; ports = [20000, 21999];"
		" jitter = [%u, %u]; dead = 0; };\n"
		"sim = { directory = \"%s\"; };\ncontrol = \"%s/control\";\n"
		"cdr = { file = \"%s/cdr.json\"; journal = false; };\n"
		"trunks = ( { name = \"peer\"; server = \"127.0.0.1\";"
		" port = %u; options = 0; } );\nlines = (\n",
		d->keeps_log ? "info" : "warning", free_port(), BENCH_JITTER_MS,
		d->jitter_most_ms ? d->jitter_most_ms : BENCH_JITTER_MS + 1,
		d->directory,
		d->directory, d->directory, sip_port);
	(d->lines ? d->lines : telephones)(f, n);
	fprintf(f, "\n);\n");
	return fclose(f);
}

/* sd_notify(3): the directory's socket. */
static int listen_to_it(struct daemon *d)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	snprintf(at.sun_path, sizeof at.sun_path, "%s/notify", d->directory);
	d->notify_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (d->notify_fd < 0 ||
	    bind(d->notify_fd, (struct sockaddr *)&at, sizeof at))
		return -1;
	return setenv("NOTIFY_SOCKET", at.sun_path, 1);
}

static void log_path(const struct daemon *d, char path[80])
{
	snprintf(path, 80, "%s/log", d->directory);
}

static void log_to(const struct daemon *d)
{
	char path[80];
	int fd;

	log_path(d, path);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd >= 0)
		dup2(fd, STDERR_FILENO);
}

void daemon_tell_log(const struct daemon *d)
{
	char path[80], line[400];
	FILE *f;

	log_path(d, path);
	f = fopen(path, "r");
	if (!f)
		return;
	if (!fseek(f, -LOG_END, SEEK_END) && !fgets(line, sizeof line, f))
		*line = 0;	/* the first may lack its beginning */
	while (fgets(line, sizeof line, f))
		fprintf(stderr, "tipringd: %s", line);
	fclose(f);
}

int daemon_start(struct daemon *d, const char *program, unsigned n,
		 uint16_t sip_port)
{
	char path[80];

	snprintf(path, sizeof path, "%s/tipring.conf", d->directory);
	if (configure(d, path, n, sip_port) || listen_to_it(d))
		return -1;
	d->pid = fork();
	if (!d->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (d->keeps_log)
			log_to(d);
		dup2(STDERR_FILENO, STDOUT_FILENO);
		execl(program, program, "--foreground", "--config", path, NULL);
		perror(program);
		_exit(127);
	}
	return d->pid < 0 ? -1 : 0;
}

int daemon_ready(struct daemon *d)
{
	char text[512];
	int status;
	ssize_t n;

	while ((n = recv(d->notify_fd, text, sizeof text - 1, 0)) > 0) {
		text[n] = 0;
		if (!strstr(text, "READY=1"))
			continue;
		/* Nobody reads on: a full socket would stop the daemon. */
		close(d->notify_fd);
		d->notify_fd = -1;
		return 1;
	}
	if (waitpid(d->pid, &status, WNOHANG) != d->pid)
		return 0;
	fprintf(stderr, "tipringd ended by itself, status %d\n", status);
	d->pid = 0;
	return -1;
}

int daemon_stop(struct daemon *d)
{
	int status = -1, ended = 0;
	struct dirent *e;
	DIR *dir;

	if (d->notify_fd >= 0)
		close(d->notify_fd);
	d->notify_fd = -1;
	if (d->pid > 0) {
		kill(d->pid, SIGTERM);
		for (int i = 0; i < STOP_S * 20 && !ended; i++) {
			ended = waitpid(d->pid, &status, WNOHANG) == d->pid;
			if (!ended)
				usleep(50000);
		}
		if (!ended) {
			kill(d->pid, SIGKILL);
			waitpid(d->pid, NULL, 0);
		}
	}
	dir = opendir(d->directory);
	while (dir && (e = readdir(dir))) {
		char path[300];

		snprintf(path, sizeof path, "%s/%s", d->directory, e->d_name);
		if (e->d_name[0] != '.')
			unlink(path);
	}
	if (dir)
		closedir(dir);
	rmdir(d->directory);
	return ended && WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -1;
}

/* By the scheduler's own account, in ns, of each thread. */
double daemon_cpu_us(const struct daemon *d)
{
	char path[300];
	struct dirent *e;
	double sum = 0;
	DIR *dir;

	snprintf(path, sizeof path, "/proc/%d/task", (int)d->pid);
	dir = opendir(path);
	while (dir && (e = readdir(dir))) {
		unsigned long long ns;
		FILE *f;

		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "/proc/%d/task/%s/schedstat",
			 (int)d->pid, e->d_name);
		f = fopen(path, "r");
		if (f && fscanf(f, "%llu", &ns) == 1)
			sum += (double)ns / 1000;
		if (f)
			fclose(f);
	}
	if (dir)
		closedir(dir);
	return sum;
}

double daemon_rss_mb(const struct daemon *d)
{
	char path[64], line[200];
	unsigned long kb = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/status", (int)d->pid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "VmRSS: %lu", &kb) == 1)
			break;
	if (f)
		fclose(f);
	return (double)kb / 1024;
}
